"""Where the tokens before the cursor stood before, and what followed there.

Three sources, from small and telling to large: the document itself, what lies near it (its folder, open and recent
files), and the whole repository. The first two are short enough to be searched as they are, which is why an edit costs
nothing; the repository is searched in the order of its contexts. Very frequent short contexts are thinned out evenly,
with weights that keep their sums.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.contexts import nested_ranges
from assistant.completion.local.corpus import Corpus

LONGEST = 16
"""Agreement further back makes no difference."""
_SHORT = 3
"""Contexts of fewer tokens are thinned out."""
_KEPT = 320
"""So many places of one short context are looked at."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Places that follow at least the last token of a context.

    :param at: ``(n,)`` positions of what followed, in the array that was searched.
    :param followers: ``(n,)`` int32, the tokens there.
    :param lengths: ``(n,)`` how many tokens before agree with the context, 1 to :data:`LONGEST`.
    :param weights: ``(n,)`` float64, how many places each one stands for.
    """

    at: NDArray[np.int64]
    followers: NDArray[np.int32]
    lengths: NDArray[np.int64]
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)


def scan(stream: NDArray[np.int32], context: NDArray[np.int32]) -> Matches:
    """Find a context in a short stream by looking at all of it."""
    if not len(context) or len(stream) < 2:
        return _none()
    at = np.flatnonzero(stream[:-1] == context[-1]) + 1
    lengths = np.ones(len(at), np.int64)
    alive = np.arange(len(at))
    for back in range(2, min(LONGEST, len(context)) + 1):
        places = at[alive] - back
        if len(places) and places[0] < 0:
            alive, places = alive[places >= 0], places[places >= 0]
        alive = alive[stream[places] == context[-back]]
        if not len(alive):
            break
        lengths[alive] = back
    if len(at) > 2 * _KEPT:
        at, lengths, weights = _thinned(at, lengths)
    else:
        weights = np.ones(len(at))
    return Matches(at, stream[at], lengths, weights)


def _thinned(
    at: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    chosen = [np.flatnonzero(lengths >= _SHORT)]
    weights = [np.ones(len(chosen[0]))]
    for length in range(1, _SHORT):
        those = np.flatnonzero(lengths == length)
        step = max(1, len(those) // _KEPT)
        chosen.append(those[::-step])
        weights.append(np.full(len(chosen[-1]), len(those) / max(1, len(chosen[-1]))))
    kept = np.concatenate(chosen)
    return at[kept], lengths[kept], np.concatenate(weights)


def lookup(corpus: Corpus, context: NDArray[np.int32], hidden: list[tuple[int, int]]) -> Matches:
    """Find a context in the repository.

    :param hidden: stretches of the stream that do not count: files whose newer text is searched elsewhere.
    """
    order, stream = corpus.order, corpus.stream
    found = nested_ranges(stream, order, corpus.ranges, context)
    if not found:
        return _none()
    parts, lengths, weights = [], [], []
    inner_low = inner_high = found[-1][1]
    for length in range(len(found), 0, -1):
        low, high = found[length - 1]
        if length == len(found):
            inner_low = inner_high = high
        for start, end in ((low, inner_low), (inner_high, high)):
            if start < end:
                step = max(1, (end - start) // _KEPT)
                part = order[start:end:step]
                parts.append(part)
                lengths.append(np.full(len(part), length))
                weights.append(np.full(len(part), (end - start) / len(part)))
        inner_low, inner_high = low, high
    at = np.concatenate(parts).astype(np.int64)
    matches = Matches(at, stream[at], np.concatenate(lengths), np.concatenate(weights))
    return _extended(_without(matches, hidden), stream, context, len(found))


def _without(matches: Matches, hidden: list[tuple[int, int]]) -> Matches:
    if not hidden:
        return matches
    kept = np.ones(len(matches), bool)
    for start, end in hidden:
        kept &= (matches.at < start) | (matches.at >= end)
    if kept.all():
        return matches
    return Matches(matches.at[kept], matches.followers[kept], matches.lengths[kept], matches.weights[kept])


def _extended(matches: Matches, stream: NDArray[np.int32], context: NDArray[np.int32], depth: int) -> Matches:
    """Measure how far the longest matches agree beyond what is in order."""
    alive = np.flatnonzero(matches.lengths == depth)
    for back in range(depth + 1, min(LONGEST, len(context)) + 1):
        places = matches.at[alive] - back
        alive = alive[(places >= 0) & (stream[np.maximum(places, 0)] == context[-back])]
        if not len(alive):
            break
        matches.lengths[alive] = back
    return matches


def _none() -> Matches:
    empty = np.zeros(0, np.int64)
    return Matches(empty, np.zeros(0, np.int32), empty, np.zeros(0))
