"""Marks copied code in an answer as it streams: a block of code is checked when it is complete, and a note follows.

Nothing is held back or hidden. The events of the answer pass through unchanged, but for a text that is parted where a
note belongs.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.answers.citations import Event, Text
from indexer.languages import language_named

if TYPE_CHECKING:  # an answer streams without loading what checks it, if nothing does
    from assistant.copies.check import CopyChecker
    from assistant.copies.model import CopyFinding

_FENCE = re.compile(r"[ \t]*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)")
_LEAST_CHARS = 60


@dataclass(frozen=True, slots=True)
class CopiedCode:
    """Says of the block of code before it that it is copied; has no text of its own.

    :ivar findings: their lines count within the block.
    """

    findings: "tuple[CopyFinding, ...]"
    text: str = ""


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block of an answer.

    :ivar end: offset behind it, in characters of the answer.
    """

    info: str
    text: str
    end: int


class BlockReader:
    """Finds fenced blocks in a text that comes in pieces."""

    def __init__(self) -> None:
        self._rest = ""
        self._offset = 0
        self._mark = ""
        self._info = ""
        self._lines: list[str] = []

    def feed(self, text: str) -> Iterator[CodeBlock]:
        """Take the next piece; return the blocks that it completes."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._offset += len(line) + 1
            yield from self._line(line)

    def finish(self) -> Iterator[CodeBlock]:
        """Return the block that the text ends in, or with."""
        self._offset += len(self._rest)
        yield from self._line(self._rest)
        if self._mark:
            yield CodeBlock(self._info, "\n".join(self._lines), self._offset)

    def _line(self, line: str) -> Iterator[CodeBlock]:
        fence = _FENCE.fullmatch(line.rstrip("\r"))
        if not self._mark:
            if fence:
                self._mark, self._info, self._lines = fence["mark"], fence["info"].strip(), []
        elif fence and fence["mark"].startswith(self._mark) and not fence["info"].strip():
            self._mark = ""
            yield CodeBlock(self._info, "\n".join(self._lines), self._offset)
        else:
            self._lines.append(line)


class AnswerCopies:
    """Checks one answer.

    :param checker: None if nothing is to be checked.
    """

    def __init__(self, checker: "CopyChecker | None") -> None:
        self._checker = checker
        self._blocks = BlockReader()
        self._notes: list[tuple[int, CopiedCode]] = []
        self._passed = 0
        self.findings: list[CopyFinding] = []

    async def after(self, said: str, events: Iterable[Event]) -> list[Event | CopiedCode]:
        """Take a piece of the answer; return its events with the notes that belong between or behind them.

        :param events: their texts, joined over all calls, are the answer.
        """
        if self._checker is not None:
            for block in self._blocks.feed(said):
                await self._check(self._checker, block)
        return list(self._placed(events))

    async def finish(self, events: Iterable[Event]) -> list[Event | CopiedCode]:
        """Take the last events; return them with all notes that are left."""
        if self._checker is not None:
            for block in self._blocks.finish():
                await self._check(self._checker, block)
        placed = list(self._placed(events))
        left, self._notes = [note for _, note in self._notes], []
        return [*placed, *left]

    async def _check(self, checker: "CopyChecker", block: CodeBlock) -> None:
        if len(block.text) < _LEAST_CHARS:
            return
        language = language_named(block.info.split(" ")[0].partition(":")[0]) if block.info else None
        name = language.name if language else ""
        found = await asyncio.to_thread(checker.check, block.text, "answer", language=name)
        if found:
            self._notes.append((block.end, CopiedCode(tuple(found))))
            self.findings += found

    def _placed(self, events: Iterable[Event]) -> Iterator[Event | CopiedCode]:
        for event in events:
            rest: Event | None = event
            while self._notes and rest is not None and self._passed + len(rest.text) >= self._notes[0][0]:
                end, note = self._notes.pop(0)
                first = max(0, end - self._passed)
                if isinstance(rest, Text) and first < len(rest.text):
                    yield Text(rest.text[:first])
                    self._passed += first
                    rest = Text(rest.text[first:])
                else:
                    yield rest
                    self._passed += len(rest.text)
                    rest = None
                yield note
            if rest is not None:
                yield rest
                self._passed += len(rest.text)


def records_of(findings: "Sequence[CopyFinding]") -> list[dict[str, Any]]:
    """Return findings as JSON takes them."""
    if not findings:
        return []
    from assistant.copies.records import finding_record

    return [finding_record(finding) for finding in findings]


def said_of(finding: "CopyFinding", what: str = "the code above") -> str:
    """Return a note on one finding in one line: source, lines, licence, verdict."""
    from assistant.copies.model import CopyLevel

    source = finding.source
    like = "are copied from" if finding.level is CopyLevel.WARNING else "are much like"
    licence = source.licence.expression if source.licence.known else "licence not known"
    return (
        f"lines {finding.start_line}-{finding.end_line} of {what} {like} {source.title} ({licence}), "
        f"{source.lines}; {finding.verdict.name.lower()}: {finding.ruling.reason}"
    )
