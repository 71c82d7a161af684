"""Analyse many files: in this process while they are few, in worker processes when there is enough to gain.

Workers are started with ``spawn``, so that a host with threads (the language server) is safe. They leave Ctrl-C to
their parent and end when it does, however it ends. Should one be killed (by the system, short of memory), this process
does the rest alone.
"""

import logging
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path

from indexer.discovery import DiscoveryRules, FoundFile
from indexer.embedding import Embedder, StaticEmbedder
from indexer.index.analysis import Analyser
from indexer.index.rows import AnalysedBatch

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with files done and files to do."""

_BATCH_BYTES = 1_500_000
_BATCH_FILES = 250
_WORKERS_FROM_BYTES = 8_000_000
"""Below this much source starting workers (about 0.3 s of CPU each) costs more than it saves."""

_in_worker: Analyser | None = None


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
    if workers < 2 or sum(file.size for file in files) < _WORKERS_FROM_BYTES:
        results = _in_this_process(root, rules, batches, static)
    else:
        results = _in_processes(root, rules, batches, static, workers)
    done = 0
    progress(0, len(files))
    for batch, result in zip(batches, results, strict=True):
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


def _in_this_process(
    root: Path, rules: DiscoveryRules, batches: Sequence[list[str]], embedder: StaticEmbedder | None
) -> Iterator[AnalysedBatch]:
    analyser = Analyser(root, rules, embedder)
    for batch in batches:
        yield analyser.analyse(batch)


def _in_processes(
    root: Path,
    rules: DiscoveryRules,
    batches: Sequence[list[str]],
    embedder: StaticEmbedder | None,
    workers: int,
) -> Iterator[AnalysedBatch]:
    model = embedder.folder if embedder else None
    executor = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(root, rules, model)
    )
    pending: deque[Future[AnalysedBatch]] = deque()
    done = submitted = 0
    try:
        while done < len(batches):
            while submitted < min(len(batches), done + 2 * workers + 1):
                pending.append(executor.submit(_analyse_in_worker, batches[submitted]))
                submitted += 1
            result = pending.popleft().result()
            done += 1
            yield result
    except BrokenProcessPool:
        _log.warning("a worker process was killed; %d of %d batches are done", done, len(batches))
        yield from _in_this_process(root, rules, batches[done:], embedder)
    finally:
        executor.shutdown(cancel_futures=True)


def _start_worker(root: Path, rules: DiscoveryRules, model: Path | None) -> None:
    global _in_worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _in_worker = Analyser(root, rules, StaticEmbedder.load(model) if model else None)


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a killed parent cannot tell it to."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _analyse_in_worker(batch: list[str]) -> AnalysedBatch:
    assert _in_worker is not None
    return _in_worker.analyse(batch)
