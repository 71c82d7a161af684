"""Which passages of a text were copied from the files of stores: look up, choose candidates, align, judge.

The last step of the engine. What a copy may do (licences, policies), and whose code is nobody's business, is decided by
the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.alignment import REACH, align, extent, renaming_of
from indexer.fingerprints.candidates import Candidate
from indexer.fingerprints.commonness import CommonGrams
from indexer.fingerprints.evidence import Level, judge, weigh
from indexer.fingerprints.model import Place, TextProblem
from indexer.fingerprints.passages import Passage, Seed
from indexer.fingerprints.query import Found, Query
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.fingerprints.sources import Sources
from indexer.fingerprints.streams import Stream
from indexer.fingerprints.unread import line_of, told_by_fingerprints
from indexer.fingerprints.winnowing import K
from indexer.languages import language_of
from indexer.lexing.families import family_of

_MAX_SOURCES = 8
_SAME_PASSAGE = 0.5
_FURTHER_SOURCE = 0.3
"""Part of a candidate's weight that another one of the same passage has to have, to be worth a look, too."""
_DISBELIEVED = 3
"""Seeds of a candidate from which all of a file is lexed when a part of it seems to be no copy."""


class Store(Protocol):
    """Where files are looked up."""

    @property
    def snapshot(self) -> StoreSnapshot:
        """What is stored now."""


@dataclass(frozen=True, slots=True)
class MatchSource:
    """A passage of a stored file; lines are 1-based, the last one included.

    :ivar text: these lines, without the last line's end; empty if the store has no text, and then the lines are
        estimated, right within some.
    """

    place: Place
    start_line: int
    end_line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A passage of the text that stands in stored files, too.

    :ivar start_line: of the text, 1-based; *end_line* is included.
    :ivar exact_run: most tokens in a row that are written alike.
    :ivar matched_tokens: tokens that are written alike or consistently renamed.
    :ivar uncommon_tokens: those of them that are in no gram that unrelated projects share.
    :ivar renamed: (name in the text, name in the best source) of names that differ.
    :ivar sources: best first; equal files by age in the store.
    :ivar is_verified: whether the passage itself was compared; else the store has no text, and fingerprints agree.
    """

    start_line: int
    end_line: int
    level: Level
    exact_run: int
    matched_tokens: int
    uncommon_tokens: int
    renamed: tuple[tuple[str, str], ...]
    sources: tuple[MatchSource, ...]
    is_verified: bool = True


class Matcher:
    """Finds copies of what stores hold; keeps lexed sources, so one is worth keeping. Safe to use in threads."""

    def __init__(self, stores: Sequence[Store], background: CommonGrams) -> None:
        self._stores = tuple(stores)
        self._background = background
        self._sources = Sources()

    def match(
        self,
        text: str,
        language: str | None,
        *,
        lines: Collection[int] | None = None,
        exclude: Callable[[Place], bool] | None = None,
        limit_s: float | None = None,
    ) -> list[Match]:
        """Find passages of a text that stand in the stores; never raises for the text's content.

        Copied runs of `winnowing.T` tokens are found for certain, if stored files still have the text that was stored.

        :param language: a name of `indexer.languages`, or None.
        :param lines: only tokens on these lines (1-based) are evidence; None for all.
        :param exclude: tells places that do not matter.
        :param limit_s: after this time what has been found so far is returned.
        :return: passages that do not overlap by more than half, by line.
        """
        deadline = None if limit_s is None else perf_counter() + limit_s
        query = Query.of(text, language, lines, self._background)
        found: list[_Passage] = []
        for store in self._stores:
            found += self._aligned(query, store.snapshot, exclude, deadline)
        found.sort(key=lambda one: one.rank, reverse=True)
        return sorted(_merged(query, found), key=lambda match: (match.start_line, match.end_line))

    def _aligned(
        self,
        query: Query,
        snapshot: StoreSnapshot,
        exclude: Callable[[Place], bool] | None,
        deadline: float | None,
    ) -> Iterator[_Passage]:
        warned: list[tuple[Candidate, _Passage]] = []
        told = query.find(snapshot)
        for candidate in told.candidates:
            if deadline is not None and perf_counter() > deadline:
                return
            if any(_is_settled(candidate, *other) for other in warned):
                continue
            places = snapshot.places(candidate.content)
            mattering = places if exclude is None else tuple(place for place in places if not exclude(place))
            if not mattering:
                continue
            found = self._compared(query, snapshot, candidate, mattering, told)
            if found is not None:
                yield found
                if found.level is Level.WARNING and found.is_alike:
                    warned.append((candidate, found))

    def _compared(
        self,
        query: Query,
        snapshot: StoreSnapshot,
        candidate: Candidate,
        places: tuple[Place, ...],
        told: Found,
    ) -> _Passage | None:
        seed = Seed(
            query.stream,
            candidate.seed,
            candidate.place,
            snapshot.extent(candidate.content),
            candidate.seed - candidate.first + REACH,
            candidate.last - candidate.seed + REACH,
        )
        source = self._sources.passage(snapshot, candidate.content, places, seed)
        if source is TextProblem.NOT_KEPT:
            return _untold(query, snapshot, candidate, places, told)
        if isinstance(source, TextProblem):
            return None
        found = _compare(query, candidate, places, source, told.uncommon)
        if found is None and source.first and candidate.seeds >= _DISBELIEVED:
            source = self._sources.passage(snapshot, candidate.content, places, None)
            if isinstance(source, Passage):
                found = _compare(query, candidate, places, source, told.uncommon)
        return found


def _compare(
    query: Query,
    candidate: Candidate,
    places: tuple[Place, ...],
    source: Passage,
    uncommon: NDArray[np.bool_],
) -> _Passage | None:
    """Align with a candidate and judge; None if it is no copy."""
    low, high = candidate.low - source.first, candidate.high - source.first
    alignment = align(query.stream, source.stream, candidate.first, candidate.last + K, low, high)
    if alignment is None:
        return None
    renaming = renaming_of(query.stream, source.stream, alignment)
    evidence = weigh(alignment, renaming, query.counted, query.plain, uncommon)
    level = judge(evidence)
    if level is Level.WARNING and not _are_akin(query.language, language_of(places[0].path).name):
        level = Level.HINT
    if level is None:
        return None
    begin, end = extent(query.stream, source.stream, alignment)
    first, last = _lines(source.stream, alignment.source[begin:end])
    text = "\n".join(source.stream.lexed.text.split("\n", last)[first - 1 : last])
    first, last = first + source.lines, last + source.lines
    return _Passage(
        tuple(MatchSource(place, first, last, text) for place in places),
        alignment.query,
        alignment.query[begin:end],
        level,
        evidence.exact_run,
        evidence.exact,
        evidence.matched,
        evidence.uncommon,
        renaming.pairs,
        is_alike=bool(alignment.exact.all()),
    )


def _untold(
    query: Query, snapshot: StoreSnapshot, candidate: Candidate, places: tuple[Place, ...], found: Found
) -> _Passage | None:
    """Judge a candidate whose text is not stored by its fingerprints; None if they tell too little."""
    told = told_by_fingerprints(query, candidate, found)
    if told is None:
        return None
    marks = snapshot.marks(candidate.content)
    shift = told.diagonal
    first, last = line_of(marks, int(told.tokens[0]) + shift), line_of(marks, int(told.tokens[-1]) + shift)
    return _Passage(
        tuple(MatchSource(place, first, last) for place in places),
        told.tokens,
        told.tokens,
        Level.HINT,
        0,
        0,
        told.matched,
        told.uncommon,
        (),
        is_verified=False,
    )


@dataclass(frozen=True, slots=True)
class _Passage:
    """A candidate that is a copy.

    :ivar tokens: of the query that are aligned; *shown* those of them that are the copy.
    :ivar is_alike: whether all of them are written alike; else another content may be the better source.
    """

    sources: tuple[MatchSource, ...]
    tokens: NDArray[np.intp]
    shown: NDArray[np.intp]
    level: Level
    exact_run: int
    exact: int
    matched: int
    uncommon: int
    renamed: tuple[tuple[str, str], ...]
    is_alike: bool = False
    is_verified: bool = True

    @property
    def rank(self) -> tuple[int, int]:
        return self.level, self.matched + self.exact


def _merged(query: Query, found: list[_Passage]) -> Iterator[Match]:
    """Make one match of all sources of a passage; *found* has the best first."""
    rest = found
    while rest:
        best, others, rest = rest[0], rest[1:], []
        sources = list(best.sources)
        for other in others:
            if _overlap(best.tokens, other.tokens) < _SAME_PASSAGE:
                rest.append(other)
            else:
                sources += other.sources
        first, last = _lines(query.stream, best.shown)
        unique = tuple(dict.fromkeys(sources))[:_MAX_SOURCES]
        yield Match(
            first,
            last,
            best.level,
            best.exact_run,
            best.matched,
            best.uncommon,
            best.renamed,
            unique,
            best.is_verified,
        )


def _are_akin(one: str | None, other: str | None) -> bool:
    """Tell whether code may be copied from one language to another as it is; unknown ones are akin to all."""
    families = {family_of(one), family_of(other)} - {"generic", "plain"}
    return len(families) < 2


def _is_settled(candidate: Candidate, other: Candidate, found: _Passage) -> bool:
    """Tell whether a candidate is a much weaker one for a part of what was found with another to be a copy."""
    inside = found.tokens[0] <= candidate.first and candidate.last + K <= found.tokens[-1] + 1
    return bool(inside) and candidate.weight < _FURTHER_SOURCE * other.weight


def _overlap(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Tell which part of the other tokens lies within the one ones."""
    inside = (other >= one[0]) & (other <= one[-1])
    return float(np.count_nonzero(inside)) / len(inside)


def _lines(stream: Stream, tokens: NDArray[np.intp]) -> tuple[int, int]:
    """Return the first and the last line of some tokens."""
    number = int(stream.numbers[tokens[-1]])
    lexed = stream.lexed
    within = lexed.text.count("\n", int(lexed.starts[number]), int(lexed.ends[number]))
    return int(stream.lines[tokens[0]]), int(stream.lines[tokens[-1]]) + within
