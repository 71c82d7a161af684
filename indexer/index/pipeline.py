"""Analyse many files: in this process while they are few, in worker processes when there is enough to gain."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from indexer.discovery import DiscoveryRules, FoundFile
from indexer.embedding import Embedder, StaticEmbedder
from indexer.index.analysis import Analyser
from indexer.index.rows import AnalysedBatch
from indexer.progress import Progress
from indexer.workers import map_in_workers

_BATCH_BYTES = 1_500_000
_BATCH_FILES = 250
_WORKERS_FROM_BYTES = 8_000_000
"""Below this much source starting workers (about 0.3 s of CPU each) costs more than it saves."""


def analyse_all(
    root: Path,
    rules: DiscoveryRules,
    files: Sequence[FoundFile],
    embedder: Embedder,
    progress: Progress,
) -> Iterator[AnalysedBatch]:
    """Analyse files in order, batch by batch.

    :param embedder: a :class:`StaticEmbedder` computes vectors along the way; any other is applied later.
    """
    static = embedder if isinstance(embedder, StaticEmbedder) else None
    batches = list(_batches(files))
    workers = min(os.cpu_count() or 1, len(batches))
    if sum(file.size for file in files) < _WORKERS_FROM_BYTES:
        workers = 1
    if workers < 2:
        setup = partial(_analyser, root, rules, static)
    else:
        setup = partial(_loading_analyser, root, rules, static.folder if static else None)
    done = 0
    progress(0, len(files))
    for batch, result in map_in_workers(setup, batches, workers):
        done += len(batch)
        progress(done, len(files))
        yield result


def _batches(files: Sequence[FoundFile]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for file in files:
        if batch and (size + file.size > _BATCH_BYTES or len(batch) >= _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(file.path)
        size += file.size
    if batch:
        yield batch


def _analyser(
    root: Path, rules: DiscoveryRules, embedder: StaticEmbedder | None
) -> Callable[[list[str]], AnalysedBatch]:
    return Analyser(root, rules, embedder).analyse


def _loading_analyser(
    root: Path, rules: DiscoveryRules, model: Path | None
) -> Callable[[list[str]], AnalysedBatch]:
    """Return what a worker process does: it loads the model itself."""
    return Analyser(root, rules, StaticEmbedder.load(model) if model else None).analyse
