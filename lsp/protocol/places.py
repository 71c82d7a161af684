"""Types that several methods share: positions as in the language server protocol, results of searches."""

from dataclasses import dataclass

from lsp.schema import described


@dataclass(frozen=True, slots=True)
class Position:
    """A position as in LSP: counted from 0, columns in the negotiated encoding."""

    line: int = described("Line.")
    character: int = described("Column.")


@dataclass(frozen=True, slots=True)
class Range:
    """A half-open range as in LSP."""

    start: Position = described("First position.")
    end: Position = described("Position behind the last.")


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user has selected, in an open document."""

    uri: str = described("The document.")
    range: Range = described("The selected range; an empty one stands for the line.")


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a line: half-open, columns in the negotiated encoding."""

    start: int = described("First column.")
    end: int = described("Column behind the last.")


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line that is worth showing, with what matches in it."""

    line: int = described("Its number, from 0.")
    text: str = described("The line without its end.")
    matches: tuple[Span, ...] = described("What matches.", ())


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a search found. Its lines are those of the document as it is now, saved or not."""

    uri: str = described("The document.")
    path: str = described("Its path in its folder.")
    range: Range = described("The place: whole lines.")
    target: Range = described("Where to go: the line that decides, or the first.")
    score: float = described("Comparable within one answer only.")
    language: str = described("The file's language.")
    name: str = described("The main definition in it, qualified; empty if there is none.")
    kind: str = described("That definition's kind; empty if there is none.")
    reason: str = described("Why it was found.")
    lines: tuple[ShownLine, ...] = described("The lines that decide, ascending; there may be gaps.")
    version: int | None = described("The open document's version that the lines are of.", None)
