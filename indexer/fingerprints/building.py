"""Files on their way into a segment, in memory until there are enough of them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.contents import ContentRow, PlaceRow, packed_marks
from indexer.fingerprints.model import FileInput
from indexer.fingerprints.paged import FileRef
from indexer.fingerprints.postings import CONTEXT_BITS, keys_of, spots_of
from indexer.fingerprints.segments import MAX_POSITIONS, FreshRun, SegmentTables, write_segment
from indexer.fingerprints.texts import packed_text

FLUSH_POSTINGS = 4_000_000
"""Some 350 MB of source; 64 MB of memory."""
_FLUSH_TEXT_BYTES = 128_000_000
_FLUSH_PLACES = 500_000


class _Body(NamedTuple):
    """The fingerprints of a content; spots count from its beginning."""

    keys: NDArray[np.uint64]
    spots: NDArray[np.uint64]
    extent: int
    family: int
    marks: bytes


class SegmentBuilder:
    """Collects files."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], FileInput] = {}  # by origin's uid and path
        self._bodies: dict[bytes, _Body] = {}
        self._stubs: set[bytes] = set()
        self.texts: dict[bytes, bytes] = {}
        self._postings = 0
        self._positions = 0
        self._text_bytes = 0

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not self._places and not self._bodies

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to write."""
        return (
            self._postings >= FLUSH_POSTINGS
            or self._text_bytes >= _FLUSH_TEXT_BYTES
            or len(self._places) >= _FLUSH_PLACES
            or self._positions >= MAX_POSITIONS // 4
        )

    def has_body(self, content_hash: bytes) -> bool:
        """Tell whether the fingerprints of a content are here."""
        return content_hash in self._bodies

    def add(self, uid: str, file: FileInput, family: int, has_body_elsewhere: bool) -> None:
        """Add a file; one of the same origin and path is replaced.

        :raises ValueError: if its positions are not below its extent, or arrays differ in length.
        """
        if file.hashes is not None and file.positions is not None and not has_body_elsewhere:
            if file.content_hash not in self._bodies:
                self._add_body(file, family)
        elif file.content_hash not in self._bodies:
            self._stubs.add(file.content_hash)
        if file.text is not None and file.content_hash not in self.texts:
            self.texts[file.content_hash] = packed_text(file.text)
            self._text_bytes += len(self.texts[file.content_hash])
        self._places[uid, file.path] = FileInput(
            file.path, file.content_hash, size_bytes=file.size_bytes, facts=file.facts
        )

    def _add_body(self, file: FileInput, family: int) -> None:
        hashes, positions = file.hashes, file.positions
        if hashes is None or positions is None or len(hashes) != len(positions):
            raise ValueError(f"{file.path}: as many positions as hashes are needed")
        if len(positions) and int(positions.max()) >= file.extent:
            raise ValueError(f"{file.path}: a position lies beyond its extent")
        contexts = np.zeros(len(hashes), np.uint8) if file.contexts is None else file.contexts
        if len(contexts) != len(hashes):
            raise ValueError(f"{file.path}: as many contexts as hashes are needed")
        local = spots_of(positions.astype(np.int64), contexts.astype(np.int64))
        marks = b"" if file.marks is None else packed_marks(file.marks)
        self._bodies[file.content_hash] = _Body(keys_of(hashes), local, file.extent, family, marks)
        self._postings += len(hashes)
        self._positions += file.extent

    def remove(self, uid: str, path: str) -> bool:
        """Take a file out again; tells whether it was here."""
        return self._places.pop((uid, path), None) is not None

    def remove_origin(self, uid: str) -> None:
        """Take all files of an origin out again."""
        for key in [key for key in self._places if key[0] == uid]:
            del self._places[key]

    def paths_of(self, uid: str) -> dict[str, FileInput]:
        """Return the files of an origin by path."""
        return {path: file for (owner, path), file in self._places.items() if owner == uid}

    def write(self, path: Path) -> tuple[FileRef, int, tuple[str, ...]]:
        """Write the segment; returns its reference, number of entries and origins."""
        sizes = {file.content_hash: file.size_bytes for file in self._places.values()}
        hashes = sorted({*self._bodies, *sizes})
        contents, keys, spots = [], [], []
        base = 0
        for content_hash in hashes:
            body = self._bodies.get(content_hash)
            size = sizes.get(content_hash, 0)
            if body:
                contents.append(ContentRow(content_hash, body.extent, size, body.family, True, body.marks))
                keys.append(body.keys)
                spots.append(body.spots + np.uint64(base << CONTEXT_BITS))
                base += body.extent
            else:
                contents.append(ContentRow(content_hash, 0, size, 0, False))
        uids = list(dict.fromkeys(uid for uid, _ in self._places))
        numbers = {uid: number for number, uid in enumerate(uids)}
        places = [
            PlaceRow(numbers[uid], file.path, file.facts, file.content_hash)
            for (uid, _), file in self._places.items()
        ]
        empty = np.empty(0, np.uint64)
        run = FreshRun(np.concatenate([empty, *keys]), np.concatenate([empty, *spots]))
        ref, entries = write_segment(path, SegmentTables(contents, places, uids), [run])
        return ref, entries, tuple(uids)
