"""Comments in code that concern the check: ``assist: copied-ok <reason>``, and credits that somebody has given.

A comment counts for a passage if it stands in it or in the comment right above it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.copies.licences.credit import NOT_KNOWN
from assistant.copies.licences.model import NOASSERTION
from assistant.copies.model import CopySource

MARK = "assist: copied-ok"
_MARK = re.compile(r"(?:\b|(?<=\W)|^)assist:[ \t]*copied-ok\b[ \t]*[:,-]*[ \t]*(?P<reason>.*)", re.IGNORECASE)
_BARE = re.compile(r"(?:#|//|/\*|--|;|%|<!--|\(\*|\"|!|REM)[ \t]*" + _MARK.pattern, re.IGNORECASE)
_CLOSERS = re.compile(r"[\s]*(?:\*+/|-->|\*\)|-\}|#\}|%>|\]\])?\s*$")
_CREDIT = re.compile(r"\b(?:copied|taken|adapted|derived|borrowed|ported) from\b", re.IGNORECASE)
_COMMENT_LINE = re.compile(r"\s*(?:#|//|/\*|\*|--|;|%|<!--|\"|'|\(\*|\{-|REM\b|!)", re.IGNORECASE)
_MOST_LINES_ABOVE = 20


@dataclass(frozen=True, slots=True)
class Remarks:
    """What comments say about a passage."""

    reason: str = ""
    """Why the copy is accepted; empty if nobody says so."""
    credits: str = ""
    """The comments around a credit, as one text."""

    def credit(self, sources: Sequence[CopySource]) -> bool:
        """Tell whether one of the sources is named as such, with its licence."""
        said = " ".join(self.credits.casefold().split())
        return bool(said) and any(
            one.name.casefold() in said and _stated(one.licence.expression).casefold() in said
            for one in sources
        )


def _stated(expression: str) -> str:
    """Return what a credit says of a licence."""
    return NOT_KNOWN if expression == NOASSERTION else expression


def remarks_at(lines: Sequence[str], start_line: int, end_line: int) -> Remarks:
    """Read the comments in a passage and right above it.

    :param lines: all lines of the file.
    :param start_line: of the passage, from 1; *end_line* is included.
    """
    reason = ""
    credited: list[str] = []
    for number in range(comment_above(lines, start_line) - 1, min(end_line, len(lines))):
        line = lines[number]
        if "copied-ok" in line.lower() and (found := _MARK.search(line)):
            reason = reason or _reason(found)
        if _CREDIT.search(line):
            credited += lines[number : number + _MOST_LINES_ABOVE]
    return Remarks(reason, "\n".join(credited))


def comment_above(lines: Sequence[str], start_line: int) -> int:
    """Return the line, from 1, where the comment right above a passage begins; its own first line without one."""
    first = start_line - 1
    while first > 0 and start_line - 1 - first < _MOST_LINES_ABOVE and _COMMENT_LINE.match(lines[first - 1]):
        first -= 1
    return first + 1


def mark_without_reason(text: str) -> list[int]:
    """Return the lines (from 1) of comments ``copied-ok`` that give no reason, and so do not count."""
    if "copied-ok" not in text:
        return []
    return [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if (found := _BARE.search(line)) and not _reason(found)
    ]


def _reason(found: re.Match[str]) -> str:
    return _CLOSERS.sub("", found["reason"]).strip()
