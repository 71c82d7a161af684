"""Hash every token of a text at once.

The hash of characters c0..cn is the sum of ``mix(ci) * B**i`` modulo 2**64, scrambled at the end. A running sum over
the text gives the sum of any span by one subtraction, and multiplying by the inverse of ``B**start`` makes it
independent of where the span lies. Not for adversaries: whoever wants a collision can make one, and hides their own
copy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_KEPT = 1 << 20
"""Powers kept from call to call; a longer text computes its own."""


class _Powers:
    def __init__(self) -> None:
        self._tables = self._computed(1 << 14)

    @staticmethod
    def _computed(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        tables = np.empty((2, count), np.uint64)
        tables[0] = _BASE
        tables[1] = _INVERSE
        tables[:, 0] = 1
        np.multiply.accumulate(tables, axis=1, out=tables)
        return tables[0], tables[1]

    def get(self, count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return ``B**i`` and ``B**-i`` for at least i < count."""
        tables = self._tables
        if len(tables[0]) < count:
            size = 1 << (count - 1).bit_length()
            tables = self._computed(size)
            if size <= _KEPT:
                self._tables = tables
        return tables


_POWERS = _Powers()


def scrambled(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all bits (the finaliser of MurmurHash3)."""
    values = values ^ (values >> np.uint64(33))
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


_MIX = scrambled(np.arange(1, 129, dtype=np.uint64))


def span_hashes(
    codes: NDArray[np.uint8] | NDArray[np.uint32], starts: NDArray[np.int32], ends: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """Hash spans of a text.

    :param codes: the text's code points.
    :param starts: where spans start, and *ends* where they end, half-open.
    :return: a hash a span, the same for the same characters anywhere.
    """
    powers, inverses = _POWERS.get(len(codes) + 1)
    if codes.dtype == np.uint8:
        mixed = _MIX[codes]
    else:
        mixed = np.where(codes < 128, _MIX[np.minimum(codes, 127)], codes * np.uint64(0xD6E8FEB86659FD93))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.multiply(mixed, powers[: len(codes)], out=mixed)
    np.cumsum(mixed, out=sums[1:])
    return scrambled((sums[ends] - sums[starts]) * inverses[starts])


def text_hash(text: str) -> int:
    """Hash a word alone, as :func:`span_hashes` would where it stands in a text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    span = np.array([0, len(codes)], np.int32)
    return int(span_hashes(codes, span[:1], span[1:])[0])
