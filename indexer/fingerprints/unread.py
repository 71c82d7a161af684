"""What fingerprints alone tell of a content whose text is not at hand: how long a run it shares, and about where.

Winnowing chooses grams by what stands within a window. So in a run that two texts share, both chose the same ones, and
each of the query's between two seeds has to be a seed, too; one that is not parts the run. That the locals-blind tokens
in between are equal follows; how names and literals are written does not, so that it is a hint at most.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.candidates import Candidate
from indexer.fingerprints.fingerprints import BESIDE, LEFT, MARK_EVERY, RIGHT
from indexer.fingerprints.query import Found, Query
from indexer.fingerprints.winnowing import K, W, winnow

_SEEDS = 2
"""Of a run; fewer are chance."""
_TOKENS = 25
_UNCOMMON = 13


class Told(NamedTuple):
    """A run that is shared.

    :ivar tokens: of the query, consecutive numbers.
    :ivar diagonal: what is added to one for its number in the content.
    :ivar matched: how many of them may be evidence; *uncommon* those in no common gram.
    """

    tokens: NDArray[np.intp]
    diagonal: int
    matched: int
    uncommon: int


def told_by_fingerprints(query: Query, candidate: Candidate, found: Found) -> Told | None:
    """Find the longest run that a candidate seems to share; None if it is too short to be believed."""
    diagonal = Counter(candidate.diagonals.tolist()).most_common(1)[0][0]
    on_it = candidate.diagonals == diagonal
    seeds, differ = candidate.positions[on_it], candidate.differ[on_it]
    first, last = int(seeds[0]), int(seeds[-1])
    grams = slice(first, last + 1)
    expected = winnow(query.grams.hashes[grams], query.grams.usable[grams], W) + first
    shared = set(seeds.tolist())
    missing = [gram for gram in expected[~found.silent[expected]].tolist() if gram not in shared]
    run_of = np.searchsorted(np.array(missing, np.int64), seeds)
    best: Told | None = None
    for run in sorted(set(run_of.tolist())):
        chosen = np.flatnonzero(run_of == run)
        if len(set(seeds[chosen].tolist())) < _SEEDS:
            continue
        begin, end = int(seeds[chosen[0]]), int(seeds[chosen[-1]]) + K
        begin -= BESIDE if begin >= BESIDE and differ[chosen[0]] & LEFT == 0 else 0
        end += BESIDE if end + BESIDE <= len(query.stream) and differ[chosen[-1]] & RIGHT == 0 else 0
        counted = query.counted[begin:end]
        matched = int(np.count_nonzero(counted))
        uncommon = int(np.count_nonzero(counted & found.uncommon[begin:end]))
        if matched >= _TOKENS and uncommon >= _UNCOMMON and (best is None or matched > best.matched):
            best = Told(np.arange(begin, end), diagonal, matched, uncommon)
    return best


def line_of(marks: NDArray[np.int64], place: int) -> int:
    """Estimate the line of a token from those of every 64th one; the last known one beyond them."""
    if not len(marks):
        return 1
    index, rest = divmod(max(0, place), MARK_EVERY)
    if index + 1 >= len(marks):
        return int(marks[-1])
    before, behind = int(marks[index]), int(marks[index + 1])
    return before + (behind - before) * rest // MARK_EVERY
