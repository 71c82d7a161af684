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
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

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
    count: int,
) -> Iterator[AnalysedBatch]:
    model = embedder.folder if embedder else None
    workers = [_Worker(root, rules, model) for _ in range(count)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def analyse(batch: list[str]) -> AnalysedBatch:
        worker = idle.get()
        try:
            return worker.analyse(batch)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(count)
    pending: deque[Future[AnalysedBatch]] = deque()
    done = submitted = 0
    try:
        while done < len(batches):
            while submitted < min(len(batches), done + 2 * count + 1):
                pending.append(threads.submit(analyse, batches[submitted]))
                submitted += 1
            result = pending.popleft().result()
            done += 1
            yield result
    except _WorkerLost:
        _log.warning("a worker process was killed; %d of %d batches are done", done, len(batches))
        yield from _in_this_process(root, rules, batches[done:], embedder)
    finally:
        for worker in workers:
            worker.end()
        threads.shutdown(cancel_futures=True)


class _WorkerLost(Exception):
    """A worker process ended before it answered."""


class _Worker:
    """A process that analyses batches, at the other end of a pipe of its own.

    A ``ProcessPoolExecutor`` shares one pipe among its workers and holds both its ends: a worker killed half-way
    through writing a result leaves the executor reading for ever. A pipe of which only the worker holds the far end
    is at its end as soon as the worker is.
    """

    def __init__(self, root: Path, rules: DiscoveryRules, model: Path | None) -> None:
        context = get_context("spawn")
        self._connection, far_end = context.Pipe()
        self._process = context.Process(target=_work, args=(far_end, root, rules, model), daemon=True)
        self._process.start()
        far_end.close()

    def analyse(self, batch: list[str]) -> AnalysedBatch:
        """Analyse a batch; one at a time.

        :raises _WorkerLost: the process has ended.
        """
        try:
            self._connection.send(batch)
            answer: AnalysedBatch | Exception = self._connection.recv()
        except (EOFError, OSError) as error:
            raise _WorkerLost from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing; an :meth:`analyse` that waits for it is told."""
        self._process.kill()
        self._process.join()


def _work(connection: Connection, root: Path, rules: DiscoveryRules, model: Path | None) -> None:
    """Answer batches until the parent ends this process, or ends itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    analyser = Analyser(root, rules, StaticEmbedder.load(model) if model else None)
    while True:
        batch = connection.recv()
        try:
            answer: AnalysedBatch | Exception = analyser.analyse(batch)
        except Exception as error:  # a worker's boundary: the parent raises it
            answer = error
        connection.send(answer)


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a killed parent cannot tell it to."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
