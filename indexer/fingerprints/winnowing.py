"""Grams, and which of them a file keeps: winnowing (Schleimer, Wilkerson, Aiken: "Winnowing", SIGMOD 2003).

A gram is the hash of K consecutive tokens of the locals-blind stream. Of every W consecutive grams the least one is
kept, so that any run of T = W + K - 1 tokens that two files share holds a gram that both keep. A query looks up *all*
its grams; it finds a shared run of T tokens for certain, and a shorter one of n >= K tokens with about (n - K + 1) / W
of the chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.lexing.hashing import scrambled

K = 10
W = 18
T = W + K - 1
"""Tokens of a shared run that is found for certain."""

_FACTOR = 0x9E3779B97F4A7C15
_LONGEST_PERIOD = 6
_NEVER = np.uint64((1 << 64) - 1)
_POSITION_BITS = 24


def gram_hashes(tokens: NDArray[np.uint64], k: int = K) -> NDArray[np.uint64]:
    """Hash every k consecutive tokens.

    :param tokens: ``(n,)`` hashes of tokens.
    :return: ``(max(0, n - k + 1),)``; entry i is of tokens i to i + k.
    """
    count = len(tokens) - k + 1
    if count <= 0:
        return np.zeros(0, np.uint64)
    # Grams of k tokens from those of 1, 2, 4, 8 ...: a gram of a + b tokens is hash(a) * F**b + hash(b).
    powers, length, block = tokens, 1, tokens
    done: NDArray[np.uint64] | None = None
    done_length, rest = 0, k
    while rest:
        if rest & 1:
            if done is None:
                done, done_length = powers, length
            else:
                size = len(tokens) - (done_length + length) + 1
                factor = np.uint64(pow(_FACTOR, length, 1 << 64))
                done = done[:size] * factor + powers[done_length : done_length + size]
                done_length += length
        rest >>= 1
        if rest:
            size = len(block) - length
            powers = powers[:size] * np.uint64(pow(_FACTOR, length, 1 << 64)) + powers[length : length + size]
            block, length = powers, length * 2
    assert done is not None
    return scrambled(done)


def repetitive(tokens: NDArray[np.uint64], k: int = K) -> NDArray[np.bool_]:
    """Tell which grams only repeat a few tokens, as tables of literals do: ``(n - k + 1,)``.

    They are neither kept nor evidence: there is one such gram a table in the world, and it is everywhere.
    """
    count = len(tokens) - k + 1
    result = np.zeros(max(count, 0), np.bool_)
    if count <= 0:
        return result
    sums = np.zeros(len(tokens) + 1, np.int32)
    for period in range(1, _LONGEST_PERIOD + 1):
        same = tokens[period:] == tokens[:-period]
        np.cumsum(same, out=sums[1 : len(same) + 1])
        inside = k - period
        # Two periods at least have to fit, or any short gram would repeat.
        if inside < period:
            break
        result |= sums[inside : inside + count] - sums[:count] == inside
    return result


def winnow(grams: NDArray[np.uint64], usable: NDArray[np.bool_], w: int = W) -> NDArray[np.intp]:
    """Choose the grams to keep.

    :param grams: hashes, in order.
    :param usable: which of them may be kept.
    :return: ascending positions; of w consecutive usable grams at least one.
    """
    count = len(grams)
    if not count:
        return np.zeros(0, np.intp)
    if count >= 1 << _POSITION_BITS:
        half = count // 2
        right = winnow(grams[half - w + 1 :], usable[half - w + 1 :], w) + (half - w + 1)
        return np.union1d(winnow(grams[:half], usable[:half], w), right)
    shift = np.uint64(_POSITION_BITS)
    # The position decides among equals, so that the least value also says where it stands.
    order = (grams >> shift << shift) | np.arange(count, dtype=np.uint64)
    order[~usable] = _NEVER
    least, reach = order, 1
    while reach * 2 <= w and len(least) > reach:
        least = np.minimum(least[:-reach], least[reach:])
        reach *= 2
    rest = min(w, count) - reach
    if rest > 0:
        least = np.minimum(least[:-rest], least[rest:])
    chosen = np.ones(len(least), np.bool_)
    chosen[1:] = least[1:] != least[:-1]
    kept = least[chosen & (least != _NEVER)]
    positions = (kept & np.uint64((1 << _POSITION_BITS) - 1)).astype(np.intp)
    return np.unique(positions)
