"""Typing in an editor reaches the process that indexes: each edit asks it to stand still."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.lsp.conftest import write_files
from tests.lsp.editor import Editor, edit, editing

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(
        sys.platform != "linux", reason="reads the signals that a process has taken from /proc"
    ),
]

MOST_EDITS = 500
ENOUGH = 10
"""Wakes: going back to wait after the last work is one."""


def _indexer_of(editor: Editor) -> int:
    server = editor.client._server
    assert server is not None
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("ascii").split()
    for child in children:
        if b"lsp.indexing.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
            return int(child)
    raise AssertionError(f"no child of {server.pid} indexes: {children}")


def _wakes(process: int) -> int:
    """How often a process has gone to sleep by itself; one that waits for work only does when a signal wakes it."""
    said = Path(f"/proc/{process}/task/{process}/status").read_text("ascii")
    return int(said.partition("voluntary_ctxt_switches:")[2].split()[0])


async def test_an_edit_asks_the_indexer_to_pause(tmp_path: Path) -> None:
    root = write_files(tmp_path / "work", {"a.py": "x = 1\n"})
    async with editing(tmp_path / "home", root) as editor:
        await editor.ready()
        indexer = _indexer_of(editor)
        with editor.opened(root / "a.py") as uri:
            before = _wakes(indexer)
            for version in range(2, MOST_EDITS):
                editor.change(uri, version, edit((0, 0), (0, 0), "#"))
                await editor.request("assist/index/status")
                if _wakes(indexer) >= before + ENOUGH:
                    return
    raise AssertionError("the process that indexes was not woken by any edit")
