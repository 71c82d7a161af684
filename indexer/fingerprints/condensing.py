"""Which postings are worth keeping: few of each key, none of a key that unrelated projects share.

The same rule holds when segments are written, when they are merged and when several are asked, so that an answer does
not depend on how postings are spread over segments.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_POSTINGS = 16
"""Of a key; further ones cost room and never name a better source."""
COMMON_FAMILIES = 3
"""A key in so many families is an idiom, not evidence."""
UNCOUNTED = 0
"""The family of what makes nothing common: a copy in one's own code must not silence the next."""


class Condensed(NamedTuple):
    """Two masks, one element a posting."""

    kept: NDArray[np.bool_]
    common: NDArray[np.bool_]  # its key is common


def condense(
    keys: NDArray[np.uint64] | NDArray[np.int64],
    contents: NDArray[np.int64],
    families: NDArray[np.uint32],
    marked: NDArray[np.bool_],
) -> Condensed:
    """Judge postings.

    Of a key with too many postings those in different contents stay first, in the order in which they come.

    :param keys: ascending; postings of one key are ordered by content.
    :param families: of the contents; :data:`UNCOUNTED` makes nothing common.
    :param marked: entries that say that their key is common, whatever their content is.
    """
    size = len(keys)
    if not size:
        return Condensed(np.zeros(0, np.bool_), np.zeros(0, np.bool_))
    run = _groups(keys[1:] != keys[:-1])
    common_runs = np.zeros(int(run[-1]) + 1, np.bool_)
    common_runs[run[marked]] = True
    lengths = np.bincount(run)
    long = np.flatnonzero((lengths >= COMMON_FAMILIES)[run] & ~marked)
    if long.size:
        order = long[np.lexsort((families[long], run[long]))]
        new = np.ones(len(order), np.bool_)
        new[1:] = (run[order][1:] != run[order][:-1]) | (families[order][1:] != families[order][:-1])
        new &= families[order] != UNCOUNTED
        distinct = np.bincount(run[order[new]], minlength=len(common_runs))
        common_runs |= distinct >= COMMON_FAMILIES
    common = common_runs[run]
    kept = ~common
    crowded = np.flatnonzero((lengths > MAX_POSTINGS)[run] & kept)
    if crowded.size:
        repeat = _ranks(
            _groups(
                (run[crowded][1:] != run[crowded][:-1]) | (contents[crowded][1:] != contents[crowded][:-1])
            )
        )
        order = crowded[np.lexsort((crowded, repeat, run[crowded]))]
        kept[order[_ranks(_groups(run[order][1:] != run[order][:-1])) >= MAX_POSTINGS]] = False
    return Condensed(kept, common)


def _groups(changes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number groups, from whether each element but the first begins one."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(changes)])


def _ranks(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each element's rank within its group; groups are contiguous."""
    firsts = np.searchsorted(groups, groups)
    return np.arange(len(groups)) - firsts
