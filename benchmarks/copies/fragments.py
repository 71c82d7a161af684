"""Chooses fragments: n consecutive lines of code of a file, as somebody would mark and copy them.

A line counts when a token of code starts on it; blank lines and lines of comments between come along. A fragment holds
at least five tokens a line, since three lines of closing braces are no copy of anything, no import, no part of a token
that goes on outside it, and not mostly comments.
"""

from __future__ import annotations

from random import Random

from benchmarks.copies.tokens import Parsed, import_rows
from benchmarks.copies.transforms import Fragment

MIN_TOKENS_PER_LINE = 5
_MAX_TOKENS_PER_LINE = 30
_TRIES = 12


def choose(parsed: Parsed, code_lines: int, random: Random) -> Fragment | None:
    """A fragment of so many lines of code at a random place of a file; None when a few tries found none."""
    code = [token for token in parsed.tokens if not token.comment]
    rows = sorted({token.row for token in code})
    if len(rows) < code_lines:
        return None
    imports = import_rows(parsed)
    spanning = [(token.row, token.end_row) for token in parsed.tokens if token.end_row > token.row]
    counts = dict.fromkeys(rows, 0)
    for token in code:
        counts[token.row] += 1
    for _ in range(_TRIES):
        at = random.randrange(len(rows) - code_lines + 1)
        chosen = rows[at : at + code_lines]
        first, last = chosen[0], chosen[-1]
        tokens = sum(counts[row] for row in chosen)
        if not MIN_TOKENS_PER_LINE * code_lines <= tokens <= _MAX_TOKENS_PER_LINE * code_lines:
            continue
        if last - first >= 2 * code_lines + 2 or not imports.isdisjoint(chosen):
            continue
        if any(begin < first <= end or begin <= last < end for begin, end in spanning):
            continue
        return Fragment(parsed, first, last)
    return None
