"""Arrays of integers of any width up to 57 bits, packed without gaps, read at random places.

Integer ``i`` takes bits ``i * width`` up to ``(i + 1) * width`` of a big-endian bit stream.
"""

import numpy as np
from numpy.typing import NDArray

MAX_WIDTH = 57
"""An integer starts at any bit of a byte and must lie within eight bytes."""
PADDING = 8
"""Bytes after the last integer, so that eight can always be read."""
_GROUP = 8  # so many integers fill whole bytes
_STEP = 1 << 16


class Packer:
    """Packs integers that come in pieces."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rest: NDArray[np.uint64] = np.empty(0, np.uint64)

    def add(self, values: NDArray[np.uint64]) -> list[NDArray[np.uint8]]:
        """Take further integers; returns the bytes that are complete."""
        values = np.concatenate([self._rest, values])
        whole = len(values) - len(values) % _GROUP
        self._rest = values[whole:]
        return [self._packed(values[at : min(at + _STEP, whole)]) for at in range(0, whole, _STEP)]

    def finish(self) -> NDArray[np.uint8]:
        """Return the last bytes, and padding."""
        rest, self._rest = self._packed(self._rest), self._rest[:0]
        return np.concatenate([rest, np.zeros(PADDING, np.uint8)])

    def _packed(self, values: NDArray[np.uint64]) -> NDArray[np.uint8]:
        octets = values.astype(">u8").view(np.uint8).reshape(-1, 8)
        bits = np.unpackbits(octets, axis=1)[:, 64 - self._width :]
        return np.packbits(bits)


def unpack(data: NDArray[np.uint8], indices: NDArray[np.int64], width: int) -> NDArray[np.uint64]:
    """Return the integers at some indices.

    :param data: contiguous, of which the indices lie within.
    """
    windows: NDArray[np.uint64] = np.ndarray((max(0, len(data) - 7),), ">u8", data, strides=(1,))
    bits = indices * width
    values: NDArray[np.uint64] = windows[bits >> 3].astype(np.uint64)
    values = (values << (bits & 7).astype(np.uint64)) >> np.uint64(64 - width)
    return values
