"""A text that is looked up: its tokens and grams, what of them is evidence, and which contents to compare it with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.accessors import accessors
from indexer.fingerprints.candidates import Candidate, candidates
from indexer.fingerprints.commonness import CommonGrams
from indexer.fingerprints.condensing import MAX_POSTINGS
from indexer.fingerprints.fingerprints import BESIDE, LEFT, RIGHT, WRITTEN, Grams, contexts_of, grams_of
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K
from indexer.lexing import lex_part

_CANDIDATES = 18
_TOKENS_A_CANDIDATE = 40
"""A text of n tokens has n / 40 candidates more: a file may be put together from many."""
_SURROUNDINGS = 65
"""Tokens around the lines to check that help to align them."""
_COMMON_WEIGHT = 0.25
_EXACT_WEIGHT = 4.0
"""Of a seed that is common or exact, where any other has 1."""
_UNSUPPORTED_WEIGHT = 0.2
_UNWRITTEN_WEIGHT = 0.5
_WRITTEN_WEIGHT = 1.5
"""Of a seed with other tokens on both sides, and of one that is probably written alike."""
_SHORT = 80
"""Grams of a query up to which a common seed counts even where it is written in another way: in long texts most of
them are chance, and each may cost reading and lexing a file."""


class Found(NamedTuple):
    """What a store may hold of a query.

    :ivar uncommon: ``(tokens of the query,)``, which of them are in no gram that is common, in this store too.
    :ivar silent: ``(grams of the query,)``, those that the store does not tell all places of.
    """

    candidates: list[Candidate]
    uncommon: NDArray[np.bool_]
    silent: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Query:
    """A text to look up.

    :ivar contexts: of its grams, see :func:`indexer.fingerprints.fingerprints.contexts_of`.
    :ivar asked: grams to look up.
    :ivar common: grams that the shipped list has.
    :ivar counted: tokens that may be evidence; *plain* those that are of no accessor; *uncommon* those of these that
        are in no common gram.
    """

    language: str | None
    stream: Stream
    grams: Grams
    contexts: NDArray[np.uint8]
    asked: NDArray[np.intp]
    common: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    plain: NDArray[np.bool_]
    uncommon: NDArray[np.bool_]

    @classmethod
    def of(
        cls, text: str, language: str | None, lines: Collection[int] | None, background: CommonGrams
    ) -> Query:
        """Lex a text.

        :param lines: only tokens on these lines are evidence; None for all.
        :param background: what is common everywhere.
        """
        stream = stream_of(lex_part(text, language), language)
        grams = grams_of(stream)
        common = background.contains(grams.hashes)
        counted = ~stream.imports & ~_covered(grams.repetitive, len(stream))
        plain = ~accessors(stream)
        uncommon = ~_covered(common, len(stream)) & plain
        asked = np.flatnonzero(grams.usable)
        if lines is not None:
            changed = _on_lines(stream, lines)
            counted &= changed
            asked = asked[_padded(changed)[asked]]
        contexts = contexts_of(stream, grams)
        return cls(language, stream, grams, contexts, asked, common, counted, plain, uncommon)

    def find(self, snapshot: StoreSnapshot) -> Found:
        """Look the grams up in a store."""
        if not len(self.asked):
            return Found([], self.uncommon, self.common)
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
        differ = self.contexts[seeds] ^ hits.context
        written = differ & WRITTEN == 0
        supported = self._supported(seeds, differ)
        if len(self.asked) > _SHORT:
            supported &= written | ~common[seeds]
        weights *= np.where(written, _WRITTEN_WEIGHT, _UNWRITTEN_WEIGHT)
        weights[~supported] *= _UNSUPPORTED_WEIGHT
        found = candidates(seeds, hits.content_id, hits.position, weights, supported, differ, limit)
        silent = np.bincount(seeds, minlength=len(common)) >= MAX_POSTINGS
        silent[positions[hits.common]] = True
        return Found(found, uncommon, silent | self.grams.repetitive)

    def _supported(self, seeds: NDArray[np.intp], differ: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Tell which seeds have the same tokens on one side in both texts, or too few on both sides to tell."""
        left, right = seeds >= BESIDE, seeds + (K + BESIDE) <= len(self.stream)
        same: NDArray[np.bool_] = (left & (differ & LEFT == 0)) | (right & (differ & RIGHT == 0))
        return same | ~(left | right)


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
