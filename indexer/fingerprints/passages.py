"""A part of a long source, lexed alone: some lines before and behind the seed that a query shares with it.

Lexing the whole of a large file for one passage takes longer than all the rest of a look-up. The store keeps the line
of every 64th token, so the lines around a seed are known; what is lexed of them has to hold the seed's gram. If it does
not (the part may begin within a string or a comment), the caller lexes all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.fingerprints import MARK_EVERY
from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K, gram_hashes
from indexer.lexing import lex, lex_part

_AROUND = 24
"""Tokens on both sides of a gram that tell which of several equal ones is meant."""
_LARGEST_PART = 0.7
"""Of the tokens; beyond it, all may be lexed as well."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A gram that a query shares with a content, and how much around it is wanted.

    :ivar query: tokens of the query, and *at* the first one of the gram.
    :ivar place: the number of its first token in the content; of *extent* tokens.
    :ivar before: tokens wanted before its first one, and *behind* it.
    """

    query: Stream
    at: int
    place: int
    extent: int
    before: int
    behind: int

    def gram(self) -> np.uint64:
        """Return the gram's hash, blind to locals and literals."""
        found: np.uint64 = gram_hashes(self.query.blind[self.at : self.at + K])[0]
        return found

    def alike_around(self, stream: Stream, index: int) -> int:
        """Count the tokens of a stream around one that are those of the query around the seed."""
        left = min(_AROUND, self.at, index)
        right = min(K + _AROUND, len(self.query) - self.at, len(stream) - index)
        ours = self.query.exact[self.at - left : self.at + right]
        return int(np.count_nonzero(ours == stream.exact[index - left : index + right]))


@dataclass(frozen=True, slots=True)
class Passage:
    """Some tokens of a content.

    :ivar first: the number in the content of the stream's first token.
    :ivar lines: how many lines of the content are before the stream's text.
    """

    stream: Stream
    first: int = 0
    lines: int = 0


def whole(text: str, language: str | None) -> Passage:
    """Lex all of a content."""
    return Passage(stream_of(lex(text, language), language))


def passage_around(text: str, language: str | None, seed: Seed, marks: NDArray[np.int64]) -> Passage | None:
    """Lex a content around a seed; None if the seed is not found so, or nearly all would have to be lexed.

    :param marks: the line of every 64th token of the content.
    """
    first = max(0, seed.place - seed.before) // MARK_EVERY
    behind = (seed.place + K + seed.behind) // MARK_EVERY + 1
    if (behind - first) * MARK_EVERY > _LARGEST_PART * seed.extent or first >= len(marks):
        return None
    before = int(marks[first]) - 1 if first else 0
    parts = text.split("\n", int(marks[behind])) if behind < len(marks) else text.split("\n")
    part = "\n".join(parts[before : int(marks[behind]) if behind < len(marks) else None])
    stream = stream_of(lex_part(part, language), language)
    index = _index(stream, seed)
    return None if index < 0 else Passage(stream, seed.place - index, before)


def _index(stream: Stream, seed: Seed) -> int:
    """Find where the gram begins; -1 if nowhere. Of several places the one with the query's surroundings."""
    found: list[int] = np.flatnonzero(gram_hashes(stream.blind) == seed.gram()).tolist()
    return max(found, key=lambda index: seed.alike_around(stream, index), default=-1)
