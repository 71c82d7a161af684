"""A part of a long source, lexed alone: some lines before and behind the seed that a query shares with it.

Lexing the whole of a large file for one passage takes longer than all the rest of a look-up. Where the seed stands in
the text is not stored, only its token's number; so the rarest name of the seed's gram is searched in the text, next to
where it is to be expected, and what is lexed around it has to hold the gram. If it does not (the part may begin within
a string or a comment), the caller lexes all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K, gram_hashes
from indexer.lexing import TokenKind, lex

_CHARACTERS = 9
"""A token takes with white space and comments, generously; where it takes more the part is made larger."""
_LARGEST_PART = 0.6
"""Of the text; beyond it, all may be lexed as well."""
_TRIES = 3
_MIN_ANCHOR = 3
_ANCHORS = 3
_NEAR = 12
"""Tokens beside a seed of locals alone in which a name is looked for."""
_AROUND = 24
_BESIDE = 12
_LIKELY = 0.5
_TOGETHER = 400
"""Characters within which all words of a seed stand."""
_MOST_PLACES = 60


@dataclass(frozen=True, slots=True)
class Seed:
    """A gram that a query shares with a content, and how much around it is wanted.

    :ivar query: tokens of the query, and *at* the first one of the gram.
    :ivar words: names in and around it that the content should have there, too.
    :ivar place: the number of its first token in the content; of *extent* tokens.
    :ivar before: tokens wanted before its first one, and *behind* it.
    :ivar beside: names left and right of it that are none of locals. A copy has most of one side, unless it ends there.
    :ivar is_alone: no other gram around it is known to be shared.
    """

    query: Stream
    at: int
    words: tuple[str, ...]
    place: int
    extent: int
    before: int
    behind: int
    beside: tuple[tuple[str, ...], tuple[str, ...]]
    is_alone: bool

    def is_likely_in(self, part: str) -> bool:
        """Tell whether most names on one side of the gram are in a part of a content; locals may be renamed."""
        return any(sum(word in part for word in side) >= _LIKELY * len(side) for side in self.beside)

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


def seed_of(
    query: Stream, at: int, place: int, extent: int, before: int, behind: int, *, is_alone: bool
) -> Seed:
    """Describe the gram of a query that starts at a token."""
    words = _words(query, at, at + K, plain=True)
    if not words:
        # Only names of locals: a copy that was not renamed has them, or the names next to them.
        words = (
            _words(query, at - _NEAR, at + K + _NEAR, plain=True)[:1]
            or _words(query, at, at + K, plain=False)[:1]
        )
    beside = (
        _words(query, at - _BESIDE, at, plain=True, most=_BESIDE),
        _words(query, at + K, at + K + _BESIDE, plain=True, most=_BESIDE),
    )
    return Seed(query, at, words, place, extent, before, behind, beside, is_alone)


def _words(query: Stream, begin: int, end: int, *, plain: bool, most: int = _ANCHORS) -> tuple[str, ...]:
    """Return the longest words among some tokens, of those that are no locals if they have to be *plain*."""
    numbers = np.arange(max(0, begin), min(end, len(query)))
    kinds = query.lexed.kinds[query.numbers[numbers]]
    named = (kinds == TokenKind.IDENTIFIER) | (kinds == TokenKind.KEYWORD)
    if plain:
        named &= query.blind[numbers] == query.exact[numbers]
    words = {query.token(number) for number in numbers[named].tolist()}
    longest = sorted(
        (word for word in words if len(word) >= _MIN_ANCHOR), key=lambda word: (-len(word), word)
    )
    return tuple(longest[:most])


def whole(text: str, language: str | None) -> Passage:
    """Lex all of a content."""
    return Passage(stream_of(lex(text, language), language))


def is_unlikely(text: str, seed: Seed) -> bool:
    """Tell whether a content has at no place the names that are in the seed, and most of those on one side of it."""
    return bool(seed.words) and not any(
        seed.is_likely_in(text[max(0, at - _TOGETHER) : at + _TOGETHER]) for at in _places_of(text, seed)
    )


def passage_around(text: str, language: str | None, seed: Seed) -> Passage | None:
    """Lex a content around a seed; None if the seed is not found so, or nearly all would have to be lexed."""
    wanted = (seed.before + seed.behind + K) * _CHARACTERS
    if not seed.words or seed.at + K > len(seed.query) or wanted > _LARGEST_PART * len(text):
        return None
    gram, tries = seed.gram(), _TRIES
    for at in _places_of(text, seed):
        begin, end = at - seed.before * _CHARACTERS, at + (seed.behind + K) * _CHARACTERS
        for _ in range(2):
            passage = _part(text, language, begin, end)
            index = _index(passage.stream, seed, gram)
            if index < 0:
                break
            short_before = index < seed.before and begin > 0
            short_behind = len(passage.stream) - index < seed.behind + K and end < len(text)
            if not (short_before or short_behind):
                return Passage(passage.stream, seed.place - index, passage.lines)
            begin, end = begin - (at - begin) * 2 * short_before, end + (end - at) * 2 * short_behind
        tries -= 1
        if not tries:
            break
    return None


def _places_of(text: str, seed: Seed) -> list[int]:
    """Return where the seed's words stand together, the nearest to where the seed is to be expected first."""
    rarest = min(seed.words, key=text.count)
    others = [word for word in seed.words if word != rarest]
    found: list[int] = []
    at = text.find(rarest)
    while at >= 0 and len(found) < _MOST_PLACES:
        near = text[max(0, at - _TOGETHER) : at + _TOGETHER]
        if all(word in near for word in others):
            found.append(at)
        at = text.find(rarest, at + len(rarest))
    expected = len(text) * seed.place / max(1, seed.extent)
    return sorted(found, key=lambda at: abs(at - expected))


def _part(text: str, language: str | None, begin: int, end: int) -> Passage:
    """Lex whole lines."""
    begin = text.rfind("\n", 0, max(0, begin)) + 1
    end = text.find("\n", min(end, len(text))) + 1 or len(text)
    return Passage(stream_of(lex(text[begin:end], language), language), 0, text.count("\n", 0, begin))


def _index(stream: Stream, seed: Seed, gram: np.uint64) -> int:
    """Find where the gram begins; -1 if nowhere. Of several places the one with the query's surroundings."""
    found: list[int] = np.flatnonzero(gram_hashes(stream.blind) == gram).tolist()
    return max(found, key=lambda index: seed.alike_around(stream, index), default=-1)
