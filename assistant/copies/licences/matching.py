"""Finds whole licence texts within a text, word by word, and tells which words they explain.

A composite file is taken apart: of all places where a licence's grams stand together, the one that explains the
most words not yet explained is taken, again and again. What is left over is for :mod:`.remainder` to explain: it
never vanishes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.copies.licences.profiles import GRAM, Part, Profile, Profiles

_LEAST_SHARE = 0.8
"""Share of a licence's different grams that must stand together: below it, the text is another one."""
_GAP_WORDS = 60
"""Words between two grams of one licence that still belong together: a clause put in between, not another licence."""
_MOST_REPEATED = 700
"""Words of the longest licence that is looked for several times in a row; longer ones repeat themselves."""
_MOST_CANDIDATES = 24
_MISSING_COSTS = 1.5
"""Of two licences that explain the same words, that is the right one of which less is missing."""
_SURE_DEVIATION = 0.06
"""Share of words that may differ in a text that is surely the licence: names, spelling, a title."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A licence's text within another text; word positions are 0-based, ``end`` is exclusive."""

    licence: str
    part: Part
    start: int
    end: int
    missing: int
    """Words of the licence that are not there."""
    inserted: int
    """Words within it that no licence text explains."""
    length: int
    """Words of the licence."""

    @property
    def is_sure(self) -> bool:
        """Whether the differences are no more than names and spelling."""
        return self.missing + self.inserted <= max(4, _SURE_DEVIATION * self.length)


@dataclass(frozen=True, slots=True)
class Matching:
    """What licence texts are in a text."""

    occurrences: tuple[Occurrence, ...]
    """In the order of the text."""
    explained: NDArray[np.bool_]
    """(n_words,): whether a word belongs to a text that was found."""
    familiar: NDArray[np.bool_]
    """(n_words,): whether a word stands within a gram of some permissive licence or of an appendix."""


def match_texts(numbers: NDArray[np.uint16], known: Profiles) -> Matching:
    """Find the licence texts within a text given as word numbers."""
    rows = known.rows_of(numbers)
    explained = np.zeros(len(numbers), np.bool_)
    found: list[Occurrence] = []
    candidates = list(_candidates(rows, known))
    while candidates:
        scores = [_score(cover, missing, explained) for _, cover, missing in candidates]
        best = int(np.argmax(scores))
        profile, cover, missing = candidates.pop(best)
        fresh = int(np.count_nonzero(cover & ~explained))
        if scores[best] <= 0:
            break
        if fresh < max(GRAM, 0.4 * len(profile.words)):
            continue
        at = np.flatnonzero(cover)
        explained |= cover
        found.append(
            Occurrence(
                profile.licence, profile.part, int(at[0]), int(at[-1]) + 1, missing, 0, len(profile.words)
            )
        )
    counted = [replace(it, inserted=int(np.count_nonzero(~explained[it.start : it.end]))) for it in found]
    familiar = _covered((rows >= 0) & known.permissive[rows], len(numbers))
    return Matching(tuple(sorted(counted, key=lambda item: item.start)), explained, familiar)


def _score(cover: NDArray[np.bool_], missing: int, explained: NDArray[np.bool_]) -> float:
    return float(np.count_nonzero(cover & ~explained)) - _MISSING_COSTS * missing


def _candidates(rows: NDArray[np.int32], known: Profiles) -> Iterator[tuple[Profile, NDArray[np.bool_], int]]:
    """Yield places where enough of a licence stands together: the words they cover, and the words missing."""
    here = np.unique(rows)
    here = here[here >= 0]
    if not len(here):
        return
    spans = known.first[here + 1] - known.first[here]
    offsets = np.repeat(known.first[here] - np.concatenate([[0], np.cumsum(spans)[:-1]]), spans)
    counts = np.bincount(known.owners[np.arange(spans.sum()) + offsets], minlength=len(known.profiles))
    shares = counts / np.maximum(1, [profile.distinct for profile in known.profiles])
    likely = np.flatnonzero(shares >= _LEAST_SHARE)
    # The longest first: what explains little cannot win against what contains it.
    likely = likely[np.argsort(-counts[likely], kind="stable")][:_MOST_CANDIDATES]
    table = np.zeros(len(known.keys) + 1, np.bool_)
    for index in likely.tolist():
        profile = known.profiles[index]
        table[profile.grams] = True
        positions = np.flatnonzero(table[rows])
        table[profile.grams] = False
        yield from _places(profile, positions, rows, table)


def _places(
    profile: Profile, positions: NDArray[np.int64], rows: NDArray[np.int32], table: NDArray[np.bool_]
) -> Iterator[tuple[Profile, NDArray[np.bool_], int]]:
    for group in np.split(positions, _breaks(profile, positions, rows)):
        if len(group) < _LEAST_SHARE * profile.distinct:
            continue
        table[rows[group]] = True
        present = table[profile.grams]
        if np.count_nonzero(present) >= _LEAST_SHARE * len(present):
            missing = len(profile.words) - int(np.count_nonzero(_covered(present, len(profile.words))))
            hit = np.zeros(len(rows), np.bool_)
            hit[group] = True
            table[rows[group]] = False
            yield profile, _covered(hit, len(rows) + GRAM - 1), missing
        table[rows[group]] = False


def _breaks(profile: Profile, positions: NDArray[np.int64], rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where one copy of a licence ends: at a gap, or where its text begins anew."""
    order = np.argsort(profile.grams, kind="stable")
    at = order[np.searchsorted(profile.grams, rows[positions], sorter=order)]
    gaps = np.flatnonzero(np.diff(positions) > _GAP_WORDS) + 1
    if len(profile.grams) > _MOST_REPEATED:
        return gaps
    half, width = len(profile.grams) // 2, max(2, min(40, len(profile.grams) // 4))
    # A phrase that a licence repeats jumps back too, but only for a few words.
    anew = [
        jump
        for jump in (np.flatnonzero(np.diff(at) < -half) + 1).tolist()
        if np.median(at[jump - width if jump > width else 0 : jump])
        > half
        > np.median(at[jump : jump + width])
    ]
    return np.union1d(gaps, np.array(anew, np.int64)).astype(np.int64)


def _covered(hits: NDArray[np.bool_], n_words: int) -> NDArray[np.bool_]:
    """Return which words stand within a gram that is marked."""
    covered = np.zeros(n_words, np.bool_)
    for offset in range(GRAM):
        covered[offset : offset + len(hits)] |= hits
    return covered
