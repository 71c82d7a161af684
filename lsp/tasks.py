"""Work that goes on beside the event loop: in threads, with a token that says when nobody waits any more.

And the loop of its own that model clients live in: parsing their streams and checking answers costs milliseconds
that the protocol's loop does not have.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")

_THREADS = 6
_LOG = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised in a thread whose work nobody waits for."""


class CancelToken:
    """Says to a thread whether to go on. Safe to use from several threads."""

    def __init__(self) -> None:
        self._event = Event()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any more."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Have the work end at its next check."""
        self._event.set()

    def check(self) -> None:
        """Go on, or end.

        :raises Cancelled: if nobody waits any more.
        """
        if self._event.is_set():
            raise Cancelled


class Tasks:
    """Threads and background tasks of one session."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def in_thread(self, work: Callable[[CancelToken], T]) -> T:
        """Run a function in a thread. If the task that waits is cancelled, the function's token is, too."""
        if self._closed:
            raise asyncio.CancelledError
        token = CancelToken()
        context = copy_context()
        future = asyncio.get_running_loop().run_in_executor(self._threads, lambda: context.run(work, token))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            token.cancel()
            future.add_done_callback(_look_away)
            raise

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> "asyncio.Task[Any]":
        """Run something in the background; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel everything and wait for the tasks' ends; threads are not waited for."""
        self._closed = True
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("%s failed", task.get_name(), exc_info=error)


class ModelLoop:
    """An event loop in a thread. Started when it is first used."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there and wait for it here. Being cancelled here cancels it there, and does not wait."""
        future = asyncio.run_coroutine_threadsafe(work, self._started())
        return await asyncio.wrap_future(future)

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Have a quick function called there."""
        self._started().call_soon_threadsafe(function, *arguments)

    def close(self) -> None:
        """Cancel what runs there and end the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = None
        loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join(2.0)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = Thread(target=_run, args=(self._loop,), name="models", daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    gathered = asyncio.gather(*tasks, return_exceptions=True)
    gathered.add_done_callback(lambda _: loop.stop())
    if not tasks:
        loop.call_soon(loop.stop)


def _look_away(future: "asyncio.Future[Any]") -> None:
    if not future.cancelled():
        future.exception()
