"""Grams that unrelated projects have in common: idioms, boilerplate, what frameworks ask for. They are no evidence.

Two sources tell them: the store, which drops the fingerprints of three families, and the list shipped here, made by
`training/background_filter.py` of projects that the user need not have. The list holds the upper 28 bits of hashes,
as differences in ascending order: a fourth of the size of the hashes, and one in a thousand others seems common.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.winnowing import K

_BITS = 28
_MAGIC = b"common grams 1\n"
_SHIPPED = "common-grams.bin"


class CommonGrams:
    """A set of common grams; safe to use in threads."""

    def __init__(self, keys: NDArray[np.uint32]) -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    @classmethod
    def of(cls, hashes: NDArray[np.uint64]) -> CommonGrams:
        """Make a set of the hashes of grams, in any order."""
        return cls(np.unique(_key(hashes)))

    @classmethod
    def from_bytes(cls, data: bytes) -> CommonGrams:
        """Read what :meth:`to_bytes` wrote.

        :raises ValueError: it is something else, or made for grams of another length.
        """
        header, _, rest = data.removeprefix(_MAGIC).partition(b"\n")
        if not data.startswith(_MAGIC) or header != str(K).encode():
            raise ValueError(f"not a list of common grams of {K} tokens; make it again")
        planes = np.frombuffer(zlib.decompress(rest), np.uint8).reshape(4, -1)
        steps = sum(plane.astype(np.uint32) << np.uint32(8 * index) for index, plane in enumerate(planes))
        return cls(np.cumsum(steps, dtype=np.uint32))

    def to_bytes(self) -> bytes:
        """Write it: byte planes of the differences, compressed."""
        steps = np.diff(self._keys, prepend=np.uint32(0)).astype("<u4")
        planes = np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4).T)
        return _MAGIC + str(K).encode() + b"\n" + zlib.compress(planes.tobytes(), 9)

    def contains(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell which of some grams are common; one in a thousand that is not seems so."""
        if not len(self._keys):
            return np.zeros(len(hashes), np.bool_)
        keys = _key(hashes)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found: NDArray[np.bool_] = self._keys[at] == keys
        return found


def _key(hashes: NDArray[np.uint64]) -> NDArray[np.uint32]:
    return (hashes >> np.uint64(64 - _BITS)).astype(np.uint32)


@cache
def shipped_common_grams() -> CommonGrams:
    """Load the list that is shipped; empty if the package was built without it."""
    file = files("indexer.fingerprints") / _SHIPPED
    return CommonGrams.from_bytes(file.read_bytes())
