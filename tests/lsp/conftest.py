"""A small repository and an editor that has it open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.lsp.editor import Editor, editing

FILES = {
    "src/pool.py": (
        '"""Keeps connections."""\n\n\nclass ConnectionPool:\n    """A pool of open connections."""\n\n'
        "    def acquire(self, host):\n        return self._idle.pop(host)\n\n"
        '    def release(self, connection):\n        """Give a connection back to the pool."""\n'
        "        self._idle.append(connection)\n"
    ),
    "src/parser.py": (
        '"""Parses documents."""\n\n\ndef parse_document(stream):\n    """Parse a document into pages."""\n'
        "    return stream.read().split()\n"
    ),
    "web/app.js": "export function renderPage(page) {\n  return `<main>${page.title}</main>`;\n}\n",
    "README.md": "# Shop\n\nSells tea. Run `make test` to test it.\n",
}


def write_files(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("work") / "shop", FILES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(tmp_path_factory: pytest.TempPathFactory, shop: Path) -> AsyncIterator[Editor]:
    """One editor for the tests of a module: each closes what it opens."""
    async with editing(tmp_path_factory.mktemp("home"), shop) as running:
        await running.ready()
        yield running
