"""``assist/search``: places with their lines, as the editor has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.editor import Editor, edit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_finds_a_definition_and_shows_its_lines(editor: Editor, shop: Path) -> None:
    found = await editor.request("assist/search", {"query": "ConnectionPool"})
    first = found["results"][0]
    assert first["uri"] == (shop / "src/pool.py").as_uri()
    assert first["name"] == "ConnectionPool"
    assert first["target"] == {"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 21}}
    assert first["range"]["start"]["line"] <= 3 < first["range"]["end"]["line"]
    assert {"line": 3, "text": "class ConnectionPool:", "matches": [{"start": 6, "end": 20}]} in first[
        "lines"
    ]
    assert found["files"] == 4


async def test_streams_results_for_a_token(editor: Editor) -> None:
    whole = await editor.request("assist/search", {"query": "connection"})
    parts = await editor.request("assist/search", {"query": "connection", "partialResultToken": "s-1"})
    assert parts["results"] == []
    assert [hit for part in editor.streamed["s-1"] for hit in part] == whole["results"]


async def test_shows_unsaved_text_where_it_is_now(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/pool.py") as uri:
        editor.change(uri, 2, edit((0, 0), (0, 0), "# one\n# two\n"))
        found = await editor.request("assist/search", {"query": "ConnectionPool"})
        first = found["results"][0]
        assert first["version"] == 2
        assert first["target"]["start"]["line"] == 5
        assert next(line for line in first["lines"] if line["line"] == 5)["text"] == "class ConnectionPool:"


async def test_leaves_out_what_is_no_longer_in_the_editor(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/pool.py") as uri:
        editor.change(uri, 2, edit((0, 0), (99, 0), "nothing = 1\n"))
        found = await editor.request("assist/search", {"query": '"class ConnectionPool"'})
        assert found["results"] == []
        assert "Nothing found" in found["notes"][0]


async def test_columns_are_in_the_clients_units(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/pool.py") as uri:
        editor.change(uri, 2, edit((3, 0), (3, 0), "'😀'; "))
        found = await editor.request("assist/search", {"query": '"class ConnectionPool"'})
        (line,) = found["results"][0]["lines"]
        assert line["text"] == "'😀'; class ConnectionPool:"
        assert line["matches"] == [{"start": 6, "end": 26}]


async def test_one_folder_of_several_can_be_searched(editor: Editor, shop: Path) -> None:
    found = await editor.request("assist/search", {"query": "pool", "folders": [shop.as_uri()]})
    assert found["results"]
    with pytest.raises(Exception, match="is no folder of the workspace"):
        await editor.request("assist/search", {"query": "pool", "folders": ["file:///elsewhere"]})


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "params.query is missing"),
        ({"query": 1}, "params.query must be a text"),
        ({"query": "a", "limit": "b"}, "params.limit must be a whole number"),
        ({"query": ""}, "empty"),
    ],
)
async def test_wrong_parameters_are_named(editor: Editor, params: dict[str, object], message: str) -> None:
    with pytest.raises(Exception, match=message):
        await editor.request("assist/search", params)


async def test_finds_what_stands_in_unsaved_text_only(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/parser.py") as uri:
        editor.change(uri, 2, edit((0, 0), (0, 0), "def brandnew_helper():\n    return 'zyxwv'\n\n\n"))
        for query, line in (("brandnew_helper", 0), ('"zyxwv"', 1), ("/zyx.v/", 1)):
            found = await editor.request("assist/search", {"query": query})
            assert found["results"], query
            first = found["results"][0]
            assert (first["path"], first["target"]["start"]["line"]) == ("src/parser.py", line), query
