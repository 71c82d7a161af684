"""An editor without a screen: pytest-lsp's client with the real server, in a user directory of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0


class Editor:
    """A running server and its client."""

    def __init__(self, client: LanguageClient, home: Path) -> None:
        self.client = client
        self.home = home
        self.settings: dict[str, Any] = {}
        self.statuses: list[dict[str, Any]] = []
        self.messages: list[str] = []
        self.logged: list[str] = []
        self.streamed: dict[str | int, list[Any]] = {}
        self.registered: list[str] = []
        self.questions: list[str] = []
        self.reply: str | None = None
        """The title of the action that the user chooses when asked."""
        self.result: types.InitializeResult | None = None
        self._changed = asyncio.Event()

    async def request(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Send a request of assist's own; its result as JSON."""
        protocol: Any = self.client.protocol
        future = protocol.send_request_async(method, params or {})
        return plain(await asyncio.wait_for(future, PATIENCE_S))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for messages until something holds."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def ready(self) -> None:
        """Wait until the folders are indexed."""
        await self.request("assist/index/refresh")

    async def until_indexed(self) -> None:
        """Refresh until the indexes are up to date: a process that has just ended may take an update with it."""
        while (await self.request("assist/index/refresh"))["folders"][0]["state"] != "current":
            continue

    def open(self, path: Path, text: str | None = None, language: str = "python", version: int = 1) -> str:
        """Open a document; its address."""
        item = types.TextDocumentItem(
            path.as_uri(), language, version, path.read_text("utf-8") if text is None else text
        )
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return item.uri

    @contextmanager
    def opened(self, path: Path, text: str | None = None, language: str = "python") -> Iterator[str]:
        """Have a document open for a while."""
        uri = self.open(path, text, language)
        try:
            yield uri
        finally:
            identifier = types.TextDocumentIdentifier(uri)
            self.client.text_document_did_close(types.DidCloseTextDocumentParams(identifier))

    def change(self, uri: str, version: int, *changes: types.TextDocumentContentChangeEvent) -> None:
        """Edit a document."""
        identifier = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, list(changes)))

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Send what is sent in the block together, so that the server cannot answer the first before the last."""
        protocol: Any = self.client.protocol
        writer, corked = protocol.writer, _Corked()
        protocol.set_writer(corked)
        try:
            yield
        finally:
            protocol.set_writer(writer)
            writer.write(bytes(corked.data))

    def note(self) -> None:
        """Wake who waits."""
        self._changed.set()


class _Corked:
    """A writer that keeps what is written."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data

    def close(self) -> None:
        """Nothing is open."""


def edit(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    """An incremental change."""
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


def plain(value: Any) -> Any:
    """JSON from the objects that the client makes of it."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def environment(home: Path) -> dict[str, str]:
    """The environment of a process whose user directories lie below a folder."""
    active = ("VIRTUAL_ENV", "CONDA_PREFIX")  # whose packages would be read, all of them
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ASSIST_") and name not in active
    }
    folders = {
        f"ASSIST_{name}_DIR": str(home / name.lower()) for name in ("CACHE", "CONFIG", "STATE", "DATA")
    }
    return {**kept, **folders, "PYTHONPATH": str(ROOT), "HOME": str(home)}


def capabilities(**changes: Any) -> types.ClientCapabilities:
    """What most editors can do."""
    base: dict[str, Any] = {
        "workspace": types.WorkspaceClientCapabilities(
            configuration=True,
            workspace_folders=True,
            did_change_configuration=types.DidChangeConfigurationClientCapabilities(
                dynamic_registration=True
            ),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
        "window": types.WindowClientCapabilities(work_done_progress=True),
        "text_document": types.TextDocumentClientCapabilities(
            document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
        ),
    }
    return types.ClientCapabilities(**{**base, **changes})


@asynccontextmanager
async def editing(
    home: Path,
    *roots: Path,
    settings: Mapping[str, Any] | None = None,
    client_capabilities: types.ClientCapabilities | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Editor]:
    """Run the real server for some folders until the end of the block, and end it as editors do."""
    client = make_test_lsp_client()
    editor = Editor(client, home)
    editor.settings = dict(settings or {})
    _listen(client, editor)
    await client.start_io(
        sys.executable, "-P", "-m", "assistant", "lsp", env={**environment(home), **(environ or {})}
    )
    folders = [types.WorkspaceFolder(root.as_uri(), root.name) for root in roots]
    editor.result = await client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities or capabilities(),
            process_id=os.getpid(),
            workspace_folders=folders,
        )
    )
    try:
        yield editor
    finally:
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE_S)
        client.exit(None)
        process = client._server  # pygls offers no other way to wait for it
        assert process is not None
        assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0
        stop: Any = client.stop
        await stop()


def _listen(client: LanguageClient, editor: Editor) -> None:
    features = client.protocol.fm.features

    def on(name: str, handler: Callable[[Any], Any]) -> None:
        features.pop(name, None)
        client.feature(name)(handler)

    def noted(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def take(params: Any) -> Any:
            result = handler(params)
            editor.note()
            return result

        return take

    on("assist/serverStatus", noted(lambda params: editor.statuses.append(plain(params))))
    on(types.WINDOW_SHOW_MESSAGE, noted(lambda params: editor.messages.append(params.message)))
    on(types.WINDOW_LOG_MESSAGE, noted(lambda params: editor.logged.append(params.message)))
    on(
        types.WORKSPACE_CONFIGURATION,
        lambda params: [editor.settings if item.section == "assist" else None for item in params.items],
    )
    on(
        types.CLIENT_REGISTER_CAPABILITY,
        noted(lambda params: editor.registered.extend(item.method for item in params.registrations)),
    )
    on(types.CLIENT_UNREGISTER_CAPABILITY, lambda params: None)
    on(types.WINDOW_WORK_DONE_PROGRESS_CREATE, lambda params: None)

    def progress(params: types.ProgressParams) -> None:
        editor.streamed.setdefault(params.token, []).append(plain(params.value))

    on(types.PROGRESS, noted(progress))

    def asked(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        editor.questions.append(params.message)
        found = [item for item in params.actions or () if item.title == editor.reply]
        return found[0] if found else None

    on(types.WINDOW_SHOW_MESSAGE_REQUEST, noted(asked))
