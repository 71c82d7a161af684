"""What requests work with: the client, its documents and folders, settings, the engine, tasks, the indexes' state.

Everything here belongs to the event loop unless it says otherwise. A request takes what it needs of it (a
``TextSnapshot``, the roots) before it awaits anything, since all of it may change meanwhile.
"""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant import __version__
from lsp import memory
from lsp.client import Client
from lsp.configuration import Configuration
from lsp.copying import CopyChecks
from lsp.engine import EngineHolder
from lsp.errors import LspError, content_modified, is_told, told
from lsp.indexing.process import IndexerProcess, UpdateDone
from lsp.indexing.scheduler import IndexScheduler, RootState
from lsp.logs import ClientLog
from lsp.overlay import Overlay
from lsp.progress import ProgressReporter
from lsp.protocol.status import Health
from lsp.rpc import AssistProtocol
from lsp.settings import EditorSettings
from lsp.status import StatusReporter
from lsp.tasks import CancelToken, ModelLoop, Tasks
from lsp.text import Document, DocumentStore, TextSnapshot
from lsp.watching import FileWatcher
from lsp.workspaces import Workspaces

if TYPE_CHECKING:
    from assistant.engine import Engine

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

_AFTER_START_S = 1.0
"""The first requests go before what only makes later ones faster."""


class Session:
    """One client's session, from ``initialize`` to ``exit``."""

    def __init__(self, protocol: AssistProtocol) -> None:
        self.protocol = protocol
        self.client = Client()
        self.documents = DocumentStore()
        self.workspaces = Workspaces()
        self.overlay = Overlay()
        self.holder = EngineHolder(self.overlay)
        self.copies = CopyChecks(self.holder)
        self.tasks = Tasks()
        self.models = ModelLoop()
        self.status = StatusReporter(protocol, lambda: self.client.status)
        self.progress = ProgressReporter(protocol, lambda: self.client)
        self.configuration = Configuration(protocol, self._settings_changed)
        self.indexer = IndexerProcess()
        self.scheduler = IndexScheduler(self.indexer, self.progress, self.status)
        self.watcher = FileWatcher(
            protocol, self.tasks, self.workspaces, self.scheduler, self.status, self._list_ignored
        )
        self.log: ClientLog | None = None
        self._begin_listeners: list[Callable[[], None]] = []
        self._settings_listeners: list[Callable[[EditorSettings], None]] = []
        self._folders_listeners: list[Callable[[], None]] = []
        self._later: list[Callable[[], Awaitable[None]]] = []
        self._is_running = False
        self._indexed: set[Path] = set()
        """Folders that were found to have an index."""

    @property
    def settings(self) -> EditorSettings:
        """The editor's settings as they are now."""
        return self.configuration.current

    def on_begin(self, listener: Callable[[], None]) -> None:
        """Have a function called when the client is known, before it is told what the server can do."""
        self._begin_listeners.append(listener)

    def on_settings(self, listener: Callable[[EditorSettings], None]) -> None:
        """Have a function called when the settings have changed."""
        self._settings_listeners.append(listener)

    def on_folders(self, listener: Callable[[], None]) -> None:
        """Have a function called when folders have come or gone, and at the beginning."""
        self._folders_listeners.append(listener)

    def when_quiet(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have something done soon after the start, when the first requests have gone before."""
        self._later.append(work)

    # Beginning and end

    def begin(self, client: Client, folders: Iterable[tuple[str, str]], settings: object) -> None:
        """Take in what ``initialize`` says.

        :param folders: addresses and names.
        """
        self.client = client
        self.documents.encoding = client.encoding
        self.documents.listen(
            opened=self._document_opened,
            changed=self._document_typed,
            saved=self._document_saved,
            closed=self._document_closed,
        )
        for uri, name in folders:
            self.workspaces.add(uri, name)
        if settings is not None:
            self.configuration.take(settings)
        for listener in self._begin_listeners:
            listener()

    async def run(self) -> None:
        """Begin with what goes on in the background, once the client has said ``initialized``."""
        self._is_running = True
        self.configuration.register(self.client)
        await self.configuration.pull(self.client)
        self.scheduler.on_updated(self._index_updated)
        folders = ", ".join(str(folder.path) for folder in self.workspaces.folders)
        name = self.client.name or "a client that gives no name"
        _LOG.info("assist %s serves %s: %s", __version__, name, folders or "no folder")
        self.folders_changed()
        await self._warm()  # the first completion goes before the process that indexes
        self.status.started()
        self.tasks.start(self.scheduler.run(), "indexing")
        await asyncio.sleep(_AFTER_START_S)
        await self._warm_search()
        for work in self._later:
            await work()
        await self.tasks.in_thread(lambda _: memory.release())
        memory.settle()

    async def close(self) -> None:
        """End everything; what is at work is cancelled."""
        self._is_running = False
        self.watcher.close()
        self.indexer.kill()
        await self.tasks.close()
        self.models.close()
        self.protocol.abandon_requests()

    # What goes on in threads and beside the loop

    async def in_thread(self, work: Callable[["Engine", CancelToken], T]) -> T:
        """Run a function that needs the engine in a thread, with the unsaved texts as they are now."""
        holder = self.holder
        with self.overlay.pinned():
            return await self.tasks.in_thread(lambda token: work(holder.engine(), token))

    async def require_indexes(self, roots: Sequence[Path]) -> None:
        """Wait for the first indexing of folders that have no index yet."""
        unknown = [root for root in roots if root not in self._indexed]
        if not unknown:
            return
        missing = await self.in_thread(
            lambda engine, _: [root for root in unknown if engine.source(root) is None]
        )
        await self.scheduler.done(missing)
        self._indexed.update(unknown)

    def stream(self, token: str | int | None, value: object) -> None:
        """Send a part of a request's result; nothing without a token."""
        if token is not None:
            self.protocol.notify("$/progress", {"token": token, "value": self.protocol.plain(value)})

    # Documents

    def snapshot(self, uri: str) -> TextSnapshot:
        """Return an open document's text.

        :raises LspError: if it is not open.
        """
        snapshot = self.documents.snapshot(uri)
        if snapshot is None:
            raise LspError(f"{uri} is not open; send textDocument/didOpen first")
        return snapshot

    def require_current(self, *snapshots: TextSnapshot) -> None:
        """Make sure that an answer about texts is not stale.

        :raises LspError: if one has changed since.
        """
        if not all(self.documents.is_current(snapshot) for snapshot in snapshots):
            raise content_modified()

    def _document_opened(self, document: Document) -> None:
        place = self.workspaces.locate(document.uri)
        if place is not None:
            self.scheduler.used(place.folder.root)
            self.overlay.set(place.folder.root, place.path, document.snapshot())

    def _document_typed(self, document: Document) -> None:
        self.indexer.pause()
        self._document_edited(document)

    def _document_edited(self, document: Document) -> None:
        place = self.workspaces.locate(document.uri)
        if place is not None:
            self.overlay.set(place.folder.root, place.path, document.snapshot())

    def _document_saved(self, document: Document) -> None:
        place = self.workspaces.locate(document.uri)
        if place is not None and self.settings.index.enabled:
            self.scheduler.changed(place.folder.root)

    def _document_closed(self, document: Document) -> None:
        place = self.workspaces.locate(document.uri)
        if place is not None:
            self.overlay.remove(place.folder.root, place.path)

    # Folders and settings

    def folders_changed(self) -> None:
        """Index and follow the folders as they are now."""
        index = self.settings.index
        self.scheduler.set_roots(self.workspaces.roots if index.enabled else ())
        for document in self.documents:
            self._document_edited(document)
        following = self.watcher.start(self.client, is_wanted=index.enabled and index.watch)
        self.tasks.start(following, "following folders")
        for listener in self._folders_listeners:
            listener()

    def _settings_changed(self, settings: EditorSettings) -> None:
        if self.log is not None:
            self.log.set_level(settings.log.level)
        self.status.offline(is_offline=settings.offline)
        if self._is_running:
            self.folders_changed()
        for listener in self._settings_listeners:
            listener(settings)

    # The index

    async def _warm(self) -> None:
        """Load the engine and open the indexes that there are, so that the first request does not wait for it."""
        roots, is_begun = self.workspaces.roots, self.status.is_started

        def work(engine: "Engine", _: CancelToken) -> list[Path]:
            missing = _open(engine, roots)
            memory.release() if is_begun else memory.settle()
            return missing

        try:
            for root in await self.in_thread(work):
                if self.scheduler.state(root)[0] in (RootState.WAITING, RootState.UPDATING):
                    self.status.indexing(root, 0, 0)
            self.status.solved("settings")
        except Exception as error:
            if is_told(error):
                self.status.problem("settings", Health.ERROR, told(error))
            else:
                _LOG.error("the engine could not be loaded", exc_info=error)

    async def _warm_search(self) -> None:
        """Search once for nothing: what is loaded then holds Python's lock for up to 30 ms, better now than later."""
        roots = self.workspaces.roots

        def work(engine: "Engine", token: CancelToken) -> None:
            importlib.import_module("assistant.answers")
            indexed = [root for root in roots if engine.source(root) is not None]
            token.check()
            if indexed:
                engine.search("warm", indexed, 1, strict=False)

        try:
            await self.in_thread(work)
        except Exception as error:
            if not is_told(error):
                raise

    def _index_updated(self, root: Path, done: UpdateDone) -> None:
        if done.rebuilt:
            _LOG.info("the index of %s was rebuilt: %s", root, done.rebuilt)
        if done.wrote:
            _LOG.info("indexed %s: %d files analysed in %.0f ms", root, done.analysed, done.ms)
            self.tasks.start(self._warm(), "opening the index")

    def _list_ignored(self, root: Path) -> list[str]:
        from assistant.settings import rules_for
        from indexer.discovery import list_ignored

        engine = self.holder.engine()
        return [skip.path for skip in list_ignored(root, rules_for(root, engine.settings))]


def _open(engine: "Engine", roots: Iterable[Path]) -> list[Path]:
    """Open the indexes of folders, and return those without; one that is damaged is for the next update to mend."""
    missing = []
    for root in roots:
        try:
            if engine.snapshot(root) is None:
                missing.append(root)
        except Exception as error:
            if not is_told(error):
                raise
            _LOG.info("%s", error)
            missing.append(root)
    return missing
