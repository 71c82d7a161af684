"""From postings to the few places that are worth comparing: seeds that lie on near diagonals of one file, rarest first.

A seed is a gram that query and file share. Seeds of one copied passage have (nearly) the same difference of positions,
the diagonal; insertions and deletions shift it by a few tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRIFT = 40
"""Tokens by which the diagonals of neighbouring seeds of one candidate may differ."""

_UNSUPPORTED_SEEDS = 3
"""Of a candidate that is believed although no seed has the same tokens beside it."""
_QUERY_GAP = 400
"""Tokens between neighbouring seeds of one candidate, at most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of the query that may have been copied from a content.

    :ivar content: its id in the store's snapshot.
    :ivar first: position in the query of the first seed; *last* of the last one.
    :ivar low: the least diagonal (position in the content minus position in the query), *high* the greatest.
    :ivar weight: sum over seeds of their worth / number of places that hold them.
    :ivar seeds: how many there are; *supported* of them have the same tokens beside them, as far as is known.
    :ivar positions: of the seeds in the query, ascending; *diagonals* where each stands, and *differ* which bits of its
        context are others.
    :ivar seed: position in the query of the rarest one; *place* in the content.
    """

    content: int
    first: int
    last: int
    low: int
    high: int
    weight: float
    seeds: int
    supported: int
    seed: int
    place: int
    positions: NDArray[np.intp]
    diagonals: NDArray[np.int64]
    differ: NDArray[np.uint8]


def candidates(
    positions: NDArray[np.intp],
    contents: NDArray[np.int32],
    places: NDArray[np.uint32],
    weights: NDArray[np.float64],
    supported: NDArray[np.bool_],
    differ: NDArray[np.uint8],
    limit: int,
) -> list[Candidate]:
    """Group seeds into candidates, heaviest first; equally heavy ones in the order of the query.

    Few seeds without the same tokens beside them are chance, and left out.

    :param positions: of each seed in the query.
    :param contents: that it was found in.
    :param places: its position there.
    :param weights: what each is worth if it stands in one place only.
    :param supported: whether the tokens beside a seed seem to be the same.
    :param differ: which bits of its context are others.
    :param limit: how many candidates to give.
    """
    if not len(positions):
        return []
    diagonals = places.astype(np.int64) - positions
    order = np.lexsort((positions, diagonals, contents))
    contents, diagonals, positions = contents[order], diagonals[order], positions[order]
    weights, supported, differ = weights[order], supported[order], differ[order]
    weights = weights / np.bincount(positions)[positions]
    new = np.ones(len(order), np.bool_)
    new[1:] = (contents[1:] != contents[:-1]) | (np.diff(diagonals) > DRIFT)
    groups = np.cumsum(new) - 1
    # Within a group of near diagonals, seeds far apart in the query are different passages.
    again = np.lexsort((positions, groups))
    groups, positions, diagonals, weights = groups[again], positions[again], diagonals[again], weights[again]
    contents, supported, differ = contents[again], supported[again], differ[again]
    new[1:] = (groups[1:] != groups[:-1]) | (np.diff(positions) > _QUERY_GAP)
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(new))
    heavy = np.add.reduceat(weights, starts)
    support = np.add.reduceat(supported, starts, dtype=np.int64)
    low, high = np.minimum.reduceat(diagonals, starts), np.maximum.reduceat(diagonals, starts)
    chosen = np.flatnonzero((support > 0) | (ends - starts >= _UNSUPPORTED_SEEDS))
    best = chosen[np.argsort(-heavy[chosen], kind="stable")[:limit]]
    found = []
    for i in best.tolist():
        start, end = int(starts[i]), int(ends[i])
        rarest = start + int(weights[start:end].argmax())
        seed = int(positions[rarest])
        found.append(
            Candidate(
                int(contents[start]),
                int(positions[start]),
                int(positions[end - 1]),
                int(low[i]),
                int(high[i]),
                float(heavy[i]),
                end - start,
                int(support[i]),
                seed,
                seed + int(diagonals[rarest]),
                positions[start:end],
                diagonals[start:end],
                differ[start:end],
            )
        )
    return found
