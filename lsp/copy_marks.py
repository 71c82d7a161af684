"""Copied code in the open documents: what changed in them is checked, a moment after the user stopped typing.

Only lines that differ from the last commit count, or from the text as it was opened where there is none: what was there
before is for ``assist check-copies``. Checks run in threads; what is found belongs to one version of a text.
"""

from __future__ import annotations

import asyncio
import difflib
import itertools
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.errors import is_told, told
from lsp.protocol.status import Health
from lsp.session import Session
from lsp.tasks import CancelToken
from lsp.text import Document, TextSnapshot

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding

_LOG = logging.getLogger(__name__)
_DEBOUNCE_S = 0.4
_MAX_CHARS = 1_000_000
_MAX_LINES = 20_000
_MAX_COMPARED = 4_000_000
"""Pairs of lines; more are not compared one by one, which takes seconds: all that lies between counts as changed."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What was found in one version of a document."""

    snapshot: TextSnapshot
    generation: int
    findings: tuple[CopyFinding, ...]
    number: int
    """No two have the same, whatever becomes of their documents."""


class CopyMarks:
    """The copies in a session's open documents. Belongs to the event loop."""

    def __init__(self, session: Session, changed: Callable[[Marked], None]) -> None:
        """Follow the documents.

        :param changed: called when a document was checked after an edit.
        """
        self._session = session
        self._changed = changed
        self._generation = 0
        self._numbers = itertools.count()
        self._marked: dict[str, Marked] = {}
        self._before: dict[str, str] = {}
        self._as_opened: dict[str, str] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._edited_s: dict[str, float] = {}
        session.documents.listen(
            opened=self._opened, changed=self._edited, saved=self._saved, closed=self._closed
        )

    def known(self, uri: str) -> Marked | None:
        """Return what was found in a document, if its text is still the one that was checked."""
        marked = self._marked.get(uri)
        current = marked is not None and self._session.documents.is_current(marked.snapshot)
        return marked if current else None

    async def rested(self, uri: str) -> None:
        """Wait until a document was not edited for a moment: some clients ask after each key."""
        while (left_s := self._edited_s.get(uri, -_DEBOUNCE_S) + _DEBOUNCE_S - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

    async def marks(self, snapshot: TextSnapshot) -> Marked:
        """Return what is copied in a text; checked if that has not happened yet."""
        known = self._marked.get(snapshot.uri)
        if known is not None and known.snapshot is snapshot and known.generation == self._generation:
            return known
        place = self._session.workspaces.locate(snapshot.uri)
        settings = self._session.settings.copies
        generation = self._generation
        found: tuple[CopyFinding, ...] = ()
        if settings.enabled and place is not None:
            root, path = place.folder.root, place.path
            self._session.copies.roots = self._session.workspaces.roots
            as_opened = self._as_opened.get(snapshot.uri, "")
            before = self._before.get(snapshot.uri)

            def work(token: CancelToken) -> tuple[str, tuple[CopyFinding, ...]]:
                base = _base(root, path, as_opened) if before is None else before
                token.check()
                return base, self._found(snapshot, root, path, base)

            base, found = await self._session.tasks.in_thread(work)
            if snapshot.uri in self._as_opened:
                self._before[snapshot.uri] = base
        marked = Marked(snapshot, generation, found, next(self._numbers))
        if self._session.documents.is_current(snapshot):
            self._marked[snapshot.uri] = marked
        return marked

    def refresh(self) -> None:
        """Check all open documents anew: there is more to compare with, or another policy."""
        self._generation += 1
        for document in self._session.documents:
            self._schedule(document)

    def _found(self, snapshot: TextSnapshot, root: Path, path: str, base: str) -> tuple[CopyFinding, ...]:
        text = snapshot.text
        if len(text) > _MAX_CHARS or len(snapshot.lines) > _MAX_LINES:
            return ()
        lines = changed_lines(base, text)
        if not lines:
            return ()
        from assistant.copies.baseline import BASELINE_FILE, Baseline

        found = self._session.copies.checker().check(text, root / path, lines)
        file = root / BASELINE_FILE
        if not found or not file.is_file():
            return tuple(found)
        baseline = Baseline.read(file)
        return tuple(one for one in found if not baseline.accepts(one))

    # Documents

    def _opened(self, document: Document) -> None:
        self._as_opened[document.uri] = document.snapshot().text
        self._before.pop(document.uri, None)
        self._schedule(document)

    def _edited(self, document: Document) -> None:
        self._edited_s[document.uri] = time.monotonic()
        self._schedule(document)

    def _saved(self, document: Document) -> None:
        self._before.pop(document.uri, None)  # perhaps after a commit

    def _closed(self, document: Document) -> None:
        self._marked.pop(document.uri, None)
        self._before.pop(document.uri, None)
        self._as_opened.pop(document.uri, None)
        self._edited_s.pop(document.uri, None)
        if (task := self._waiting.pop(document.uri, None)) is not None:
            task.cancel()

    def _schedule(self, document: Document) -> None:
        if self._session.client.pulls_diagnostics or not self._session.settings.copies.enabled:
            return
        if (task := self._waiting.pop(document.uri, None)) is not None:
            task.cancel()
        self._waiting[document.uri] = self._session.tasks.start(self._soon(document), "looking for copies")

    async def _soon(self, document: Document) -> None:
        await asyncio.sleep(_DEBOUNCE_S)
        snapshot = document.snapshot()
        try:
            marked = await self.marks(snapshot)
        except Exception as error:
            if not is_told(error):
                raise
            self._session.status.problem("copies", Health.WARNING, told(error))
            return
        self._session.status.solved("copies")
        if self._session.documents.is_current(snapshot):
            self._changed(marked)


def changed_lines(before: str, after: str) -> list[int]:
    """Return the lines of a text, from 1, that another one does not have there."""
    old, new = before.split("\n"), after.split("\n")
    limit = min(len(old), len(new))
    head = next((number for number in range(limit) if old[number] != new[number]), limit)
    rest = limit - head
    tail = next((number for number in range(rest) if old[-1 - number] != new[-1 - number]), rest)
    if (len(old) - tail - head) * (len(new) - tail - head) > _MAX_COMPARED:
        return list(range(head + 1, len(new) - tail + 1))
    middle = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        head + line + 1
        for kind, _, _, first, last in middle.get_opcodes()
        if kind in ("replace", "insert")
        for line in range(first, last)
    ]


def _base(root: Path, path: str, as_opened: str) -> str:
    """Return the text that changes count from."""
    from assistant.recipes import git

    committed = git.committed_content(str(root), path)
    if committed is not None:
        return committed.decode("utf-8", "replace")
    return as_opened if git.top_of(str(root)) is None else ""


def overlapping(findings: Sequence[CopyFinding], first_line: int, last_line: int) -> list[CopyFinding]:
    """Return the findings that touch some lines, counted from 1."""
    return [one for one in findings if one.start_line <= last_line and one.end_line >= first_line]
