"""Postings of a segment: which fingerprints stand where, sorted, packed, behind a filter.

A fingerprint is kept as a *key*, the top 34 bits of its mixed hash. The top bits of a key choose its bucket; an entry
holds the other bits and a *spot*: a global position, and eight bits of what stands around it. It is packed into as few
bits as the segment needs: some 50. A position that does not exist marks a key as common. With buckets and filter an
entry takes about 7.6 bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.filters import WORDS, FilterBuilder, blocks_of, passes
from indexer.fingerprints.packing import MAX_WIDTH, Packer, unpack
from indexer.fingerprints.paged import DamagedFileError, PagedFile, PagedWriter

KEY_BITS = 34
"""A looked-up hash meets a posting of another with a chance of postings / 2^34: 1 in 1,200 for 14 million. What stands
around tells most of these apart."""
CONTEXT_BITS = 8
_ENTRIES_PER_BUCKET = 8
_MAX_BUCKET_BITS = 26


def keys_of(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys of hashes; mixed first (Steele, Lea, Flood 2014, SplitMix64), since hashes may be poor."""
    mixed = hashes.astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(64 - KEY_BITS)


@dataclass(frozen=True, slots=True)
class Layout:
    """How entries are packed.

    :ivar bucket_bits: top bits of a key that choose its bucket.
    :ivar position_bits: of a global position; the greatest spot marks a common key.
    """

    bucket_bits: int
    position_bits: int

    @classmethod
    def of(cls, entries: int, positions: int) -> "Layout":
        """Choose the layout for at most so many entries with positions below ``positions``."""
        position_bits = max(1, positions.bit_length())
        bucket_bits = max(0, (entries // _ENTRIES_PER_BUCKET).bit_length() - 1)
        needed = KEY_BITS + position_bits + CONTEXT_BITS - MAX_WIDTH
        return cls(min(_MAX_BUCKET_BITS, max(bucket_bits, needed, 0)), position_bits)

    @property
    def rest_bits(self) -> int:
        """Bits of a key that an entry holds."""
        return KEY_BITS - self.bucket_bits

    @property
    def width(self) -> int:
        """Bits of an entry."""
        return self.rest_bits + self.spot_bits

    @property
    def spot_bits(self) -> int:
        """Bits of a position and of what stands around it."""
        return self.position_bits + CONTEXT_BITS

    @property
    def common(self) -> int:
        """The spot of a common key's only entry."""
        return (1 << self.spot_bits) - 1


def spots_of(positions: NDArray[np.int64], contexts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return global positions with what stands around them."""
    return ((positions << CONTEXT_BITS) | contexts).astype(np.uint64)


def write_postings(
    file: PagedWriter,
    layout: Layout,
    entries: int,
    pieces: Iterable[tuple[NDArray[np.uint64], NDArray[np.uint64]]],
) -> int:
    """Write keys and spots, ascending by both over all pieces; returns how many.

    :param entries: at least as many as will come.
    """
    packer = Packer(layout.width)
    filter_ = FilterBuilder(entries, KEY_BITS)
    counts = np.zeros(1 << layout.bucket_bits, np.uint32)
    rest_mask = np.uint64((1 << layout.rest_bits) - 1)
    written = 0

    def packed() -> Iterator[NDArray[np.uint8]]:
        nonlocal written
        for keys, spots in pieces:
            if not keys.size:
                continue
            filter_.add(keys)
            buckets = (keys >> np.uint64(layout.rest_bits)).astype(np.int64)
            counts[buckets[0] : buckets[-1] + 1] += np.bincount(buckets - buckets[0]).astype(np.uint32)
            written += len(keys)
            yield from packer.add(((keys & rest_mask) << np.uint64(layout.spot_bits)) | spots)
        yield packer.finish()

    file.array("entries", "<u1", packed())
    file.array("buckets", "<u4", [np.zeros(1, np.uint32), np.cumsum(counts, dtype=np.uint32)])
    file.array("filter", "<u4", [filter_.words])
    return written


class Postings:
    """The postings of an open file."""

    def __init__(self, file: PagedFile, layout: Layout, entries: int) -> None:
        self._file = file
        self.layout = layout
        self.entries = entries
        self._data = file.unverified("entries")
        self._buckets = file.unverified("buckets")
        filter_ = file.unverified("filter")
        if (
            not 0 <= layout.bucket_bits <= _MAX_BUCKET_BITS
            or not 1 <= layout.position_bits <= 32
            or not 0 < layout.width <= MAX_WIDTH
            or entries < 0
            or len(self._data) * 8 < entries * layout.width + 64
            or len(self._buckets) != (1 << layout.bucket_bits) + 1
            or not len(filter_)
            or len(filter_) % WORDS
        ):
            raise DamagedFileError(f"{file.name} has other postings than it says")
        self._filter: NDArray[np.uint32] = filter_.reshape(-1, WORDS)

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Return the entries of keys: index of the key, and spot; in the order of the keys.

        :raises DamagedFileError: if what is needed is damaged.
        """
        blocks = blocks_of(keys, KEY_BITS, len(self._filter))
        block_bytes = WORDS * 4
        self._file.touch("filter", blocks * block_bytes, (blocks + 1) * block_bytes)
        candidates = np.flatnonzero(passes(self._filter[blocks], keys))
        if not candidates.size:
            return candidates, np.empty(0, np.uint64)
        passed = keys[candidates]
        buckets = (passed >> np.uint64(self.layout.rest_bits)).astype(np.int64)
        self._file.touch("buckets", buckets * 4, (buckets + 2) * 4)
        starts = self._buckets[buckets].astype(np.int64)
        counts = self._buckets[buckets + 1].astype(np.int64) - starts
        owner = np.repeat(np.arange(len(passed)), self._checked(starts, counts))
        firsts = np.cumsum(counts) - counts
        indices = np.arange(len(owner)) + (starts - firsts)[owner]
        full = counts > 0
        width = self.layout.width
        self._file.touch("entries", starts[full] * width >> 3, ((starts + counts)[full] * width >> 3) + 8)
        values = unpack(self._data, indices, width)
        rest = np.uint64((1 << self.layout.rest_bits) - 1)
        matching = (values >> np.uint64(self.layout.spot_bits)) == (passed & rest)[owner]
        return candidates[owner[matching]], values[matching] & np.uint64(self.layout.common)

    def _checked(self, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
        if (counts < 0).any() or (starts + counts > self.entries).any():
            raise DamagedFileError(f"{self._file.name} has buckets beyond its postings")
        return counts

    def between(self, low: int, high: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return keys and spots of all entries with ``low <= key < high``, ascending.

        :raises DamagedFileError: if they are damaged.
        """
        layout = self.layout
        buckets = self._file.whole("buckets").astype(np.int64)
        self._file.whole("entries")
        if (np.diff(buckets) < 0).any() or buckets[0] != 0 or buckets[-1] != self.entries:
            raise DamagedFileError(f"{self._file.name} has buckets beyond its postings")
        first = low >> layout.rest_bits
        last = min(-(-high >> layout.rest_bits), 1 << layout.bucket_bits)
        counts = np.diff(buckets[first : last + 1])
        values = unpack(self._data, np.arange(buckets[first], buckets[last]), layout.width)
        prefix = np.repeat(np.arange(first, last, dtype=np.uint64), counts) << np.uint64(layout.rest_bits)
        keys = prefix | (values >> np.uint64(layout.spot_bits))
        inside = slice(*np.searchsorted(keys, np.array([low, high], np.uint64)))
        return keys[inside], values[inside] & np.uint64(layout.common)
