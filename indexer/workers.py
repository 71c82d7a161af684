"""Work on batches in worker processes, in order, each process at the end of a pipe of its own.

Workers are started with ``spawn``, so that a host with threads (the language server) is safe. They leave Ctrl-C to
their parent and end when it does, however it ends. Should one be killed (by the system, short of memory), this process
does the rest alone.
"""

import logging
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from indexer import pausing

_log = logging.getLogger(__name__)

_READY_WITHIN_S = 30.0
"""A worker that has not started by then is given up: the main module of a script without a main guard does its work
once more when it is imported by a worker, and may wait there for a lock that this process holds."""

Batch = TypeVar("Batch")
Result = TypeVar("Result")
Setup = Callable[[], Callable[[Batch], Result]]
"""Makes, once a process, the function that does the work. It is pickled: a function of a module, or a ``partial``."""


def map_in_workers(
    setup: Setup[Batch, Result], batches: Iterable[Batch], count: int
) -> Iterator[tuple[Batch, Result]]:
    """Do the work on every batch, in order; few more batches than workers are held at any time.

    What the work raises is raised here. An iterator that is closed early kills its workers.

    :param batches: read in the calling thread, as far ahead as keeps the workers busy.
    :param count: worker processes; fewer than 2 do the work in this process.
    """
    if count < 2:
        yield from _in_this_process(setup, batches)
    else:
        yield from _in_processes(setup, iter(batches), count)


def _in_this_process(setup: Setup[Batch, Result], batches: Iterable[Batch]) -> Iterator[tuple[Batch, Result]]:
    work: Callable[[Batch], Result] | None = None
    for batch in batches:
        work = work or setup()
        yield batch, work(batch)


def _in_processes(
    setup: Setup[Batch, Result], batches: Iterator[Batch], count: int
) -> Iterator[tuple[Batch, Result]]:
    workers = [_Worker(setup) for _ in range(count)]
    idle: SimpleQueue[_Worker[Batch, Result]] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def work(batch: Batch) -> Result:
        worker = idle.get()
        try:
            return worker.work(batch)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(count)
    pending: deque[tuple[Batch, Future[Result]]] = deque()
    try:
        while True:
            while len(pending) <= 2 * count and (taken := next(((batch,) for batch in batches), None)):
                pending.append((taken[0], threads.submit(work, taken[0])))
            if not pending:
                return
            batch, future = pending[0]
            result = future.result()
            pending.popleft()
            yield batch, result
    except _WorkerLost:
        _log.warning("a worker process ended or did not start; this process does the rest")
        yield from _in_this_process(setup, chain([batch for batch, _ in pending], batches))
    finally:
        for worker in workers:
            worker.end()
        threads.shutdown(cancel_futures=True)


class _WorkerLost(Exception):
    """A worker process ended before it answered."""


class _Worker(Generic[Batch, Result]):
    """A process that works on batches, at the other end of a pipe of its own.

    A ``ProcessPoolExecutor`` shares one pipe among its workers and holds both its ends: a worker killed half-way
    through writing a result leaves the executor reading for ever. A pipe of which only the worker holds the far end
    is at its end as soon as the worker is.
    """

    def __init__(self, setup: Setup[Batch, Result]) -> None:
        context = get_context("spawn")
        self._connection, far_end = context.Pipe()
        self._process = context.Process(target=_work, args=(far_end, pickle.dumps(setup)), daemon=True)
        self._process.start()
        far_end.close()
        self._ready = False

    def work(self, batch: Batch) -> Result:
        """Work on a batch; one at a time.

        :raises _WorkerLost: the process has ended.
        """
        try:
            if not self._ready and not self._connection.poll(_READY_WITHIN_S):
                raise _WorkerLost
            if not self._ready:
                self._ready = self._connection.recv()
            self._connection.send(batch)
            answer: Result | Exception = self._connection.recv()
        except (EOFError, OSError) as error:
            raise _WorkerLost from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing; a :meth:`work` that waits for it is told."""
        self._process.kill()
        self._process.join()


def _work(connection: Connection, pickled_setup: bytes) -> None:
    """Answer batches until the parent ends this process, or ends itself.

    :param pickled_setup: unpickled only here: it loads modules for a second, and pauses are to be heard before.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pausing.listen()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    setup: Setup[Any, Any] = pickle.loads(pickled_setup)
    work = setup()
    with suppress(EOFError, OSError):  # the parent is gone, and nobody wants to read a traceback of that
        connection.send(True)
        while True:
            batch = connection.recv()
            try:
                answer = work(batch)
            except Exception as error:  # a worker's boundary: the parent raises it
                answer = error
            connection.send(answer)


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a killed parent cannot tell it to."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
