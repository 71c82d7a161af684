"""The evidence for many queries, gathered once: then a set of weights is scored in a moment.

For every query the files that matter are kept (the best by the shipped weights and by each kind of evidence, and the
targets) with each kind's value at weight 1, as :func:`assistant.retrieval.ranking.score_files` normalises it. Files
are scored once, by NDCG@10; that the product shows several chunks of a file is left out here.

    python -m training.ranking_evidence --derived DIR --into derived.npz      # as benchmarks.derived_queries wrote it
    python -m training.ranking_evidence --bench DIR --repos DIR --into shared.npz
    python -m training.ranking_evidence --score derived.npz                   # the shipped weights, by kind
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.engine import Engine
from assistant.retrieval import traces
from assistant.retrieval.query import QueryKind, parse_query
from assistant.retrieval.ranking import WEIGHTS, WEIGHTS_BY_SHAPE, Weights, score_files, shape_of
from benchmarks import query_set
from benchmarks.derived_queries import CACHE, engine_of, load
from benchmarks.ndcg import same_file

_BEST_FILES = 80
_BEST_OF_EACH = 10
_CUTOFF = 10

FEATURES = tuple(field.name for field in fields(Weights))
UNIT = Weights(**dict.fromkeys(FEATURES, 1.0))
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a repository with the paths that answer it."""

    repository: str
    fold: int
    kind: str
    text: str
    targets: tuple[str, ...]


class EvidenceSet:
    """Evidence of queries, padded to the same number of files.

    :param values: (queries, files, features) float32.
    :param relevant: (queries, files) float32: 1 for a target, -1 for padding, else 0.
    :param ideal: (queries,) float32: the gain of a perfect order.
    :param about: what each query is: repository, fold, kind, shape, text.
    """

    def __init__(
        self, features: Sequence[str], values: Floats, relevant: Floats, ideal: Floats, about: dict[str, Any]
    ) -> None:
        self.features = tuple(features)
        self.values, self.relevant, self.ideal = values, relevant, ideal
        self.about = about

    def vector(self, weights: Weights | Mapping[str, float]) -> Floats:
        """Return weights in the order of the features; what a weight lacks counts nothing."""
        given = asdict(weights) if isinstance(weights, Weights) else weights
        return np.asarray([given.get(name, 0.0) for name in self.features], np.float32)

    def shipped(self) -> Floats:
        """Return the shipped weights of each query, (queries, features)."""
        by_shape = {shape: self.vector(weights) for shape, weights in WEIGHTS_BY_SHAPE.items()}
        return np.stack([by_shape[shape] for shape in self.about["shape"].tolist()])

    def ndcg(self, weights: Floats) -> Floats:
        """Return each query's NDCG@10, (queries,).

        :param weights: (features,), or (queries, features) for weights by query.
        """
        if weights.ndim == 1:
            totals = self.values @ weights
        else:
            totals = np.einsum("qcf,qf->qc", self.values, weights, optimize=True)
        return self.ndcg_of(totals)

    def ndcg_of(self, totals: Floats) -> Floats:
        """Return each query's NDCG@10 for totals, (queries, files)."""
        totals = np.where(self.relevant < 0, -np.inf, totals)
        count = min(_CUTOFF, totals.shape[1])
        top = np.argpartition(-totals, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(totals, top, 1), axis=1, kind="stable")
        top = np.take_along_axis(top, order, 1)
        gains = np.maximum(np.take_along_axis(self.relevant, top, 1), 0)
        found: Floats = (gains / np.log2(np.arange(2, count + 2, dtype=np.float32))).sum(axis=1) / self.ideal
        return found

    def where(self, **wanted: object) -> NDArray[np.bool_]:
        """Return which queries have these values, (queries,)."""
        mask = np.ones(len(self.ideal), np.bool_)
        for name, value in wanted.items():
            mask &= self.about[name] == value
        return mask

    def chosen(self, mask: NDArray[np.bool_]) -> EvidenceSet:
        """Return the queries of a mask."""
        about = {name: values[mask] for name, values in self.about.items()}
        return EvidenceSet(self.features, self.values[mask], self.relevant[mask], self.ideal[mask], about)

    def report(self, ndcg: Floats) -> str:
        """Return the mean of all and of each kind, and the mean of the kinds."""
        kinds = sorted(set(self.about["kind"].tolist()))
        means = [float(ndcg[self.about["kind"] == kind].mean()) for kind in kinds]
        parts = "  ".join(f"{kind} {mean:.4f}" for kind, mean in zip(kinds, means, strict=True))
        return f"all {float(ndcg.mean()):.4f}  kinds {np.mean(means):.4f}  {parts}"

    def save(self, file: Path) -> None:
        """Write everything to one file."""
        np.savez(
            file, features=np.asarray(self.features), values=self.values.astype(np.float16),
            relevant=self.relevant.astype(np.int8), ideal=self.ideal, **self.about,
        )  # fmt: skip

    @classmethod
    def load(cls, file: Path) -> EvidenceSet:
        """Read what `save` wrote."""
        with np.load(file) as read:
            arrays = {name: read[name] for name in read.files}
        features = arrays.pop("features").tolist()
        values, relevant = arrays.pop("values").astype(np.float32), arrays.pop("relevant").astype(np.float32)
        return cls(features, values, relevant, arrays.pop("ideal"), arrays)


def gather_evidence(
    engine: Engine, root: Path, asked: Sequence[Asked]
) -> Iterator[tuple[Asked, str, Floats, Floats]]:
    """Yield for each query its shape, the evidence of the files that matter and which of them are targets."""
    engine.update(root)
    searcher = engine.searcher([root])
    for one in asked:
        query = parse_query(one.text, is_trace=traces.is_trace, strict=False)
        if query.kind not in (QueryKind.TEXT, QueryKind.SYMBOL):
            continue
        evidences = searcher.ranked.evidence(query)
        (scores,) = score_files(evidences, query, UNIT)
        (candidates,) = searcher.ranked.candidates(evidences, query)
        table = np.stack([_part(scores.parts, name, candidates.shape[0]) for name in FEATURES], axis=1)
        kept = _kept(table, candidates)
        paths = evidences[0].snapshot.paths
        wanted = np.zeros(len(paths), np.bool_)
        wanted[[row for row, path in enumerate(paths) if any(same_file(path, t) for t in one.targets)]] = True
        rows = np.union1d(kept, np.flatnonzero(candidates & wanted))
        relevant = wanted[rows].astype(np.float32)
        yield one, shape_of(query), table[rows], relevant


def _part(parts: Mapping[str, Floats], name: str, count: int) -> Floats:
    return parts[name] if name in parts else np.zeros(count, np.float32)


def _kept(table: Floats, candidates: NDArray[np.bool_]) -> NDArray[np.int64]:
    rows = np.flatnonzero(candidates)
    weights = np.asarray([getattr(WEIGHTS, name) for name in FEATURES], np.float32)
    order = np.argsort(-(table[rows] @ weights), kind="stable")
    kept = [rows[order[:_BEST_FILES]]]
    for column in table[rows].T:
        best = np.argsort(-column, kind="stable")[:_BEST_OF_EACH]
        kept.append(rows[best[column[best] > 0]])
    return np.unique(np.concatenate(kept))


def collected(gathered: Sequence[tuple[Asked, str, Floats, Floats]]) -> EvidenceSet:
    """Pad the evidence of queries to one array."""
    most = max(len(relevant) for _, _, _, relevant in gathered)
    values = np.zeros((len(gathered), most, len(FEATURES)), np.float32)
    marks = np.full((len(gathered), most), -1, np.float32)
    ideal = np.zeros(len(gathered), np.float32)
    for row, (one, _, table, relevant) in enumerate(gathered):
        values[row, : len(table)] = table
        marks[row, : len(table)] = relevant
        ideal[row] = sum(1 / np.log2(rank + 2) for rank in range(min(_CUTOFF, len(one.targets))))
    about = {
        "repository": np.asarray([one.repository for one, *_ in gathered]),
        "fold": np.asarray([one.fold for one, *_ in gathered]),
        "kind": np.asarray([one.kind for one, *_ in gathered]),
        "text": np.asarray([one.text for one, *_ in gathered]),
        "shape": np.asarray([shape for _, shape, *_ in gathered]),
    }
    return EvidenceSet(FEATURES, values, marks, ideal, about)


def derived_asked(folder: Path) -> Iterator[tuple[Path, list[Asked]]]:
    """Yield the trees of derived queries with what is asked of them."""
    for repository in load(folder):
        yield repository.tree, [
            Asked(
                repository.name, repository.fold, query.kind.value, query.text,
                tuple(target.path for target in query.targets),
            )
            for query in repository.queries
        ]  # fmt: skip


def labelled_asked(bench: Path, repos: Path) -> Iterator[tuple[Path, list[Asked]]]:
    """Yield the repositories of the query set with what is asked of them; each is a fold of its own."""
    for fold, repository in enumerate(query_set.load(bench, repos)):
        yield (
            repository.root,
            [
                Asked(repository.name, fold, query.category, query.text, tuple(t.path for t in query.targets))
                for query in repository.queries
            ],
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Gather evidence, or score the shipped weights."""
    parser = argparse.ArgumentParser(
        prog="python -m training.ranking_evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--derived", type=Path, help="folder of derived queries")
    parser.add_argument("--bench", type=Path, help="folder of the query set")
    parser.add_argument("--repos", type=Path, help="folder of its repositories")
    parser.add_argument("--only", action="append", default=[], help="only this repository (repeat for more)")
    parser.add_argument("--into", type=Path, help="file to write")
    parser.add_argument("--cache", type=Path, help="folder to keep the indexes in")
    parser.add_argument("--score", type=Path, help="file to score the shipped weights on")
    given = parser.parse_args(argv)
    if given.score is not None:
        kept = EvidenceSet.load(given.score)
        print(kept.report(kept.ndcg(kept.shipped())))
        return 0
    if given.into is None or (given.derived is None) == (given.bench is None):
        parser.error("give --into and either --derived or --bench with --repos")
    trees = derived_asked(given.derived) if given.derived else labelled_asked(given.bench, given.repos)
    with tempfile.TemporaryDirectory(prefix="assist-training-") as scratch:
        cache = given.cache or (given.derived / CACHE if given.derived else Path(scratch))
        gathered: list[tuple[Asked, str, Floats, Floats]] = []
        for root, asked in trees:
            if not asked or (given.only and asked[0].repository not in given.only):
                continue
            gathered += gather_evidence(engine_of(cache), root, asked)
            print(f"{asked[0].repository}: {len(gathered)} queries so far", file=sys.stderr)
    found = collected(gathered)
    found.save(given.into)
    print(found.report(found.ndcg(found.shipped())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
