"""What open documents are compared with: packages that are installed for a folder, read in a process beside the server.

Started when a folder's first document is opened, with progress in the editor and its button to stop. A run in which
nothing was installed since costs that process some ``stat`` calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indexer import pausing
from lsp.session import Session
from lsp.settings import EditorSettings
from lsp.text import Document

_LOG = logging.getLogger(__name__)
_AFTER_S = 2.0
"""The first seconds belong to the index and to what the user asks for."""


class Corpora:
    """Keeps the corpora of the open folders. Belongs to the event loop."""

    def __init__(self, session: Session, updated: Callable[[], None]) -> None:
        """Begin with nothing.

        :param updated: called when there may be more to compare with.
        """
        self._session = session
        self._updated = updated
        self._wanted: set[Path] = set()
        self._one_at_a_time = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        session.documents.listen(opened=self._opened, changed=self._typed)
        session.on_settings(self._settings_changed)

    def _opened(self, document: Document) -> None:
        place = self._session.workspaces.locate(document.uri)
        if place is None or not self._session.settings.copies.enabled:
            return
        root = place.folder.root
        if root not in self._wanted:
            self._wanted.add(root)
            self._session.tasks.start(self._ensured(root), "reading installed packages")

    def _typed(self, _: Document) -> None:
        if self._process is not None:
            pausing.ask(self._process.pid)

    def _settings_changed(self, _: EditorSettings) -> None:
        for document in self._session.documents:
            self._opened(document)

    async def _ensured(self, root: Path) -> None:
        await asyncio.sleep(_AFTER_S)
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "lsp.corpora_worker", str(root)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": _python_path()},
                start_new_session=True,  # so that its own workers pause with it
            )
            self._process = process
            try:
                await self._followed(process, root)
            finally:
                self._process = None
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        self._updated()

    async def _followed(self, process: asyncio.subprocess.Process, root: Path) -> None:
        """Show how far the process is, until it ends; nothing is shown if it ends at once."""
        assert process.stdout is not None

        def stop() -> None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

        first = _answer(await process.stdout.readline())
        if "progress" not in first:
            self._noted(first, root)
            await process.wait()
            return
        async with self._session.progress.work(f"Reading packages installed for {root.name}", stop) as work:
            answer = first
            while answer:
                if "progress" in answer:
                    done, total = answer["progress"]
                    work.report(done, total, f"{done:,} of {total:,} files")
                else:
                    self._noted(answer, root)
                answer = _answer(await process.stdout.readline())

    def _noted(self, answer: dict[str, Any], root: Path) -> None:
        for note in answer.get("notes", ()):
            _LOG.info("%s: %s", root, note)


def _answer(line: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(line) if line else {}
    return answer


def _python_path() -> str:
    here = str(Path(__file__).resolve().parents[1])
    path = os.environ.get("PYTHONPATH")
    return os.pathsep.join([here, path] if path else [here])
