"""The tables of a segment that are not postings: contents, and the places where they stand.

Contents are sorted by their hash. A content without *body* is a stub: it is stored in another segment, and gained a
place in this one. Paths are kept in compressed blocks, in the order of origin and path, since neighbours share most.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.paged import DamagedFileError, PagedFile, PagedWriter

_BLOCK = 64
_MAX_BLOCK_BYTES = 4_000_000
"""Of a block's paths, far above any real one: a hostile file must not exhaust memory."""


def family_number(family: str) -> int:
    """Return a number below 2^32 for a family's name."""
    return int.from_bytes(hashlib.blake2b(family.encode("utf-8", "replace"), digest_size=4).digest(), "big")


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A content to be written."""

    content_hash: bytes
    extent: int
    size_bytes: int
    family: int
    has_body: bool
    marks: bytes = b""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place to be written.

    :ivar origin: index of its origin in the segment's list.
    """

    origin: int
    path: str
    facts: str
    content_hash: bytes


def write_contents(file: PagedWriter, contents: Sequence[ContentRow], places: Sequence[PlaceRow]) -> None:
    """Write both tables.

    :param contents: sorted by hash, one of every content that a place names.
    """
    halves = np.frombuffer(b"".join(row.content_hash for row in contents), ">u8").reshape(-1, 2)
    file.array("hash_high", "<u8", [halves[:, 0]])
    file.array("hash_low", "<u8", [halves[:, 1]])
    file.array("extents", "<u4", [np.array([row.extent for row in contents], np.uint32)])
    file.array("sizes", "<u4", [np.array([row.size_bytes for row in contents], np.int64).clip(0, 2**32 - 1)])
    file.array("families", "<u4", [np.array([row.family for row in contents], np.uint32)])
    file.array("bodies", "<u1", [np.array([row.has_body for row in contents], np.uint8)])
    file.array("mark_data", "<u1", [np.frombuffer(b"".join(row.marks for row in contents), np.uint8)])
    file.array("mark_ends", "<u4", [np.cumsum([0, *(len(row.marks) for row in contents)], dtype=np.uint32)])
    rows = {row.content_hash: number for number, row in enumerate(contents)}
    places = sorted(places, key=lambda place: (place.origin, place.path))
    file.array("place_contents", "<u4", [np.array([rows[place.content_hash] for place in places], np.uint32)])
    file.array("place_origins", "<u4", [np.array([place.origin for place in places], np.uint32)])
    blocks = [_packed(places[at : at + _BLOCK]) for at in range(0, len(places), _BLOCK)]
    file.array("path_data", "<u1", [np.frombuffer(b"".join(blocks), np.uint8)])
    file.array("path_ends", "<u8", [np.cumsum([len(block) for block in blocks], dtype=np.uint64)])


def _packed(places: Sequence[PlaceRow]) -> bytes:
    paths = [place.path for place in places]
    facts = [place.facts for place in places]
    return zlib.compress(json.dumps([paths, facts] if any(facts) else [paths]).encode(), 9)


class Contents:
    """The contents and places of an open file. Rows count from 0.

    :raises DamagedFileError: by every method, if what it needs is damaged.
    """

    def __init__(self, file: PagedFile) -> None:
        self._file = file
        self._high: NDArray[np.uint64] = file.whole("hash_high")
        self._low: NDArray[np.uint64] = file.whole("hash_low")
        self.extents: NDArray[np.uint32] = file.whole("extents")
        self.sizes: NDArray[np.uint32] = file.whole("sizes")
        self.families: NDArray[np.uint32] = file.whole("families")
        self.bodies: NDArray[np.bool_] = file.whole("bodies").astype(np.bool_)
        self.place_contents: NDArray[np.uint32] = file.whole("place_contents")
        self.place_origins: NDArray[np.uint32] = file.whole("place_origins")
        self.bases = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.extents, dtype=np.int64)])
        columns = (self._high, self._low, self.extents, self.sizes, self.families, self.bodies)
        if len({len(column) for column in columns}) != 1 or len(self.place_contents) != len(
            self.place_origins
        ):
            raise DamagedFileError(f"{file.name} has columns of different lengths")
        if self.place_contents.size and self.place_contents.max() >= len(self):
            raise DamagedFileError(f"{file.name} has places without content")
        self._mark_data = file.unverified("mark_data")
        self._mark_ends = file.unverified("mark_ends")
        if len(self._mark_ends) != len(self) + 1:
            raise DamagedFileError(f"{file.name} has columns of different lengths")
        if len(file.unverified("path_ends")) != -(-len(self.place_contents) // _BLOCK):
            raise DamagedFileError(f"{file.name} lacks paths")
        self._block = lru_cache(maxsize=64)(self._read_block)

    def __len__(self) -> int:
        return len(self._high)

    def content_hash(self, row: int) -> bytes:
        """Return the hash of a content."""
        return int(self._high[row]).to_bytes(8, "big") + int(self._low[row]).to_bytes(8, "big")

    def marks(self, row: int) -> bytes:
        """Return the marks of a content as they are packed."""
        self._file.touch("mark_ends", np.array([4 * row]), np.array([4 * row + 8]))
        start, end = int(self._mark_ends[row]), int(self._mark_ends[row + 1])
        if not start <= end <= len(self._mark_data):
            raise DamagedFileError(f"{self._file.name} has marks beyond its end")
        if start == end:
            return b""
        self._file.touch("mark_data", np.array([start]), np.array([end]))
        return self._mark_data[start:end].tobytes()

    def halves(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the hashes of contents, ``(n, 2)``: high and low half."""
        return np.stack([self._high[rows], self._low[rows]], axis=1)

    def rows_of(self, halves: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the row of each hash, -1 where there is none.

        :param halves: ``(n, 2)``, high and low half.
        """
        rows = np.full(len(halves), -1, np.int64)
        at = np.searchsorted(self._high, halves[:, 0])
        for step in range(2):  # two hashes that share 64 bits are as good as impossible, three are more so
            candidates = np.minimum(at + step, max(0, len(self) - 1))
            if len(self):
                same = (self._high[candidates] == halves[:, 0]) & (self._low[candidates] == halves[:, 1])
                rows[same] = candidates[same]
        return rows

    def row_of(self, content_hash: bytes) -> int:
        """Return the row of a hash, -1 if there is none."""
        high, low = int.from_bytes(content_hash[:8], "big"), int.from_bytes(content_hash[8:], "big")
        row = int(np.searchsorted(self._high, np.uint64(high)))
        while row < len(self) and int(self._high[row]) == high:
            if int(self._low[row]) == low:
                return row
            row += 1
        return -1

    def path(self, place: int) -> tuple[str, str]:
        """Return path and facts of a place."""
        return self._block(place // _BLOCK)[place % _BLOCK]

    def paths(self) -> Iterator[tuple[str, str]]:
        """Return path and facts of all places, in order."""
        for block in range(-(-len(self.place_contents) // _BLOCK)):
            yield from self._read_block(block)

    def _read_block(self, block: int) -> list[tuple[str, str]]:
        ends = self._file.whole("path_ends")
        start, end = (int(ends[block - 1]) if block else 0), int(ends[block])
        data = self._file.unverified("path_data")
        if not 0 <= start < end <= len(data):
            raise DamagedFileError(f"{self._file.name} has paths beyond its end")
        self._file.touch("path_data", np.array([start]), np.array([end]))
        try:
            unpacker = zlib.decompressobj()
            columns = json.loads(unpacker.decompress(data[start:end].tobytes(), _MAX_BLOCK_BYTES))
            paths = [str(path) for path in columns[0]]
            facts = [str(text) for text in columns[1]] if len(columns) > 1 else [""] * len(paths)
            pairs = list(zip(paths, facts, strict=True))
        except (zlib.error, ValueError, TypeError, LookupError, RecursionError) as error:
            raise DamagedFileError(f"{self._file.name} has unreadable paths") from error
        if len(pairs) != min(_BLOCK, len(self.place_contents) - block * _BLOCK):
            raise DamagedFileError(f"{self._file.name} lacks paths")
        return pairs


def packed_marks(marks: NDArray[np.uint32]) -> bytes:
    """Return ascending numbers as the steps between them, in LEB128: most take one byte."""
    steps = np.diff(marks.astype(np.int64), prepend=0)
    if len(steps) and int(steps.min()) < 0:
        raise ValueError("marks have to ascend")
    if not len(steps) or int(steps.max()) < 128:
        return steps.astype(np.uint8).tobytes()
    packed = bytearray()
    for step in steps.tolist():
        while step >= 128:
            packed.append(step & 127 | 128)
            step >>= 7
        packed.append(step)
    return bytes(packed)


def unpacked_marks(packed: bytes) -> NDArray[np.int64]:
    """Return what :func:`packed_marks` was given; of other bytes, some numbers that ascend."""
    data = np.frombuffer(packed, np.uint8).astype(np.int64)
    last = data < 128
    firsts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(last[:-1]) + 1]) if len(data) else data
    if len(firsts) == len(data):
        return np.cumsum(data)
    within = np.arange(len(data)) - np.repeat(firsts, np.diff(firsts, append=len(data)))
    return np.cumsum(np.add.reduceat((data & 127) << np.minimum(7 * within, 28), firsts))


def halves_of(hashes: Sequence[bytes]) -> NDArray[np.uint64]:
    """Return 16-byte hashes as ``(n, 2)`` uint64: high and low half."""
    return np.frombuffer(b"".join(hashes), ">u8").reshape(-1, 2).astype(np.uint64)
