r"""A text as a list of lines with their ends, and edits of it, which cost as much as the lines that they touch.

Lines end at ``\n``, ``\r\n`` and ``\r``, as the protocol says, and nowhere else. The last one has no end and may be
empty, so that the lines, joined, are the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsp.text.positions import UNIT_BYTES, PositionEncoding, char_index, encoded

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement as the client describes it: 0-based lines, columns in its units. What lies outside is clamped."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


def split_keeping_ends(text: str) -> list[str]:
    """Cut a text into lines with their ends, and what follows the last end, which may be empty."""
    if "\r" not in text:
        lines = [f"{line}\n" for line in text.split("\n")]
        lines[-1] = lines[-1][:-1]
        return lines
    lines = _LINE.findall(text)
    lines.append(text[sum(map(len, lines)) :])
    return lines


def without_end(line: str) -> str:
    """Return a line without its end."""
    return line.removesuffix("\n").removesuffix("\r") if line.endswith("\n") else line.removesuffix("\r")


def apply_edit(lines: list[str], edit: Edit, encoding: PositionEncoding) -> None:
    """Carry out an edit in place."""
    start, end = (edit.start_line, edit.start_column), (edit.end_line, edit.end_column)
    (first, first_column), (last, last_column) = (_inside(lines, place) for place in sorted((start, end)))
    is_last = last == len(lines) - 1
    middle = _joined(lines[first], first_column, edit.text, lines[last], last_column, encoding)
    if first and middle.startswith("\n") and lines[first - 1].endswith("\r"):
        first -= 1  # the two become one end
        middle = lines[first] + middle
    pieces = split_keeping_ends(middle)
    lines[first : last + 1] = pieces if is_last else pieces[:-1]


def _inside(lines: Sequence[str], place: tuple[int, int]) -> tuple[int, int]:
    """Move a place that lies past the text to its end; columns are clamped when the line is cut."""
    line, column = place
    if line < len(lines):
        return max(0, line), max(0, column) if line >= 0 else 0
    return len(lines) - 1, 2**31


def _joined(
    head_line: str, head_column: int, text: str, tail_line: str, tail_column: int, encoding: PositionEncoding
) -> str:
    """Put what lies before one column and behind another around a text."""
    head, tail = without_end(head_line), without_end(tail_line)
    if encoding is PositionEncoding.UTF16 and not (head.isascii() and tail.isascii()):
        # In units: an edit may cut a surrogate pair, and the halves of one may come in two edits.
        unit = UNIT_BYTES[encoding]
        before = encoded(head, encoding)[: unit * head_column]
        cut = min(unit * tail_column, len(encoded(tail, encoding)))
        after = encoded(tail_line, encoding)[cut:]
        return (before + encoded(text, encoding) + after).decode("utf-16-le", "surrogatepass")
    before_end = char_index(head, head_column, encoding)
    return f"{head[:before_end]}{text}{tail_line[char_index(tail, tail_column, encoding) :]}"
