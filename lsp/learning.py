"""What the repository teaches: each folder's local completer, kept in step with its index, in the background.

A folder of the workspace is learned from as soon as it is opened, another one when its first document is, and each
again when its index has changed. The corpus itself is made where the index is, in the process beside the server, and
only opened here. The status says whether everything is learned that there is.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.errors import is_told, told
from lsp.indexing.process import UpdateDone
from lsp.indexing.scheduler import RootState
from lsp.protocol.status import CompletionState
from lsp.session import Session
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.completion.local.completers import LocalCompleters
    from assistant.engine import Engine

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 1.0
"""So long a folder's first completion waits for what is learned from it already."""


class Learning:
    """The local completers of a session. Belongs to the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: tuple[Engine, LocalCompleters] | None = None
        self._roots: set[Path] = set()
        self._tasks: dict[Path, asyncio.Task[None]] = {}
        self._again: set[Path] = set()
        session.scheduler.on_updated(self._index_updated)
        session.scheduler.on_ended(lambda _: self.tell())
        session.on_folders(self._folders_changed)

    def completers(self, engine: Engine) -> LocalCompleters:
        """Return the completers of an engine; those of another engine are dropped."""
        from assistant.completion.local.completers import LocalCompleters

        if self._made is None or self._made[0] is not engine:
            self._made = (engine, LocalCompleters(engine))
            for root in self._roots:
                self._refresh(root)
        return self._made[1]

    def learn(self, root: Path) -> None:
        """Learn from a folder from now on."""
        if self._session.settings.completion.enabled and root not in self._roots:
            self._roots.add(root)
            self._refresh(root)

    async def wait_for(self, root: Path) -> None:
        """Wait a moment for a folder that nothing is known of yet."""
        task = self._tasks.get(root)
        if task is not None and not task.done() and not self._knows(root):
            await asyncio.wait({task}, timeout=_PATIENCE_S)

    def restore(self, root: Path, path: str) -> None:
        """Take a document's text back: the file counts again."""
        completer = self._made[1].get(root) if self._made is not None else None
        if completer is not None:
            completer.restore(path)
            self._refresh(root)

    def tell(self) -> None:
        """Tell the client how far it is."""
        if not self._session.settings.completion.enabled:
            state = CompletionState.OFF
        elif any(map(self._is_awaited, self._roots)):
            state = CompletionState.LEARNING
        else:
            state = CompletionState.READY
        self._session.status.completion(state)

    def _is_awaited(self, root: Path) -> bool:
        """Tell whether nothing is known of a folder yet, but soon will be."""
        if self._knows(root):
            return False
        task = self._tasks.get(root)
        is_at_work = task is not None and not task.done()
        return is_at_work or self._session.scheduler.state(root)[0] in (RootState.WAITING, RootState.UPDATING)

    def _knows(self, root: Path) -> bool:
        return self._made is not None and self._made[1].get(root) is not None

    def _folders_changed(self) -> None:
        roots = self._session.workspaces.roots
        documents = {self._session.workspaces.place(document.uri)[0] for document in self._session.documents}
        for gone in self._roots.difference(roots, documents):
            self._roots.discard(gone)
            if self._made is not None:
                self._made[1].forget(gone)
        for root in roots:
            self.learn(root)
        self.tell()

    def _index_updated(self, root: Path, _: UpdateDone) -> None:
        if root in self._roots:
            self._refresh(root)

    def _refresh(self, root: Path) -> None:
        """Bring a folder's local completer in step with its index; once more if that is at work."""
        task = self._tasks.get(root)
        if task is not None and not task.done():
            self._again.add(root)
            return
        task = self._session.tasks.start(self._refreshed(root), "learning from the repository")
        task.add_done_callback(lambda done: None if done.cancelled() else self.tell())
        self._tasks[root] = task

    async def _refreshed(self, root: Path) -> None:
        # Making a corpus holds Python's lock for long: the indexing process does it where there is one.
        is_made_elsewhere = self._session.settings.index.enabled

        again = True
        while again:
            self._again.discard(root)
            try:
                completers = self.completers(await self._session.in_thread(_loaded))
                work = completers.reopen if is_made_elsewhere else completers.refresh
                await self._session.tasks.in_thread(_of(root, work))
            except Exception as error:
                if not is_told(error):
                    raise
                _LOG.warning("nothing is learned from %s: %s", root, told(error))
            again = root in self._again


def _loaded(engine: Engine, _: CancelToken) -> Engine:
    """Load, in a thread, what the loop is to find loaded."""
    importlib.import_module("assistant.completion.local.completers")
    return engine


def _of(root: Path, work: Callable[[Path], object]) -> Callable[[CancelToken], object]:
    return lambda _: work(root)
