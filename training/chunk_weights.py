"""Fit the weights that choose a file's chunk; with ``--write`` they ship, in ``assistant/retrieval``.

Masked documentation and name words, derived from repositories, say which lines of a file answer. The chance of a chunk
is the softmax of its score over its file's chunks; weights are moved along the gradient of the chance of the right
ones. A chunk counts by the best of its names, which is chosen anew by the weights found so far. What the weights reach
is told for repositories left out in turn; those of fold 0 are never fitted on.

    python -m training.chunk_weights --derived DIR [--without NAME ...] [--write]

The folder is as `benchmarks.derived_queries` writes it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.quality.queries import Kind
from assistant.retrieval import traces
from assistant.retrieval.chunk_choice import (
    OF_CHUNK,
    WEIGHTS,
    WEIGHTS_FILE,
    ChunkEvidence,
    ChunkWeights,
    chunk_evidence,
)
from assistant.retrieval.naming import FITS, NameReader
from assistant.retrieval.query import parse_query
from benchmarks.derived_queries import CACHE, DerivedRepository, engine_of, load
from indexer.embedding import StaticEmbedder

Floats = NDArray[np.float32]

_SHARES = {Kind.DOCUMENTATION: 1.0, Kind.WORDS: 0.5}
"""Kinds of queries that are fitted on, and what each query counts."""

_PARTS = 6
_HELD_OUT = 0
_ROUNDS, _STEPS = 4, 80
_RATE, _DECAY = 0.1, 0.003


@dataclass(frozen=True, slots=True)
class Choice:
    """A query for a file of several chunks.

    :param right: (n_chunks,) which of them show the target's lines.
    """

    repository: str
    kind: Kind
    evidence: ChunkEvidence
    right: NDArray[np.bool_]


def choices_of(repository: DerivedRepository, cache: Path) -> Iterator[Choice]:
    """Yield the choices that a repository's queries leave."""
    engine = engine_of(cache)
    engine.update(repository.tree)
    ranked = engine.searcher([repository.tree]).ranked
    embedder = StaticEmbedder.load()
    snapshot = engine.snapshot(repository.tree)
    assert snapshot is not None
    reader = NameReader(snapshot, lambda words: embedder.word_vectors(words)[0])
    for query in repository.queries:
        target = query.targets[0]
        if query.kind not in _SHARES or target.lines is None:
            continue
        parsed = parse_query(query.text, is_trace=traces.is_trace, strict=False)
        evidence = ranked.evidence(parsed)[0]
        file = snapshot.file_row(target.path)
        if file is None or len(chunks := snapshot.chunks_of(file)) < 2:
            continue
        records = snapshot.chunks.records[chunks.start : chunks.stop]
        right = (records["start_line"] <= target.lines[1]) & (records["end_line"] >= target.lines[0])
        if right.any():
            asked = reader.asked(parsed.text, evidence.term_shares)
            found = chunk_evidence(evidence, file, reader, asked)
            yield Choice(repository.name, query.kind, found, right)


class Fitting:
    """Fits weights to choices, whose arrays lie one after the other."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        sizes = np.asarray([len(choice.right) for choice in choices])
        self._starts = np.cumsum(sizes) - sizes
        self._choice = np.repeat(np.arange(len(choices)), sizes)
        self._right = np.concatenate([choice.right for choice in choices])
        self._chunks = np.concatenate([choice.evidence.chunks for choice in choices])
        positions = [
            choice.evidence.positions + start for choice, start in zip(choices, self._starts, strict=True)
        ]
        at = np.concatenate(positions)
        order = np.argsort(at, kind="stable")
        self._names = np.concatenate([choice.evidence.names for choice in choices])[order]
        self._named, self._first = np.unique(at[order], return_index=True)
        shares = np.asarray([_SHARES[choice.kind] for choice in choices], np.float32)
        self._shares = (shares / shares.sum())[self._choice]

    def fit(self) -> Floats:
        """Return the weights, those of chunks first."""
        weights = np.concatenate([np.zeros(len(OF_CHUNK)), np.ones(len(FITS))]).astype(np.float32)
        for _ in range(_ROUNDS):
            features = np.zeros((len(self._chunks), len(weights)), np.float32)
            features[:, : len(OF_CHUNK)] = self._chunks
            features[self._named, len(OF_CHUNK) :] = self._names[self._best(weights)]
            weights = self._descend(features, weights)
        return weights

    def _best(self, weights: Floats) -> NDArray[np.int64]:
        """Return the best name of each chunk that has any."""
        scores = self._names @ weights[len(OF_CHUNK) :]
        ends = [*self._first[1:].tolist(), len(scores)]
        spans = zip(self._first.tolist(), ends, strict=True)
        return np.asarray([start + int(np.argmax(scores[start:end])) for start, end in spans], np.int64)

    def _descend(self, features: Floats, weights: Floats) -> Floats:
        """Move weights by Adam (Kingma and Ba 2015)."""
        mean, square = np.zeros_like(weights), np.zeros_like(weights)
        for step in range(1, _STEPS + 1):
            scores = features @ weights
            chances = np.exp(scores - np.maximum.reduceat(scores, self._starts)[self._choice])
            among_right = chances * self._right
            chances /= np.add.reduceat(chances, self._starts)[self._choice]
            among_right /= np.maximum(np.add.reduceat(among_right, self._starts), 1e-12)[self._choice]
            slope = features.T @ ((chances - among_right) * self._shares) + _DECAY * weights
            mean, square = 0.9 * mean + 0.1 * slope, 0.99 * square + 0.01 * slope**2
            moved = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
            weights = (weights - _RATE * moved).astype(np.float32)
        return weights


def as_weights(values: Floats) -> ChunkWeights:
    """Name fitted values."""
    return ChunkWeights(
        **{name: round(float(value), 2) for name, value in zip((*OF_CHUNK, *FITS), values, strict=True)}
    )


def shares_right(choices: Sequence[Choice], weights: ChunkWeights) -> dict[Kind, list[bool]]:
    """Tell for each kind which choices the weights make right."""
    made: dict[Kind, list[bool]] = {kind: [] for kind in _SHARES}
    for choice in choices:
        made[choice.kind].append(bool(choice.right[np.argmax(choice.evidence.relevance(weights))]))
    return made


def left_out(choices: Sequence[Choice]) -> dict[Kind, list[bool]]:
    """Tell the same for weights fitted on other repositories, each left out in turn."""
    made: dict[Kind, list[bool]] = {kind: [] for kind in _SHARES}
    parts = [blake2b(choice.repository.encode()).digest()[0] % _PARTS for choice in choices]
    for part in sorted(set(parts)):
        fitted = [choice for choice, other in zip(choices, parts, strict=True) if other != part]
        tried = [choice for choice, other in zip(choices, parts, strict=True) if other == part]
        if not fitted:
            continue
        for kind, rights in shares_right(tried, as_weights(Fitting(fitted).fit())).items():
            made[kind] += rights
    return made


def _told(made: dict[Kind, list[bool]]) -> str:
    return ", ".join(
        f"{kind.value} {np.mean(rights):.3f} of {len(rights)}" for kind, rights in made.items() if rights
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, report, and write the weights if asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m training.chunk_weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--derived", type=Path, required=True, help="folder of derived queries")
    parser.add_argument("--without", nargs="*", default=[], metavar="NAME", help="repositories to leave out")
    parser.add_argument("--cache", type=Path, help="folder for indexes (default: beside the queries)")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE.name}")
    given = parser.parse_args(argv)
    cache = given.cache or given.derived / CACHE
    repositories = [one for one in load(given.derived) if one.name not in given.without]
    choices = [choice for one in repositories if one.fold != _HELD_OUT for choice in choices_of(one, cache)]
    unseen = [choice for one in repositories if one.fold == _HELD_OUT for choice in choices_of(one, cache)]
    if not choices:
        parser.error("these repositories leave no choices; derive queries of larger ones")
    print(f"shipped weights: {_told(shares_right(choices, WEIGHTS))}")
    print(f"fitted, repositories left out in turn: {_told(left_out(choices))}")
    weights = as_weights(Fitting(choices).fit())
    print(
        f"fold {_HELD_OUT}: {_told(shares_right(unseen, WEIGHTS))} -> {_told(shares_right(unseen, weights))}"
    )
    print(json.dumps(asdict(weights)))
    if given.write:
        WEIGHTS_FILE.write_text(json.dumps(asdict(weights), indent=2) + "\n")
        print(f"wrote {WEIGHTS_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
