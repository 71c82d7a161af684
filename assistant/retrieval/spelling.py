"""Names for what was mistyped or shortened: ``HttpCleint`` for HttpClient, ``HCP`` for HttpClientPool.

Only what occurs nowhere in the searched repositories is looked at, so that a right word is never replaced, and the
user is told what was searched instead.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from assistant.retrieval.query import Query, QueryKind
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD, split_word

_SHORTEST = 5
_LONG = 9
"""Names of so many characters may differ in two of them, shorter ones in one."""

_MOST_INITIALS = 5

MOST_DEFINITIONS = 200_000
"""Of more, sorting out the names would take seconds, for one word that may not be a name at all."""

SAYS = "occurs nowhere; searched for"
"""What a note on a replaced word says between the two."""


class Spelling:
    """The names of some repositories. Safe to use from several threads."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self._snapshots = tuple(snapshots)

    def corrected(self, query: Query, expander: TermExpander) -> tuple[Query, tuple[str, ...]]:
        """Return the query with words that occur nowhere replaced by names that they resemble, and what to say of it.

        :param expander: not used by another thread meanwhile.
        """
        if query.kind not in (QueryKind.TEXT, QueryKind.SYMBOL) or query.literals or query.regex is not None:
            return query, ()
        if sum(len(snapshot.definitions) for snapshot in self._snapshots) > MOST_DEFINITIONS:
            return query, ()
        found = {}
        for word in dict.fromkeys(WORD.findall(query.text)):
            if len(word) > 1 and not self._occurs(word, expander):
                name = self._abbreviated(word) or self._similar(word, expander)
                if name:
                    found[word] = name
        if not found:
            return query, ()
        text = WORD.sub(lambda match: found.get(match[0], match[0]), query.text)
        said = tuple(f'"{word}" {SAYS} "{name}"' for word, name in found.items())
        return replace(query, text=text, symbol=found.get(query.symbol, query.symbol)), said

    def _occurs(self, word: str, expander: TermExpander) -> bool:
        """Tell whether every part of a word stands somewhere."""
        return all(
            any(snapshot.lexical.document_frequency("text", term) for snapshot in self._snapshots)
            for term in expander.terms_of(word)
            if not term.startswith("=")
        )

    def _abbreviated(self, word: str) -> str:
        """Return the commonest name whose parts begin with the letters of a word in capitals."""
        if not (word.isupper() and word.isalpha() and len(word) <= _MOST_INITIALS):
            return ""
        return max(
            self._initials.get(word.lower(), ()), key=lambda name: (self._names[name], name), default=""
        )

    def _similar(self, word: str, expander: TermExpander) -> str:
        """Return the name, or part of names, that differs from a word in the fewest letters.

        Where none does, parts of the word that occur nowhere are replaced alone.
        """
        if nearest := self._nearest(word.lower()):
            written = self._as_written.get(nearest, nearest)
            return written if len(split_word(written)) > 1 else nearest
        parts = split_word(word)
        if len(parts) < 2:
            return ""
        better = [part if self._occurs(part, expander) else self._nearest(part) or part for part in parts]
        return "_".join(better) if better != parts else ""

    def _nearest(self, lower: str) -> str:
        return _nearest(lower, self._by_shape.get(lower[0], {}))

    @cached_property
    def _names(self) -> Counter[str]:
        names: Counter[str] = Counter()
        for snapshot in self._snapshots:
            names.update(snapshot.definitions.strings["name"].to_list())
        return names

    @cached_property
    def _initials(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._names:
            parts = split_word(name)
            if 1 < len(parts) <= _MOST_INITIALS:
                found.setdefault("".join(part[0] for part in parts), []).append(name)
        return found

    @cached_property
    def _as_written(self) -> dict[str, str]:
        """Lower-cased name -> the name."""
        return {name.lower(): name for name in self._names}

    @cached_property
    def _by_shape(self) -> dict[str, dict[int, Counter[str]]]:
        """First letter -> length -> names and their parts, lower-cased, with how often they are."""
        found: dict[str, dict[int, Counter[str]]] = {}
        for name, count in self._names.items():
            for known in _forms(name):
                found.setdefault(known[0], {}).setdefault(len(known), Counter())[known] += count
        return found


def _forms(name: str) -> Iterator[str]:
    if len(name) >= _SHORTEST - 1 and name.isidentifier():
        yield name.lower()
    parts = split_word(name)
    if len(parts) > 1:
        yield from (part for part in parts if len(part) >= _SHORTEST - 1)


def _nearest(word: str, by_length: dict[int, Counter[str]]) -> str:
    """Return the commonest of the words at the least distance; empty if none is near."""
    if len(word) < _SHORTEST:
        return ""
    most = 2 if len(word) >= _LONG else 1
    best, rank = "", (most + 1, 0)
    for length in range(len(word) - most, len(word) + most + 1):
        for known, count in by_length.get(length, {}).items():
            distance = edits(word, known, min(most, rank[0]))
            if (distance, -count) < rank:
                best, rank = known, (distance, -count)
    return best if rank[0] <= most else ""


def edits(first: str, second: str, most: int) -> int:
    """Return how many letters must be added, left out, exchanged or swapped with a neighbour; ``most`` + 1 for more.

    >>> edits("cleint", "client", 2)
    1
    """
    before: list[int] = []
    above = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        row = [at]
        for other, known in enumerate(second, 1):
            cost = min(above[other] + 1, row[-1] + 1, above[other - 1] + (letter != known))
            if before and other > 1 and letter == second[other - 2] and first[at - 2] == known:
                cost = min(cost, before[other - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)
