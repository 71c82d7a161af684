"""``workspace/symbol`` and ``textDocument/documentSymbol``: from the index, and from the editor where it differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor, edit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _names(editor: Editor, query: str) -> list[str]:
    found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query))
    assert found is not None
    return [item.name for item in found]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ConnectionPool", ["ConnectionPool"]),
        ("connectionpool", ["ConnectionPool"]),
        ("pool", ["ConnectionPool"]),
        ("prsdoc", ["parse_document"]),
        ("re", ["release", "renderPage", "acquire", "parse_document"]),
        ("nothing like it", []),
    ],
)
async def test_names_are_found_by_a_beginning_a_part_and_their_letters(
    editor: Editor, query: str, names: list[str]
) -> None:
    found = [name for name in await _names(editor, query) if name != "Shop"]
    assert [name for name in found if name in names] == names
    assert set(found) <= {*names, "ConnectionPool"} or query == "re"


async def test_symbols_of_unsaved_text_are_found_and_old_ones_are_not(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/parser.py") as uri:
        editor.change(uri, 2, edit((3, 4), (3, 18), "read_pages"))
        assert await _names(editor, "read_pages") == ["read_pages"]
        assert "parse_document" not in await _names(editor, "parse_document")
    assert await _names(editor, "parse_document") == ["parse_document"]


async def test_an_outline_is_nested(editor: Editor, shop: Path) -> None:
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier((shop / "src/pool.py").as_uri()))
    found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None
    (pool,) = (item for item in found if isinstance(item, types.DocumentSymbol))
    assert pool.kind == types.SymbolKind.Class
    assert [child.name for child in pool.children or ()] == ["acquire", "release"]
    assert pool.selection_range == types.Range(types.Position(3, 6), types.Position(3, 20))


async def test_an_outline_is_of_the_editors_text(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/pool.py") as uri:
        editor.change(uri, 2, edit((0, 0), (99, 0), "'😀'; x = 1\n\ndef née(): pass\n"))
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None
    assert "née" in [item.name for item in found]


async def test_a_document_outside_of_every_folder_has_an_outline(editor: Editor) -> None:
    with editor.opened(Path("/nowhere/made.go"), "package a\n\nfunc Make() {}\n", "go") as uri:
        params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None
    assert [item.name for item in found] == ["Make"]
