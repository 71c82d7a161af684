"""Turns source text into the tokens that completion counts: code without comments, and a marker where a line starts.

The lexing itself is :mod:`indexer.lexing`'s. What is added here is what the model needs and a lexer does not say:
line starts that tell how the indentation changed, and the blanks before a token, so that a predicted line can be
written out as its author would have. Nothing here counts or predicts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from indexer.lexing import TokenKind, lex

MAX_WORD_CHARS = 80
"""A longer string or word is never suggested again word for word; it counts as some string or other."""


class Kind(IntEnum):
    """What a counted token is."""

    FILE = 0
    """The border between two files, or the gap at the cursor."""
    LINE = 1
    WORD = 2
    """An identifier."""
    KEYWORD = 3
    NUMBER = 4
    STRING = 5
    OPERATOR = 6


FILE_WORD = ""
SAME_LINE, INDENTED_LINE, DEDENTED_LINE, LONG_WORD = "\n", "\n+", "\n-", '"..."'
MARKERS: tuple[tuple[str, Kind], ...] = (
    (FILE_WORD, Kind.FILE),
    (SAME_LINE, Kind.LINE),
    (INDENTED_LINE, Kind.LINE),
    (DEDENTED_LINE, Kind.LINE),
    (LONG_WORD, Kind.STRING),
)
"""The words with fixed ids 0 to 4 in every vocabulary. No token of a text is equal to one of the first four."""
FILE_ID, LINE_ID, INDENTED_ID, DEDENTED_ID, LONG_ID = range(5)

_KINDS = np.full(256, int(Kind.OPERATOR), np.uint8)
_KINDS[TokenKind.IDENTIFIER] = Kind.WORD
_KINDS[TokenKind.KEYWORD] = Kind.KEYWORD
_KINDS[TokenKind.NUMBER] = Kind.NUMBER
_KINDS[TokenKind.STRING] = Kind.STRING


@dataclass(frozen=True, slots=True)
class CodeTokens:
    """Tokens of a text in order, each line that holds code preceded by a line marker.

    :param text: what the offsets point into.
    :param kinds: ``(n,)`` uint8 of :class:`Kind`.
    :param starts: ``(n,)`` int32, character offsets; of a line marker, the start of its line's first token.
    :param ends: ``(n,)`` int32, equal to the start for a line marker.
    :param hashes: ``(n,)`` uint64, equal for equal words; of a marker, its number in :data:`MARKERS`.
    :param gaps: the blanks between a token and the one before it; empty at the start of a line.
    """

    text: str
    kinds: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    hashes: NDArray[np.uint64]
    gaps: Sequence[str]

    def __len__(self) -> int:
        return len(self.kinds)

    def word(self, at: int) -> str:
        """Return the text of one token."""
        marker = int(self.hashes[at])
        return MARKERS[marker][0] if marker < len(MARKERS) else self.text[self.starts[at] : self.ends[at]]


def line_feeds(text: str) -> NDArray[np.int64]:
    """Return the offsets of all line feeds in a text, ascending int64."""
    return np.flatnonzero(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) == ord("\n"))


def tokenize(text: str, language: str | None, previous_indent: int = -1) -> CodeTokens:
    """Return the code tokens of a text; never raises for what the text holds.

    :param previous_indent: columns that the line before this text was indented by; -1 if there is none.
    """
    lexed = lex(text, language)
    kept = (lexed.kinds != TokenKind.COMMENT) & (lexed.ends > lexed.starts)
    kinds, starts, ends = _KINDS[lexed.kinds[kept]], lexed.starts[kept], lexed.ends[kept]
    hashes = np.where(ends - starts <= MAX_WORD_CHARS, lexed.hashes[kept], np.uint64(LONG_ID))
    if not len(starts):
        return CodeTokens(text, kinds, starts, ends, hashes, [])
    feeds = line_feeds(text)
    line_of_start = np.searchsorted(feeds, starts)
    first = np.ones(len(starts), bool)
    first[1:] = np.searchsorted(feeds, ends[:-1]) != line_of_start[1:]
    at = np.flatnonzero(first)
    indents = starts[at] - np.concatenate(([0], feeds + 1))[line_of_start[at]]
    before = np.concatenate(([indents[0] if previous_indent < 0 else previous_indent], indents[:-1]))
    markers = (
        LINE_ID + (indents > before) * (INDENTED_ID - LINE_ID) + (indents < before) * (DEDENTED_ID - LINE_ID)
    )
    return CodeTokens(
        text,
        np.insert(kinds, at, Kind.LINE),
        np.insert(starts, at, starts[at]),
        np.insert(ends, at, starts[at]),
        np.insert(hashes, at, markers.astype(np.uint64)),
        _gaps(text, starts, ends, first),
    )


def _gaps(
    text: str, starts: NDArray[np.int32], ends: NDArray[np.int32], first: NDArray[np.bool_]
) -> list[str]:
    """Return the blanks before each token, with an empty one for the marker of each line."""
    widths = starts.copy()
    widths[1:] -= ends[:-1]
    widths[first] = 0
    places = np.arange(len(starts)) + np.cumsum(first)
    gaps = [""] * (int(places[-1]) + 1)
    wide = np.flatnonzero(widths > 0)
    for at, start, width in zip(
        places[wide].tolist(), starts[wide].tolist(), widths[wide].tolist(), strict=True
    ):
        gap = text[start - width : start]
        gaps[at] = gap if gap == " " or (gap.isspace() and width <= 16) else " "
    return gaps
