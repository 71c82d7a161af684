"""How well the embedding model alone finds files: NDCG@10 of the files by their best chunk's cosine, and nothing else.

The index is the shipped one with all it puts into a chunk's vector; no other evidence takes part, and each file is
shown once, with the chunk nearest to the query.

    python -m benchmarks.dense_retrieval --repos DIR
    python -m benchmarks.dense_retrieval --repos DIR --model FOLDER      # another table, e.g. a newly trained one
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.engine import Engine
from assistant.settings import load_settings
from benchmarks import options
from benchmarks.assist_command import Assist
from benchmarks.ndcg import CUTOFF, Hit, ndcg_at_10
from benchmarks.query_set import QuerySetError, Repository
from benchmarks.results import Figure
from indexer.index.snapshot import Snapshot

BENCHMARK = "dense retrieval alone"


def scores(repository: Repository, model: str, cache: Path) -> Iterator[tuple[str, float]]:
    """Yield the category and NDCG@10 of each query of one repository."""
    environment = {**os.environ, "ASSIST_CACHE_DIR": str(cache), "ASSIST_CONFIG_DIR": str(cache / "none")}
    engine = Engine(replace(load_settings(environment), embedder=model))
    engine.update(repository.root)
    snapshot = engine.snapshot(repository.root)
    assert snapshot is not None
    for query in repository.queries:
        hits = nearest(snapshot, engine.embedder.embed([query.text])[0])
        yield query.category, ndcg_at_10(hits, query.targets)


def nearest(snapshot: Snapshot, vector: np.ndarray) -> list[Hit]:
    """Return the files nearest to a vector by their best chunk, one hit a file."""
    cosines = snapshot.chunk_vectors.all_cosines(vector)
    chunks = snapshot.chunks.records
    hits: dict[str, Hit] = {}
    for row in np.argsort(-cosines, kind="stable").tolist():
        path = snapshot.paths[int(snapshot.chunk_files[row])]
        if path not in hits:
            hits[path] = Hit(path, int(chunks["start_line"][row]), int(chunks["end_line"][row]))
            if len(hits) == CUTOFF:
                break
    return list(hits.values())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("dense_retrieval", __doc__)
    options.add_query_set(parser)
    parser.add_argument("--model", default="static", help="a model folder instead of the shipped model")
    given = parser.parse_args(argv)
    try:
        repositories = options.repositories_of(given)
    except QuerySetError as error:
        parser.error(str(error))
    found: dict[str, list[float]] = {"all": []}
    for repository in repositories:
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as cache:
            for category, ndcg in scores(repository, given.model, Path(cache)):
                found["all"].append(ndcg)
                found.setdefault(category, []).append(ndcg)
        print(repository.name, file=sys.stderr)
    inputs = f"{len(found['all'])} queries, {len(repositories)} repositories of code-search, one chunk a file"
    figures = []
    for category, values in found.items():
        print(f"{category:14}{len(values):>5}{statistics.mean(values):9.4f}")
        name = "NDCG@10, cosines alone" + ("" if category == "all" else f", {category}")
        figures.append(Figure(name, f"{statistics.mean(values):.4f}", "", inputs))
    options.record(given, BENCHMARK, figures, [Assist(()).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
