"""The text that the running server works with is the client's after random edits, in every encoding."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from lsprotocol import types

from lsp.text import PositionEncoding
from tests.lsp.editor import capabilities, edit, editing
from tests.lsp.typist import Typist

EDITS = 150
START = "first = '😀'\r\nsecond = '漢'\rthird = 'é'\n"


@pytest.mark.slow
@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", list(PositionEncoding))
async def test_the_server_and_the_client_agree(
    tmp_path: Path, shop: Path, encoding: PositionEncoding
) -> None:
    general = types.GeneralClientCapabilities(position_encodings=[encoding.value])
    choose = random.Random(f"process {encoding}")
    typist = Typist.with_text(START, encoding)
    async with editing(tmp_path / "home", shop, client_capabilities=capabilities(general=general)) as editor:
        await editor.ready()
        uri = editor.open(shop / "src/parser.py", typist.text)
        for version in range(2, 2 + EDITS):
            done = typist.edit(choose)
            start, end = (done.start_line, done.start_column), (done.end_line, done.end_column)
            editor.change(uri, version, edit(start, end, done.text))
        mark = edit((10**6, 0), (10**6, 0), "\rlast_needle")
        editor.change(uri, 2 + EDITS, mark)
        wanted = typist.text + "\rlast_needle"
        found = await editor.request("assist/search", {"query": "/./", "limit": 200})
        shown = {
            line["line"]: line["text"]
            for hit in found["results"]
            if hit["uri"] == uri
            for line in hit["lines"]
        }
        lines = re.split(r"\r\n|\r|\n", wanted)
        assert shown
        assert all(lines[number] == text for number, text in shown.items())
        (needle,) = (await editor.request("assist/search", {"query": '"last_needle"'}))["results"]
        assert needle["target"]["start"]["line"] == len(lines) - 1
        assert needle["version"] == 2 + EDITS
