"""A segment: an immutable file with the contents, places and postings of some origins.

Segments are written from *runs*, sorted postings of what was just fingerprinted or of older segments, one range of keys
after the other: a merge of any size needs memory for one range.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.condensing import condense
from indexer.fingerprints.contents import ContentRow, Contents, PlaceRow, write_contents
from indexer.fingerprints.paged import DamagedFileError, FileRef, PagedFile, PagedWriter
from indexer.fingerprints.postings import (
    CONTEXT_BITS,
    KEY_BITS,
    Layout,
    Postings,
    spots_of,
    write_postings,
)

MAX_POSITIONS = (1 << 32) - 2
"""Of all contents of a segment; positions take 32 bits, and the greatest marks common keys."""
_RANGE_ENTRIES = 1 << 20


class Run(Protocol):
    """Postings to be written."""

    entries: int
    """How many at most."""

    def between(self, low: int, high: int, common: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return keys and spots of the new segment, for ``low <= key < high``, in any order.

        :param common: the spot that marks a common key.
        """
        ...


class FreshRun:
    """Postings of files that were just fingerprinted."""

    def __init__(self, keys: NDArray[np.uint64], spots: NDArray[np.uint64]) -> None:
        order = np.argsort(keys)
        self._keys, self._spots = keys[order], spots[order]
        self.entries = len(keys)

    def between(self, low: int, high: int, common: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """See :class:`Run`."""
        inside = slice(*np.searchsorted(self._keys, np.array([low, high], np.uint64)))
        return self._keys[inside], self._spots[inside]


class Segment:
    """An open segment. Contents and places are verified when first used, postings page by page."""

    def __init__(self, folder: Path, ref: FileRef) -> None:
        """Open a segment.

        :raises DamagedFileError: if it is missing or damaged; later uses raise it too.
        """
        self.ref = ref
        self.file = PagedFile(folder, ref)
        facts = self.file.facts
        try:
            layout = Layout(int(facts["bucket_bits"]), int(facts["position_bits"]))
            self.postings = Postings(self.file, layout, int(facts["entries"]))
            self.origins = tuple(str(uid) for uid in facts["origins"])
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise DamagedFileError(f"{ref.name} has an unreadable header") from error
        self._contents: Contents | None = None

    @property
    def contents(self) -> Contents:
        """Contents and places."""
        if self._contents is None:
            contents = Contents(self.file)
            if contents.place_origins.size and contents.place_origins.max() >= len(self.origins):
                raise DamagedFileError(f"{self.ref.name} has places of unknown origin")
            if contents.bases[-1] > self.postings.layout.common >> CONTEXT_BITS:
                raise DamagedFileError(f"{self.ref.name} has more positions than it says")
            self._contents = contents
        return self._contents

    def find(
        self, keys: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the postings of keys: index of the key, row of the content (-1: common), local position, context."""
        index, spots = self.postings.find(keys)
        if not index.size:
            return index, index, index, index
        return index, *self.locate(spots)

    def locate(
        self, spots: NDArray[np.uint64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return row (-1 for the mark of common keys), local position and context of spots.

        :raises DamagedFileError: if one lies in no content.
        """
        bases = self.contents.bases
        signed = spots.astype(np.int64)
        common = signed == self.postings.layout.common
        positions = signed >> CONTEXT_BITS
        rows = np.searchsorted(bases, positions, "right") - 1
        if ((rows >= len(bases) - 1) & ~common).any():
            raise DamagedFileError(f"{self.ref.name} has positions beyond its contents")
        rows[common] = -1
        return rows, positions - bases[rows], signed & ((1 << CONTEXT_BITS) - 1)


class SegmentRun:
    """Postings of a segment, to be written to another."""

    def __init__(self, segment: Segment, new_bases: NDArray[np.int64]) -> None:
        """Take the new base of each content, -1 for what is dropped."""
        self._segment = segment
        self._new_bases = new_bases
        self.entries = segment.postings.entries

    def between(self, low: int, high: int, common: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """See :class:`Run`."""
        keys, spots = self._segment.postings.between(low, high)
        rows, local, context = self._segment.locate(spots)
        marked = rows < 0
        bases = self._new_bases[rows]
        kept = marked | (bases >= 0)
        moved = np.where(marked, np.uint64(common), spots_of(bases + local, context))
        return keys[kept], moved[kept]


@dataclass(frozen=True, slots=True)
class SegmentTables:
    """What a segment holds besides postings.

    :ivar contents: sorted by hash.
    :ivar origins: unique ids, by the index that places use.
    """

    contents: Sequence[ContentRow]
    places: Sequence[PlaceRow]
    origins: Sequence[str]

    def bases(self) -> NDArray[np.int64]:
        """Return the first global position of each content, and the end of the last."""
        extents = np.array([0, *(row.extent for row in self.contents)], np.int64)
        return np.cumsum(extents)


def write_segment(path: Path, tables: SegmentTables, runs: Sequence[Run]) -> tuple[FileRef, int]:
    """Write a segment; returns its reference and its number of entries."""
    bases = tables.bases()
    entries = sum(run.entries for run in runs)
    layout = Layout.of(entries, int(bases[-1]) + 1)
    families = np.array([row.family for row in tables.contents], np.uint32)
    with PagedWriter(path) as file:
        write_contents(file, tables.contents, tables.places)
        pieces = _condensed(runs, entries, layout, bases, families)
        written = write_postings(file, layout, entries, pieces)
        facts = {
            "entries": written,
            "bucket_bits": layout.bucket_bits,
            "position_bits": layout.position_bits,
            "origins": list(tables.origins),
        }
        return file.finish(facts), written


def _condensed(
    runs: Sequence[Run],
    entries: int,
    layout: Layout,
    bases: NDArray[np.int64],
    families: NDArray[np.uint32],
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    range_bits = max(
        (entries // _RANGE_ENTRIES).bit_length(),
        KEY_BITS + layout.spot_bits - 64,  # what is left of a key and a spot are sorted as one integer
        0,
    )
    step = 1 << (KEY_BITS - range_bits)
    shift = np.uint64(layout.spot_bits)
    for low in range(0, 1 << KEY_BITS, step):
        parts = [run.between(low, low + step, layout.common) for run in runs]
        keys = np.concatenate([part[0] for part in parts]) - np.uint64(low)
        spots = np.concatenate([part[1] for part in parts])
        both = np.sort((keys << shift) | spots)
        keys, spots = both >> shift, both & np.uint64(layout.common)
        marked = spots == layout.common
        rows = np.searchsorted(bases, spots.astype(np.int64) >> CONTEXT_BITS, "right") - 1
        rows[marked] = 0
        judged = condense(keys, rows, families[rows] if len(families) else rows.astype(np.uint32), marked)
        kept = judged.kept
        firsts = judged.common.copy()
        firsts[1:] &= keys[1:] != keys[:-1]
        spots[firsts] = layout.common
        kept = judged.kept | firsts
        yield keys[kept] + np.uint64(low), spots[kept]
