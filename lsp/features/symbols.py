"""``workspace/symbol`` and ``textDocument/documentSymbol``, from the index; an open text that differs is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.convert import symbol_kind
from lsp.outline import outline
from lsp.tasks import CancelToken
from lsp.text import TextSnapshot
from lsp.uris import path_of
from lsp.workspaces import FileAt, Namer

if TYPE_CHECKING:
    from assistant.engine import Engine
    from assistant.retrieval.search import Source
    from lsp.server import AssistServer

_MAX_SYMBOLS = 256
_CHECK_EVERY = 4_096


def register(server: AssistServer) -> None:
    """Answer requests for symbols."""
    feature = SymbolFeature(server)
    server.on(types.WORKSPACE_SYMBOL, feature.workspace)
    server.on(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, feature.document)


class SymbolFeature:
    """Finds symbols for a session."""

    def __init__(self, server: AssistServer) -> None:
        self._session = server.session

    async def workspace(self, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        """Return definitions whose names fit, the best first."""
        session = self._session
        roots, namer = session.workspaces.roots, session.workspaces.namer()

        def work(engine: Engine, token: CancelToken) -> list[types.SymbolInformation]:
            return _workspace_symbols(engine, roots, params.query, namer, token)

        found = await session.in_thread(work)
        if params.partial_result_token is not None and found:
            session.stream(params.partial_result_token, found)
            return []
        return found

    async def document(
        self, params: types.DocumentSymbolParams
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        """Return a document's definitions, nested."""
        session, uri = self._session, params.text_document.uri
        snapshot, place = session.documents.snapshot(uri), session.workspaces.locate(uri)
        encoding = session.client.encoding

        def work(engine: Engine, _: CancelToken) -> list[types.DocumentSymbol]:
            lines, definitions = _definitions(engine, snapshot, place, uri)
            return outline(definitions, lines, encoding)

        found = await session.in_thread(work)
        if snapshot is not None:
            session.require_current(snapshot)
        return found if session.client.hierarchical_symbols else list(_flat(found, uri))


def _workspace_symbols(
    engine: Engine, roots: Sequence[Path], query: str, namer: Namer, token: CancelToken
) -> list[types.SymbolInformation]:
    rank = _Rank(query.strip())
    found: list[tuple[tuple[int, int, str, str, int], Path, Any]] = []
    for root in roots:
        source = engine.source(root)
        if source is None:
            continue
        for number, (name, path, place) in enumerate(_names(source)):
            if number % _CHECK_EVERY == 0:
                token.check()
            if (quality := rank.of(name)) is not None:
                found.append(((quality, len(name), name, path, number), root, place))
    found.sort(key=lambda item: item[0])
    return [
        _information(place() if callable(place) else place, namer.uri(root, key[3]))
        for key, root, place in found[:_MAX_SYMBOLS]
    ]


def _names(source: Source) -> Iterator[tuple[str, str, Any]]:
    """Yield every definition's name and path, and itself or what makes it; open files as they are now."""
    from assistant.answers.places import current_file

    snapshot = source.snapshot
    opened = source.texts.open_paths()
    rows = {row for path in opened if (row := snapshot.file_row(path)) is not None}
    for path in sorted(opened):
        file = current_file(source, path) if snapshot.file_row(path) is not None else None
        for place in file.definitions if file else ():
            yield place.name, path, place
    names = snapshot.definitions.strings["name"].to_list()
    files = snapshot.definitions.records["file"].tolist()
    for row, (name, file_row) in enumerate(zip(names, files, strict=True)):
        if file_row not in rows:
            yield name, snapshot.paths[file_row], lambda row=row: snapshot.definition(row)


class _Rank:
    """How well a name fits what was typed: the whole, a beginning, a part, its letters in order."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._lower = query.lower()
        self._letters = re.compile(".*?".join(map(re.escape, query)), re.IGNORECASE)

    def of(self, name: str) -> int | None:
        """Return the rank, 0 is best; None if the name does not fit. Everything fits nothing typed."""
        lower = name.lower()
        if lower == self._lower:
            return 0 if name == self._query else 1
        if self._lower in lower:
            return 2 if lower.startswith(self._lower) else 3
        return 4 if self._letters.search(name) else None


def _information(place: Any, uri: str) -> types.SymbolInformation:  # noqa: ANN401 - a definition, stored or parsed
    start = types.Position(place.name_line - 1, 0)
    return types.SymbolInformation(
        location=types.Location(uri, types.Range(start, start)),
        name=place.name,
        kind=symbol_kind(place.kind),
        container_name=place.scope or None,
    )


def _definitions(
    engine: Engine, snapshot: TextSnapshot | None, place: FileAt | None, uri: str
) -> tuple[Sequence[str], Sequence[Any]]:
    """Return a document's lines and definitions."""
    from assistant.answers.places import current_file
    from indexer.chunking import parse_source
    from indexer.languages import language_of

    source = engine.source(place.folder.root) if place else None
    if source is not None and place is not None and source.snapshot.file_row(place.path) is not None:
        file = current_file(source, place.path)
        return (file.lines, file.definitions) if file else ((), ())
    if snapshot is None:
        return (), ()
    path = path_of(uri)
    data = snapshot.indexed_text.encode("utf-8", "replace")
    parsed = parse_source(data, language_of(path.name if path else uri, data[:4_096]))
    return data.decode("utf-8").split("\n"), parsed.definitions


def _flat(
    symbols: Sequence[types.DocumentSymbol], uri: str, scope: str = ""
) -> Iterator[types.SymbolInformation]:
    for symbol in symbols:
        location = types.Location(uri, symbol.range)
        yield types.SymbolInformation(location, symbol.name, symbol.kind, container_name=scope or None)
        yield from _flat(symbol.children or (), uri, symbol.name)
