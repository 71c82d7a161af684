"""From ``initialize`` to ``exit``; documents that open, change and close; folders, settings and files that change."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.client import Client
from lsp.convert import changes_of
from lsp.logs import ClientLog
from lsp.parent import parent_gone
from lsp.text import PositionEncoding
from lsp.uris import path_of, uri_of

if TYPE_CHECKING:
    from lsp.server import AssistServer

_LOG = logging.getLogger(__name__)


def register(server: AssistServer) -> None:
    """Answer what every client sends."""
    feature = Lifecycle(server)
    server.on(types.INITIALIZE, feature.initialize)
    server.on(types.INITIALIZED, feature.initialized)
    server.on(types.SHUTDOWN, feature.shutdown)
    server.on(types.TEXT_DOCUMENT_DID_OPEN, feature.did_open)
    server.on(types.TEXT_DOCUMENT_DID_CHANGE, feature.did_change)
    server.on(types.TEXT_DOCUMENT_DID_SAVE, feature.did_save, types.SaveOptions(include_text=False))
    server.on(types.TEXT_DOCUMENT_DID_CLOSE, feature.did_close)
    server.on(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, feature.did_change_folders)
    server.on(types.WORKSPACE_DID_CHANGE_CONFIGURATION, feature.did_change_configuration)
    server.on(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, feature.did_change_files)
    server.on(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, feature.progress_cancelled)


class Lifecycle:
    """The session's beginning and end, and what the client tells in between."""

    def __init__(self, server: AssistServer) -> None:
        self._server = server
        self._session = server.session
        self._log: ClientLog | None = None

    def initialize(self, params: types.InitializeParams) -> None:
        """Take in who the client is; its answer, the capabilities, is put together by pygls."""
        encoding = PositionEncoding(
            types.PositionEncodingKind(self._server.workspace.position_encoding).value
        )
        self._session.begin(Client.of(params, encoding), _folders(params), _settings(params))
        loop = asyncio.get_running_loop()
        self._log = ClientLog(loop, self._server.window_log_message)
        self._session.log = self._log
        self._log.set_level(self._session.settings.log.level)
        logging.getLogger().addHandler(self._log)
        if params.process_id is not None:
            self._session.tasks.start(self._exit_with(params.process_id), "watching the editor")

    def initialized(self, _: types.InitializedParams) -> None:
        """Begin with the background work."""
        self._session.tasks.start(self._session.run(), "beginning")

    async def shutdown(self, _: object) -> None:
        """End everything but the connection."""
        if self._log is not None:
            logging.getLogger().removeHandler(self._log)
        await self._session.close()

    async def _exit_with(self, pid: int) -> None:
        await parent_gone(pid)
        _LOG.info("the editor has ended")
        self._server.protocol.on_exit(1)

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take a document up."""
        item = params.text_document
        self._session.documents.open(item.uri, item.language_id, item.version, item.text)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Edit a document."""
        item = params.text_document
        changed = self._session.documents.change(item.uri, item.version, changes_of(params.content_changes))
        if changed is None:
            _LOG.warning("a change of a document that is not open is ignored")

    def did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        """Note that the file is what the document is."""
        self._session.documents.saved(params.text_document.uri, params.text)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        self._session.documents.close(params.text_document.uri)

    def did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Add and remove folders."""
        for gone in params.event.removed:
            self._session.workspaces.remove(gone.uri)
        for new in params.event.added:
            self._session.workspaces.add(new.uri, new.name)
        self._session.folders_changed()

    async def did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        """Read the settings anew."""
        if self._session.client.pulls_configuration:
            await self._session.configuration.pull(self._session.client)
        else:
            self._session.configuration.pushed(_plain(params.settings))

    def did_change_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Bring indexes up to date."""
        self._session.watcher.changed(change.uri for change in params.changes)

    def progress_cancelled(self, params: types.WorkDoneProgressCancelParams) -> None:
        """Stop what the user does not want to wait for."""
        self._session.progress.cancel(params.token)


def _folders(params: types.InitializeParams) -> list[tuple[str, str]]:
    if params.workspace_folders:
        return [(folder.uri, folder.name) for folder in params.workspace_folders]
    if params.root_uri:
        return [(params.root_uri, "")]
    path = path_of(f"file://{params.root_path}") if params.root_path else None
    return [(uri_of(path), "")] if path else []


def _settings(params: types.InitializeParams) -> object:
    """Return the settings among the options, where a client without ``workspace/configuration`` sends them."""
    options = _plain(params.initialization_options)
    return options.get("settings") if isinstance(options, dict) else None


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON that pygls may have made objects of
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    return value
