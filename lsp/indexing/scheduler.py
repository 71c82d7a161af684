"""Decides which folder's index is updated next: one at a time, after a burst of changes, the one in use first."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lsp.indexing.process import IndexerProcess, IndexFailure, UpdateDone
from lsp.progress import ProgressReporter
from lsp.protocol.status import Health
from lsp.status import StatusReporter

_LOG = logging.getLogger(__name__)

_QUIET_S = 0.3
"""An update begins when nothing has changed for so long, or ..."""
_LONGEST_WAIT_S = 3.0
"""... a change has waited for so long."""


class RootState(StrEnum):
    """How the index of a folder stands."""

    WAITING = "waiting"
    UPDATING = "updating"
    CURRENT = "current"
    STOPPED = "stopped"
    """The user stopped it; the next change or a refresh goes on."""
    FAILED = "failed"


@dataclass(slots=True)
class _Root:
    path: Path
    state: RootState = RootState.WAITING
    message: str = ""
    changed_s: float | None = None
    """When the oldest change came that no update has seen; None if there is none."""
    due_s: float = 0.0
    last: UpdateDone | None = None


class IndexScheduler:
    """Keeps the indexes of some folders up to date. Belongs to the event loop."""

    def __init__(self, process: IndexerProcess, progress: ProgressReporter, status: StatusReporter) -> None:
        self._process = process
        self._progress = progress
        self._status = status
        self._roots: dict[Path, _Root] = {}
        self._used: Path | None = None
        self._wake = asyncio.Event()
        self._settled = asyncio.Event()
        self._job: asyncio.Task[UpdateDone] | None = None
        self._working: Path | None = None
        self._updated: list[Callable[[Path, UpdateDone], None]] = []
        self._ended: list[Callable[[Path], None]] = []

    def on_updated(self, listener: Callable[[Path, UpdateDone], None]) -> None:
        """Have a function called after each update."""
        self._updated.append(listener)

    def on_ended(self, listener: Callable[[Path], None]) -> None:
        """Have a function called whenever no update of a folder is at work any more, however it went."""
        self._ended.append(listener)

    def set_roots(self, roots: Iterable[Path]) -> None:
        """Say which folders there are; work on others ends."""
        roots = list(roots)
        for gone in set(self._roots).difference(roots):
            del self._roots[gone]
            self._settled.set()
            self._status.solved(f"index {gone}")
            if gone == self._working:
                self.stop()
        for root in roots:
            if root not in self._roots:
                self._roots[root] = _Root(root)
                self.changed(root, at_once=True)

    def state(self, root: Path) -> tuple[RootState, str, UpdateDone | None]:
        """Return how a folder's index stands, a message about it, and what the last update did."""
        found = self._roots.get(root)
        return (found.state, found.message, found.last) if found else (RootState.STOPPED, "", None)

    def used(self, root: Path) -> None:
        """Say which folder the user works in: it goes first."""
        self._used = root

    def changed(self, root: Path, *, at_once: bool = False) -> None:
        """Say that files of a folder may have changed."""
        found = self._roots.get(root)
        if found is None:
            return
        now = asyncio.get_running_loop().time()
        if found.changed_s is None:
            found.changed_s = now
        found.due_s = now if at_once else min(now + _QUIET_S, found.changed_s + _LONGEST_WAIT_S)
        if found.state is not RootState.UPDATING:
            found.state = RootState.WAITING
        self._settled.clear()
        self._wake.set()

    def stop(self) -> None:
        """End the update that runs; the index stays as it is."""
        if self._job is not None:
            self._job.cancel()

    async def refreshed(self, roots: Iterable[Path]) -> None:
        """Look for changes in some folders, and wait until their indexes are up to date or cannot be."""
        wanted = list(roots)
        for root in wanted:
            self._roots.setdefault(root, _Root(root))
            self.changed(root, at_once=True)
        await self.done(wanted)

    async def done(self, roots: Sequence[Path]) -> None:
        """Wait until no update of some folders is due or at work."""
        while any(self._has_work(root) for root in roots):
            self._settled.clear()
            await self._settled.wait()

    def _has_work(self, root: Path) -> bool:
        found = self._roots.get(root)
        return found is not None and (found.changed_s is not None or self._working == root)

    async def run(self) -> None:
        """Update what is due, until cancelled."""
        while True:
            root = self._next()
            if root is None:
                await self._sleep()
            else:
                await self._update(root)

    def _next(self) -> _Root | None:
        now = asyncio.get_running_loop().time()
        due = [root for root in self._roots.values() if root.changed_s is not None and root.due_s <= now]
        return min(due, key=lambda root: (root.path != self._used, root.due_s), default=None)

    async def _sleep(self) -> None:
        waiting = [root.due_s for root in self._roots.values() if root.changed_s is not None]
        self._wake.clear()
        timeout = max(0.0, min(waiting) - asyncio.get_running_loop().time()) if waiting else None
        try:
            await asyncio.wait_for(self._wake.wait(), timeout)
        except TimeoutError:
            return

    async def _update(self, root: _Root) -> None:
        root.changed_s, root.state, root.message = None, RootState.UPDATING, ""
        self._working = root.path
        try:
            self._job = asyncio.ensure_future(self._watched(root))
            done = await self._job
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                self._job.cancel() if self._job else None
                raise
            root.state, root.message = RootState.STOPPED, "stopped; the index is as it was before"
        except IndexFailure as error:
            root.state, root.message = RootState.FAILED, str(error)
            self._status.problem(f"index {root.path}", Health.ERROR, str(error))
            _LOG.warning("%s: %s", root.path, error)
        else:
            root.state, root.last = RootState.CURRENT, done
            self._status.solved(f"index {root.path}")
            for listener in self._updated:
                listener(root.path, done)
        finally:
            self._job, self._working = None, None
            self._settled.set()
            for ended in self._ended:
                ended(root.path)
            self._status.indexed(root.path)

    async def _watched(self, root: _Root) -> UpdateDone:
        """Update, and show how far it is once there is something to be seen."""
        loop = asyncio.get_running_loop()
        seen: asyncio.Queue[tuple[int, int] | None] = asyncio.Queue()

        def waiting() -> None:
            root.message = "another process is indexing this folder"

        job = loop.create_task(
            self._process.update(root.path, lambda done, total: seen.put_nowait((done, total)), waiting)
        )
        job.add_done_callback(lambda _: seen.put_nowait(None))
        try:
            first = await seen.get()
            if first is not None and first[0] < first[1]:
                await self._show(root.path, seen, first)
            return await job
        finally:
            job.cancel()

    async def _show(
        self, root: Path, seen: "asyncio.Queue[tuple[int, int] | None]", first: tuple[int, int]
    ) -> None:
        async with self._progress.work(f"Indexing {root.name}", self.stop) as work:
            step: tuple[int, int] | None = first
            while step is not None:
                done, total = step
                self._status.indexing(root, done, total)
                work.report(done, total, f"{done:,} of {total:,} files")
                step = await seen.get()
