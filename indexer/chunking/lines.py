"""Lines of a text, and chunks cut by lines alone: for text without a grammar and for what syntax cannot cut.

Sizes are bytes. Knows no syntax.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from indexer.chunking.model import Chunk

MERGED_BYTES = 1200
"""Neighbours are merged up to this size: about 300 tokens, as much as one embedding resolves."""

WHOLE_BYTES = 1500
"""What is no larger stays whole: a definition a little over the merge size is best kept together.

Its leading comment comes on top."""

LARGEST_BYTES = 4000
"""No chunk is larger; a longer line is cut inside, between UTF-8 characters."""

_BLANK = re.compile(rb"\s*")


class LineIndex:
    """Line numbers of byte offsets in one text."""

    __slots__ = ("_breaks", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        lengths = map(len, text.split(b"\n"))
        self._breaks = [offset + n for n, offset in enumerate(accumulate(lengths))]

    def line(self, byte: int) -> int:
        """Give the 1-based line that holds a byte; a line break belongs to the line it ends."""
        return bisect_left(self._breaks, byte) + 1

    def line_start(self, byte: int) -> int:
        """Give the offset where the line that holds a byte starts."""
        return self.text.rfind(b"\n", 0, byte) + 1

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Drop blank lines at both ends of a run of whole lines.

        :return: the narrowed offsets; equal when every line is blank.
        """
        kept = len(self.text[start:end].rstrip())
        if kept == 0:
            return start, start
        last = self.text.find(b"\n", start + kept, end)
        blank = _BLANK.match(self.text, start, end)
        first = self.text.rfind(b"\n", start, blank.end()) + 1 if blank else 0
        return max(start, first), end if last < 0 else last + 1


def line_cuts(text: bytes, start: int, end: int) -> Iterator[int]:
    """Find where to cut a run of lines into pieces of at most `MERGED_BYTES`, one line at least.

    A cut prefers to follow a blank line in the second half of its piece. A line longer than `LARGEST_BYTES`
    is cut inside, between UTF-8 characters.

    :return: offsets strictly between start and end, ascending.
    """
    while end - start > MERGED_BYTES:
        cut = text.rfind(b"\n\n", start + MERGED_BYTES // 2, start + MERGED_BYTES) + 2
        if cut < 2:
            cut = text.rfind(b"\n", start, start + MERGED_BYTES) + 1
        if cut < 1:
            cut = text.find(b"\n", start, end) + 1 or end
        if cut - start > LARGEST_BYTES:
            cut = _character_start(text, start + LARGEST_BYTES)
        if cut >= end:
            return
        yield cut
        start = cut


def line_chunks(index: LineIndex, start: int, end: int, cuts: Iterator[int], like: Chunk) -> Iterator[Chunk]:
    """Make chunks from cuts, blank lines trimmed off and blank pieces left out.

    :param cuts: ascending offsets between start and end.
    :param like: gives scope, kind and name.
    """
    for cut in (*cuts, end):
        first, last = index.trimmed(start, cut)
        if last > first:
            yield like._replace(
                start_byte=first, end_byte=last, start_line=index.line(first), end_line=index.line(last - 1)
            )
        start = cut


def _character_start(text: bytes, byte: int) -> int:
    """Step back to the start of a UTF-8 character, by at most three bytes."""
    for back in range(4):
        if text[byte - back] & 0xC0 != 0x80:
            return byte - back
    return byte
