"""Kept texts of contents, each compressed on its own, in a file beside the segment that brought them."""

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.contents import halves_of
from indexer.fingerprints.paged import DamagedFileError, FileRef, PagedFile, PagedWriter

MAX_TEXT_BYTES = 64_000_000
"""A text that unpacks to more is refused: far above what discovery reads, far below what exhausts memory."""


def packed_text(text: str) -> bytes:
    """Return the form in which a text is kept."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def write_texts(path: Path, texts: Iterable[tuple[bytes, bytes]]) -> FileRef:
    """Write packed texts with their content hashes.

    :param texts: sorted by content hash.
    """
    hashes: list[bytes] = []
    lengths: list[int] = []

    def pieces() -> Iterator[NDArray[np.uint8]]:
        for content_hash, text in texts:
            hashes.append(content_hash)
            lengths.append(len(text))
            yield np.frombuffer(text, np.uint8)

    with PagedWriter(path) as file:
        file.array("data", "<u1", pieces())
        file.array("ends", "<u8", [np.cumsum(lengths, dtype=np.uint64)])
        halves = halves_of(hashes)
        file.array("hash_high", "<u8", [halves[:, 0]])
        file.array("hash_low", "<u8", [halves[:, 1]])
        return file.finish({})


class Texts:
    """The texts of an open file.

    :raises DamagedFileError: by every method, if what it needs is damaged.
    """

    def __init__(self, file: PagedFile) -> None:
        self.file = file
        self._high: NDArray[np.uint64] = file.whole("hash_high")
        self._low: NDArray[np.uint64] = file.whole("hash_low")
        self._ends: NDArray[np.uint64] = file.whole("ends")
        self._data = file.unverified("data")
        if not len(self._high) == len(self._low) == len(self._ends):
            raise DamagedFileError(f"{file.name} has columns of different lengths")

    def hashes(self) -> Iterator[bytes]:
        """Return the hashes of all contents that have a text here."""
        for high, low in zip(self._high.tolist(), self._low.tolist(), strict=True):
            yield high.to_bytes(8, "big") + low.to_bytes(8, "big")

    def packed(self, content_hash: bytes) -> bytes | None:
        """Return a text as it is kept; None if it is not here."""
        high, low = halves_of([content_hash])[0]
        row = int(np.searchsorted(self._high, high))
        while row < len(self._high) and self._high[row] == high:
            if self._low[row] == low:
                start, end = int(self._ends[row - 1]) if row else 0, int(self._ends[row])
                if not 0 <= start < end <= len(self._data):
                    raise DamagedFileError(f"{self.file.name} has texts beyond its end")
                self.file.touch("data", np.array([start]), np.array([end]))
                return self._data[start:end].tobytes()
            row += 1
        return None

    def get(self, content_hash: bytes) -> str | None:
        """Return a text; None if it is not here."""
        packed = self.packed(content_hash)
        if packed is None:
            return None
        try:
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(packed, MAX_TEXT_BYTES)
            if not unpacker.eof:
                raise DamagedFileError(f"{self.file.name} has a text that is too large")
            return text.decode("utf-8", "surrogatepass")
        except (zlib.error, UnicodeDecodeError) as error:
            raise DamagedFileError(f"{self.file.name} has an unreadable text") from error
