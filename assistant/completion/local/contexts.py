"""Positions of a token stream in the order of what stands before them: one array that answers n-grams of every order.

A suffix array of the reversed stream. All positions that follow a given context of up to :data:`DEPTH` tokens are one
contiguous range of it, and the range of a longer context lies within that of the shorter. Made by prefix doubling
(Manber and Myers 1993), a sort an octave.
"""

import numpy as np
from numpy.typing import NDArray

DEPTH = 8
"""Contexts of so many tokens are in order; what agrees further back is found by looking."""


def order_contexts(stream: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the positions 1 to n-1 of a stream, ordered by the token before, then the one before that, and so on.

    :param stream: ``(n,)`` int32 ids, not negative.
    :return: ``(n - 1,)`` int32; positions with equal contexts of :data:`DEPTH` tokens are in no particular order.
    """
    size = len(stream)
    if size < 2:
        return np.zeros(0, np.int32)
    ranks = stream.astype(np.int64) + 1  # rank of the context that ends with this token, itself included
    order = np.zeros(0, np.int64)
    length = 1
    while length < DEPTH:
        keys = ranks << 32
        keys[length:] |= ranks[:-length]
        order = np.argsort(keys)
        keys = keys[order]
        ordinals = np.ones(size, np.int64)
        np.cumsum(keys[1:] != keys[:-1], out=ordinals[1:])
        ordinals[1:] += 1
        ranks[order] = ordinals
        length *= 2
    following = order.astype(np.int32) + np.int32(1)
    return following[following < size]


def first_ranges(stream: NDArray[np.int32], order: NDArray[np.int32], n_words: int) -> NDArray[np.int32]:
    """Return ``(n_words + 1,)`` int32: positions after word w are ``order[ranges[w]:ranges[w + 1]]``."""
    counts = np.bincount(stream[:-1], minlength=n_words) if len(stream) > 1 else np.zeros(n_words, np.int64)
    ranges = np.zeros(n_words + 1, np.int32)
    np.cumsum(counts, out=ranges[1:])
    return ranges


def nested_ranges(
    stream: NDArray[np.int32],
    order: NDArray[np.int32],
    ranges: NDArray[np.int32],
    context: NDArray[np.int32],
) -> list[tuple[int, int]]:
    """Return the ranges of ``order`` that follow the last 1, 2, ... tokens of a context, up to the longest there is."""
    if not len(context) or context[-1] + 1 >= len(ranges):
        return []
    low, high = int(ranges[context[-1]]), int(ranges[context[-1] + 1])
    found: list[tuple[int, int]] = []
    for back in range(2, min(DEPTH, len(context)) + 1):
        if low >= high:
            return found
        found.append((low, high))
        low, high = _narrowed(stream, order, low, high, back, int(context[-back]))
    if low < high:
        found.append((low, high))
    return found


def _narrowed(
    stream: NDArray[np.int32], order: NDArray[np.int32], low: int, high: int, back: int, wanted: int
) -> tuple[int, int]:
    """Return the part of a range where the token ``back`` places before is the wanted one."""
    if high - low <= 64:
        tokens = _token_at(stream, order[low:high], back)
        return low + int(np.searchsorted(tokens, wanted, "left")), low + int(
            np.searchsorted(tokens, wanted, "right")
        )
    start, end = low, high
    while start < end:
        middle = (start + end) // 2
        at = int(order[middle]) - back
        if at >= 0 and stream[at] >= wanted:
            end = middle
        else:
            start = middle + 1
    left, end = start, high
    while start < end:
        middle = (start + end) // 2
        at = int(order[middle]) - back
        if at >= 0 and stream[at] > wanted:
            end = middle
        else:
            start = middle + 1
    return left, start


def _token_at(stream: NDArray[np.int32], positions: NDArray[np.int32], back: int) -> NDArray[np.int32]:
    at = positions - back
    return np.where(at >= 0, stream[np.maximum(at, 0)], -1)
