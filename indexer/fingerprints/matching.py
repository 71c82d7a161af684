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

from indexer.fingerprints.accessors import accessors
from indexer.fingerprints.alignment import REACH, Alignment, Renaming, align, extent, renaming_of
from indexer.fingerprints.candidates import Candidate, candidates
from indexer.fingerprints.commonness import CommonGrams
from indexer.fingerprints.evidence import Evidence, Level, judge, weigh
from indexer.fingerprints.fingerprints import BESIDE, LEFT, RIGHT, WRITTEN, Grams, contexts_of, grams_of
from indexer.fingerprints.model import Place, TextProblem
from indexer.fingerprints.passages import Passage, Seed
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.fingerprints.sources import Sources
from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K
from indexer.languages import language_of
from indexer.lexing import lex
from indexer.lexing.families import family_of

_CANDIDATES = 14
_TOKENS_A_CANDIDATE = 40
"""A text of n tokens has n / 40 candidates more: a file may be put together from many."""
_SURROUNDINGS = 65
"""Tokens around the lines to check that help to align them."""
_MAX_SOURCES = 8
_SAME_PASSAGE = 0.5
_COMMON_WEIGHT = 0.25
_EXACT_WEIGHT = 4.0
"""Of a seed that is common or exact, where any other has 1."""
_UNSUPPORTED_WEIGHT = 0.2
_UNWRITTEN_WEIGHT = 0.5
_WRITTEN_WEIGHT = 1.5
"""Of a seed with other tokens on both sides, and of one that is probably written alike."""
_UNSUPPORTED_SEEDS = 3
_SHORT = 80
"""Grams of a query up to which a common seed counts even where it is written in another way: in long texts most of
them are chance, and each may cost reading and lexing a file."""
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

    :ivar text: these lines, without the last line's end.
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
    """

    start_line: int
    end_line: int
    level: Level
    exact_run: int
    matched_tokens: int
    uncommon_tokens: int
    renamed: tuple[tuple[str, str], ...]
    sources: tuple[MatchSource, ...]


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
        query = _Query.of(text, language, lines, self._background)
        found: list[_Aligned] = []
        for store in self._stores:
            found += self._aligned(query, store.snapshot, exclude, deadline)
        found.sort(key=lambda one: one.rank, reverse=True)
        return sorted(_merged(query, found), key=lambda match: (match.start_line, match.end_line))

    def _aligned(
        self,
        query: _Query,
        snapshot: StoreSnapshot,
        exclude: Callable[[Place], bool] | None,
        deadline: float | None,
    ) -> Iterator[_Aligned]:
        warned: list[tuple[Candidate, _Aligned]] = []
        for candidate, uncommon in query.candidates(snapshot):
            if deadline is not None and perf_counter() > deadline:
                return
            if any(_is_settled(candidate, *other) for other in warned):
                continue
            places = snapshot.places(candidate.content)
            mattering = places if exclude is None else tuple(place for place in places if not exclude(place))
            if not mattering:
                continue
            found = self._compared(query, snapshot, candidate, mattering, uncommon)
            if found is not None:
                yield found
                if found.level is Level.WARNING:
                    warned.append((candidate, found))

    def _compared(
        self,
        query: _Query,
        snapshot: StoreSnapshot,
        candidate: Candidate,
        places: tuple[Place, ...],
        uncommon: NDArray[np.bool_],
    ) -> _Aligned | None:
        seed = Seed(
            query.stream,
            candidate.seed,
            candidate.place,
            snapshot.extent(candidate.content),
            candidate.seed - candidate.first + REACH,
            candidate.last - candidate.seed + REACH,
        )
        source = self._sources.passage(snapshot, candidate.content, places, seed)
        if isinstance(source, TextProblem):
            return None
        found = query.compare(candidate, places, source, uncommon)
        if found is None and source.first and candidate.seeds >= _DISBELIEVED:
            source = self._sources.passage(snapshot, candidate.content, places, None)
            if isinstance(source, Passage):
                found = query.compare(candidate, places, source, uncommon)
        return found


@dataclass(frozen=True, slots=True)
class _Query:
    """A text to look up: its tokens and grams, which grams to look up, which tokens are evidence."""

    language: str | None
    stream: Stream
    grams: Grams
    contexts: NDArray[np.uint8]
    asked: NDArray[np.intp]
    common: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    uncommon: NDArray[np.bool_]

    @classmethod
    def of(
        cls, text: str, language: str | None, lines: Collection[int] | None, background: CommonGrams
    ) -> _Query:
        stream = stream_of(lex(text, language), language)
        grams = grams_of(stream)
        common = background.contains(grams.hashes)
        counted = ~stream.imports & ~_covered(grams.repetitive, len(stream))
        uncommon = ~_covered(common, len(stream)) & ~accessors(stream)
        asked = np.flatnonzero(grams.usable)
        if lines is not None:
            changed = _on_lines(stream, lines)
            counted &= changed
            asked = asked[_padded(changed)[asked]]
        contexts = contexts_of(stream, grams)
        return cls(language, stream, grams, contexts, asked, common, counted, uncommon)

    def candidates(self, snapshot: StoreSnapshot) -> list[tuple[Candidate, NDArray[np.bool_]]]:
        """Look the grams up; each candidate comes with the tokens that are uncommon in this store."""
        if not len(self.asked):
            return []
        hashes, exact = self.grams.hashes[self.asked], self.grams.exact[self.asked]
        differ = np.flatnonzero(hashes != exact)
        positions = np.concatenate([self.asked, self.asked[differ]])
        hits = snapshot.lookup(np.concatenate([hashes, exact[differ]]))
        common = self.common.copy()
        common[positions[hits.common]] = True
        uncommon = self.uncommon & ~_covered(common, len(self.stream)) if hits.common.any() else self.uncommon
        seeds = positions[hits.query_index]
        limit = _CANDIDATES + len(self.asked) // _TOKENS_A_CANDIDATE
        weights = np.where(common[seeds], _COMMON_WEIGHT, 1.0)
        weights[hits.query_index >= len(self.asked)] = _EXACT_WEIGHT
        written = (self.contexts[seeds] ^ hits.context) & WRITTEN == 0
        supported = self._supported(seeds, hits.context)
        if len(self.asked) > _SHORT:
            supported &= written | ~common[seeds]
        weights *= np.where(written, _WRITTEN_WEIGHT, _UNWRITTEN_WEIGHT)
        weights[~supported] *= _UNSUPPORTED_WEIGHT
        found = candidates(seeds, hits.content_id, hits.position, weights, supported, limit)
        return [(one, uncommon) for one in found if one.supported or one.seeds >= _UNSUPPORTED_SEEDS]

    def _supported(self, seeds: NDArray[np.intp], contexts: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Tell which seeds have the same tokens on one side in both texts, or too few on both sides to tell."""
        differ = self.contexts[seeds] ^ contexts
        left, right = seeds >= BESIDE, seeds + (K + BESIDE) <= len(self.stream)
        same: NDArray[np.bool_] = (left & (differ & LEFT == 0)) | (right & (differ & RIGHT == 0))
        return same | ~(left | right)

    def compare(
        self,
        candidate: Candidate,
        places: tuple[Place, ...],
        source: Passage,
        uncommon: NDArray[np.bool_],
    ) -> _Aligned | None:
        """Align with a candidate and judge; None if it is no copy."""
        low, high = candidate.low - source.first, candidate.high - source.first
        alignment = align(self.stream, source.stream, candidate.first, candidate.last + K, low, high)
        if alignment is None:
            return None
        renaming = renaming_of(self.stream, source.stream, alignment)
        evidence = weigh(alignment, renaming, self.counted, uncommon)
        level = judge(evidence)
        if level is Level.WARNING and not _are_akin(self.language, language_of(places[0].path).name):
            level = Level.HINT
        if level is None:
            return None
        begin, end = extent(self.stream, source.stream, alignment)
        return _Aligned(places, source, alignment, renaming, evidence, level, begin, end)


@dataclass(frozen=True, slots=True)
class _Aligned:
    """A candidate that is a copy."""

    places: tuple[Place, ...]
    source: Passage
    alignment: Alignment
    renaming: Renaming
    evidence: Evidence
    level: Level
    begin: int
    end: int

    @property
    def rank(self) -> tuple[int, int]:
        return self.level, self.evidence.matched + self.evidence.exact

    def sources(self) -> Iterator[MatchSource]:
        stream, before = self.source.stream, self.source.lines
        first, last = _lines(stream, self.alignment.source[self.begin : self.end])
        text = "\n".join(stream.lexed.text.split("\n", last)[first - 1 : last])
        return (MatchSource(place, first + before, last + before, text) for place in self.places)


def _merged(query: _Query, found: list[_Aligned]) -> Iterator[Match]:
    """Make one match of all sources of a passage; *found* has the best first."""
    rest = found
    while rest:
        best, others, rest = rest[0], rest[1:], []
        sources = list(best.sources())
        for other in others:
            if _overlap(best.alignment, other.alignment) < _SAME_PASSAGE:
                rest.append(other)
            else:
                sources += other.sources()
        first, last = _lines(query.stream, best.alignment.query[best.begin : best.end])
        unique = tuple(dict.fromkeys(sources))[:_MAX_SOURCES]
        evidence = best.evidence
        yield Match(
            first,
            last,
            best.level,
            evidence.exact_run,
            evidence.matched,
            evidence.uncommon,
            best.renaming.pairs,
            unique,
        )


def _are_akin(one: str | None, other: str | None) -> bool:
    """Tell whether code may be copied from one language to another as it is; unknown ones are akin to all."""
    families = {family_of(one), family_of(other)} - {"generic", "plain"}
    return len(families) < 2


def _is_settled(candidate: Candidate, other: Candidate, found: _Aligned) -> bool:
    """Tell whether a candidate is a much weaker one for a part of what was found with another to be a copy."""
    query = found.alignment.query
    inside = query[0] <= candidate.first and candidate.last + K <= query[-1] + 1
    return bool(inside) and candidate.weight < _FURTHER_SOURCE * other.weight


def _overlap(one: Alignment, other: Alignment) -> float:
    """Tell which part of the other's tokens lies within the one's."""
    inside = (other.query >= one.query[0]) & (other.query <= one.query[-1])
    return float(np.count_nonzero(inside)) / len(inside)


def _lines(stream: Stream, tokens: NDArray[np.intp]) -> tuple[int, int]:
    """Return the first and the last line of some tokens."""
    number = int(stream.numbers[tokens[-1]])
    lexed = stream.lexed
    within = lexed.text.count("\n", int(lexed.starts[number]), int(lexed.ends[number]))
    return int(stream.lines[tokens[0]]), int(stream.lines[tokens[-1]]) + within


def _covered(grams: NDArray[np.bool_], tokens: int) -> NDArray[np.bool_]:
    """Tell which tokens lie in one of some grams."""
    edges = np.zeros(tokens + 1, np.int32)
    edges[: len(grams)] += grams
    edges[K : K + len(grams)] -= grams
    result: NDArray[np.bool_] = np.cumsum(edges[:-1]) > 0
    return result


def _on_lines(stream: Stream, lines: Collection[int]) -> NDArray[np.bool_]:
    """Tell which tokens start on one of some lines."""
    last = int(stream.lines[-1]) if len(stream) else 0
    wanted = np.zeros(last + 1, np.bool_)
    wanted[[line for line in lines if 0 < line <= last]] = True
    result: NDArray[np.bool_] = wanted[stream.lines]
    return result


def _padded(tokens: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the surroundings of marked tokens, too."""
    marked = np.flatnonzero(tokens)
    edges = np.zeros(len(tokens) + 1, np.int32)
    np.add.at(edges, np.maximum(marked - _SURROUNDINGS, 0), 1)
    np.add.at(edges, np.minimum(marked + _SURROUNDINGS + 1, len(tokens)), -1)
    result: NDArray[np.bool_] = np.cumsum(edges[:-1]) > 0
    return result
