"""Keeps brackets balanced: a suggestion leaves no more of them without a partner than there were before.

Brackets in strings and comments do not count (:mod:`indexer.lexing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.lexing import TokenKind, lex

_PARTNER = {")": "(", "]": "[", "}": "{"}
_OPENERS = frozenset("([{")
_IS_BRACKET = np.isin(np.arange(128), [ord(bracket) for bracket in "()[]{}"])
_MOST_CHARS = 30_000
"""Of the text on either side of the cursor."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Brackets of a text that found no partner in it."""

    closers: tuple[str, ...]
    """In order; their openers may stand before the text."""
    openers: tuple[str, ...]
    """In order; their closers may stand behind the text."""
    crossed: int = 0
    """Closers that met another opener than theirs."""


def balance_of(brackets: Sequence[str], before: Sequence[str] = ()) -> Balance:
    """Match brackets.

    :param before: openers that wait for closers already.
    """
    stack, closers, crossed = list(before), [], 0
    for bracket in brackets:
        if bracket in _OPENERS:
            stack.append(bracket)
        elif not stack:
            closers.append(bracket)
        elif stack[-1] == _PARTNER[bracket]:
            stack.pop()
        else:
            crossed += 1
    return Balance(tuple(closers), tuple(stack), crossed)


def brackets_of(text: str, language: str | None) -> list[tuple[str, int]]:
    """Return the brackets of a text that are code, with their offsets."""
    lexed = lex(text, language)
    starts = lexed.starts[lexed.kinds == TokenKind.OPERATOR]
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    found: list[int] = starts[_IS_BRACKET[np.minimum(letters[starts], 127)]].tolist()
    return [(text[start], start) for start in found]


def imbalance(text: str, language: str | None) -> int:
    """Return how many brackets of a text have no partner."""
    found = balance_of([bracket for bracket, _ in brackets_of(text, language)])
    return len(found.closers) + len(found.openers) + found.crossed


class Surrounding:
    """The brackets around a cursor.

    :param most: brackets without partners that there may be with the inserted text; None: as many as without it.
    """

    def __init__(self, prefix: str, suffix: str, language: str | None, most: int | None = None) -> None:
        self._language = language
        self._prefix = prefix[-_MOST_CHARS:]
        self._suffix = suffix[:_MOST_CHARS]
        before = balance_of([item for item, _ in brackets_of(self._prefix, language)])
        after = balance_of([item for item, _ in brackets_of(self._suffix, language)])
        self._open = before.openers
        self._wanted = after.closers
        self._fixed = len(before.closers) + before.crossed + len(after.openers) + after.crossed
        self.most = self._fixed + self._unmatched(self._open) if most is None else most
        """Brackets without partners at most."""

    def allows(self, text: str) -> bool:
        """Tell whether the text as a whole, lexed anew with this in it, has no more brackets without partners."""
        return imbalance(self._prefix + text + self._suffix, self._language) <= self.most

    def fitting(self, text: str) -> str:
        """Return as much of a text's beginning as leaves the brackets no worse.

        It is cut before a closer that has no partner, or at the end of a line; before an opener that is not closed only
        on the first line.
        """
        brackets = brackets_of(text, self._language)
        if self._fits([item for item, _ in brackets]):
            return text
        first_line = text.find("\n") if "\n" in text else len(text)
        cuts = [offset for item, offset in brackets if item not in _OPENERS or offset < first_line]
        cuts += [number for number, letter in enumerate(text) if letter == "\n"]
        for cut in sorted(cuts, reverse=True):
            if text[:cut].strip() and self._fits([item for item, offset in brackets if offset < cut]):
                return text[:cut]
        return ""

    def _fits(self, brackets: Sequence[str]) -> bool:
        inside = balance_of(brackets, self._open)
        worse = len(inside.closers) + inside.crossed
        return self._fixed + worse + self._unmatched(inside.openers) <= self.most

    def _unmatched(self, openers: Sequence[str]) -> int:
        """Return how many of these openers and the closers behind the cursor find no partner."""
        after = balance_of(self._wanted, openers)
        return len(after.closers) + len(after.openers) + after.crossed
