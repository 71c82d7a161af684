"""A store at one time: lookups, places and texts over all of its segments.

A snapshot never changes and outlives later writes. A segment that turns out to be damaged is left out from then on,
said in :attr:`StoreSnapshot.problems`, and its origins are reported as needing a rebuild; nothing is raised.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.condensing import condense
from indexer.fingerprints.contents import halves_of, unpacked_marks
from indexer.fingerprints.model import Hits, OriginSummary, Place, StoredText, TextProblem
from indexer.fingerprints.paged import DamagedFileError, PagedFile
from indexer.fingerprints.postings import keys_of
from indexer.fingerprints.reading import read_stored
from indexer.fingerprints.segments import Segment
from indexer.fingerprints.state import OriginEntry, SegmentEntry, State
from indexer.fingerprints.texts import Texts

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class OpenSegment:
    """A segment with what the state says about it."""

    def __init__(self, folder: Path, entry: SegmentEntry, opened: Mapping[str, "OpenSegment"]) -> None:
        """Open its files; those that are open already are shared.

        :raises DamagedFileError: if one is damaged. Damaged texts are only set aside: see ``texts_problem``.
        """
        self.entry = entry
        known = opened.get(entry.file.name)
        self.segment: Segment = known.segment if known else Segment(folder, entry.file)
        self._dead = PagedFile(folder, entry.dead) if entry.dead else None
        self.texts_problem = ""
        self.texts: Texts | None = known.texts if known else None
        if entry.texts and not known:
            try:
                self.texts = Texts(PagedFile(folder, entry.texts))
            except DamagedFileError as error:
                self.texts_problem = str(error)

    def dead(self) -> NDArray[np.bool_]:
        """Return which places were removed one by one, ``(places,)``."""
        size = len(self.segment.contents.place_contents)
        if self._dead is None:
            return np.zeros(size, np.bool_)
        bits = np.unpackbits(self._dead.whole("dead"))[:size].astype(np.bool_)
        if len(bits) != size:
            raise DamagedFileError(f"{self._dead.name} has the wrong length")
        return bits

    def dead_or_none(self) -> NDArray[np.bool_] | None:
        """Return the same, or None if no place was removed."""
        return None if self._dead is None else self.dead()

    def live_places(self, origins: Collection[str]) -> NDArray[np.bool_]:
        """Return which places are neither removed nor of a removed origin."""
        live_origins = np.array([uid in origins for uid in self.segment.origins], np.bool_)
        contents = self.segment.contents
        live: NDArray[np.bool_] = ~self.dead()
        if not live_origins.all():
            live &= live_origins[contents.place_origins]
        return live

    def is_untouched(self, origins: Collection[str]) -> bool:
        """Tell whether nothing of it was removed."""
        return self._dead is None and all(uid in origins for uid in self.segment.origins)


class StoreSnapshot:
    """See the module's docstring. Content ids belong to one snapshot. Safe to use from several threads."""

    def __init__(
        self, folder: Path, state: State, problem: str = "", opened: Mapping[str, OpenSegment] | None = None
    ) -> None:
        self.state = state
        self._problems: list[str] = (
            [f"corpus store {folder}: {problem}; add what is missing again"] if problem else []
        )
        self._lost: dict[str, str] = {}  # uid of an origin -> why some of it is lost
        self._suspects: set[str] = set()
        self._segments: list[OpenSegment | None] = []
        self._offsets = [0]
        self._live: dict[int, NDArray[np.bool_] | None] = {}
        for entry in state.segments:
            self._segments.append(None)
            size = 0
            try:
                made = OpenSegment(folder, entry, opened or {})
                size = len(made.segment.file.unverified("hash_high"))
                self._segments[-1] = made
                if made.texts_problem:
                    self._lose(entry, made.texts_problem)
            except DamagedFileError as error:
                self._lose(entry, str(error))
            self._offsets.append(self._offsets[-1] + size)

    @property
    def problems(self) -> list[str]:
        """Sentences about damage found so far."""
        return list(self._problems)

    def opened(self) -> dict[str, OpenSegment]:
        """Return the segments that are in order, by name of their file."""
        return {opened.entry.file.name: opened for opened in self._segments if opened}

    def damaged(self) -> set[str]:
        """Return the names of segments that cannot be used; their origins are in ``state.segments``."""
        return {
            entry.file.name
            for entry, opened in zip(self.state.segments, self._segments, strict=True)
            if opened is None
        }

    def lookup(self, hashes: NDArray[np.uint64]) -> Hits:
        """Find fingerprints.

        :param hashes: ``(n,)`` uint64; repeated ones are found as often.
        """
        keys = keys_of(hashes)
        found: list[tuple[NDArray[Any], ...]] = []
        for number in range(len(self._segments)):
            part = self._guarded(number, lambda opened: self._find(opened, keys))
            if part is not None and part[0].size:
                index, rows, position, context, family = part
                live = self._live_contents(number)
                kept = slice(None) if live is None else (rows < 0) | live[rows]
                content = np.where(rows < 0, -1, rows + self._offsets[number])
                found.append((index[kept], content[kept], position[kept], context[kept], family[kept]))
        common = np.zeros(len(keys), np.bool_)
        if not found:
            empty = np.empty(0, np.int32)
            return Hits(empty, empty, np.empty(0, np.uint32), np.empty(0, np.uint8), common)
        columns = [np.concatenate(column) for column in zip(*found, strict=True)]
        order = np.lexsort((columns[2], columns[1], columns[0]))
        index, content, position, context, family = (column[order] for column in columns)
        judged = condense(index, content, family, content < 0)
        common[index[judged.common]] = True
        kept = judged.kept
        return Hits(
            index[kept].astype(np.int32),
            content[kept].astype(np.int32),
            position[kept].astype(np.uint32),
            context[kept].astype(np.uint8),
            common,
        )

    def _find(self, opened: OpenSegment, keys: NDArray[np.uint64]) -> tuple[NDArray[Any], ...]:
        index, rows, position, context = opened.segment.find(keys)
        families = opened.segment.contents.families[rows] if index.size else np.empty(0, np.uint32)
        return index, rows, position, context, families

    def places(self, content_id: int) -> tuple[Place, ...]:
        """Return where a content stands, oldest first; nothing if it was lost meanwhile."""
        return tuple(place for place, _ in self._places(self.content_hash(content_id)))

    def _places(self, content_hash: bytes) -> list[tuple[Place, int]]:
        found: list[tuple[Place, int]] = []
        for number in range(len(self._segments)):
            found += self._guarded(number, lambda opened: self._places_in(opened, content_hash)) or []
        return found

    def _places_in(self, opened: OpenSegment, content_hash: bytes) -> list[tuple[Place, int]]:
        contents = opened.segment.contents
        row = contents.row_of(content_hash)
        if row < 0:
            return []
        found = []
        dead = opened.dead_or_none()
        for place in np.flatnonzero(contents.place_contents == row).tolist():
            origin = self.state.origins.get(opened.segment.origins[contents.place_origins[place]])
            if origin is not None and (dead is None or not dead[place]):
                path, facts = contents.path(place)
                found.append((Place(origin.origin, path, facts), place))
        return found

    def content_count(self) -> int:
        """Return how many content ids there are; some may be of contents that no place names any more."""
        return self._offsets[-1]

    def content_hash(self, content_id: int) -> bytes:
        """Return the hash of a content; empty if it was lost meanwhile."""
        number, row = self._locate(content_id)
        return self._guarded(number, lambda opened: opened.segment.contents.content_hash(row)) or b"\0" * 16

    def extent(self, content_id: int) -> int:
        """Return the number of positions of a content, as it was given."""
        number, row = self._locate(content_id)
        return self._guarded(number, lambda opened: int(opened.segment.contents.extents[row])) or 0

    def marks(self, content_id: int) -> NDArray[np.int64]:
        """Return the marks of a content, as they were given; none if there are none or they were lost."""
        number, row = self._locate(content_id)
        return unpacked_marks(self._guarded(number, lambda opened: opened.segment.contents.marks(row)) or b"")

    def text(self, content_id: int) -> str | TextProblem:
        """Return the text of a content: as it was kept, or from a file that still has this very content."""
        return self.text_of(self.content_hash(content_id))

    def text_of(self, content_hash: bytes) -> str | TextProblem:
        """Return the text of the content with a hash; see :meth:`text`."""
        read = self.read(content_hash)
        return read.text if isinstance(read, StoredText) else read

    def read(self, content_hash: bytes, places: Sequence[Place] | None = None) -> StoredText | TextProblem:
        """Return the text of the content with a hash and where it was read; see :meth:`text`.

        :param places: of the content, if they are known already.
        """
        for number in range(len(self._segments)):
            kept = self._guarded_text(number, lambda texts: texts.get(content_hash))
            if kept is not None:
                return StoredText(kept)
        problem = TextProblem.NOT_KEPT
        for place in [place for place, _ in self._places(content_hash)] if places is None else places:
            if not place.origin.root:
                continue
            found = read_stored(place, content_hash)
            if isinstance(found, StoredText):
                return found
            problem = found if problem is not TextProblem.CHANGED else problem
        return problem

    def packed_text(self, content_hash: bytes) -> bytes | None:
        """Return a kept text as it is stored; None if there is none."""
        for number in range(len(self._segments)):
            packed = self._guarded_text(number, lambda texts: texts.packed(content_hash))
            if packed is not None:
                return packed
        return None

    def kept_texts(self, content_hashes: Iterable[bytes]) -> set[bytes]:
        """Return those contents whose text is kept here."""
        wanted, kept = set(content_hashes), set()
        for number in range(len(self._segments)):
            kept |= self._guarded_text(number, lambda texts: wanted.intersection(texts.hashes())) or set()
        return kept

    def has(self, content_hashes: Iterable[bytes]) -> set[bytes]:
        """Return those contents that are stored with their fingerprints: a further place is all they need.

        Also those that no place names any more, until the next merge.
        """
        wanted = list(content_hashes)
        halves = halves_of(wanted)
        stored = np.zeros(len(wanted), np.bool_)
        for number in range(len(self._segments)):
            part = self._guarded(number, lambda opened: self._has(opened, halves))
            if part is not None:
                stored |= part
        return {content_hash for content_hash, is_stored in zip(wanted, stored, strict=True) if is_stored}

    def _has(self, opened: OpenSegment, halves: NDArray[np.uint64]) -> NDArray[np.bool_]:
        contents = opened.segment.contents
        rows = contents.rows_of(halves)
        return (rows >= 0) & contents.bodies[rows] if len(contents) else rows >= 0

    def origin(self, key: str) -> OriginEntry | None:
        """Return the origin of a key; None if there is none."""
        return next((entry for entry in self.state.origins.values() if entry.origin.key == key), None)

    def origins(self) -> list[OriginSummary]:
        """Return all origins in the order in which they were added."""
        files = dict.fromkeys(self.state.origins, 0)
        sizes = dict.fromkeys(self.state.origins, 0)
        for number in range(len(self._segments)):
            for uid, count, size in self._guarded(number, self._sums) or []:
                files[uid] += count
                sizes[uid] += size
        return [
            OriginSummary(entry.origin, files[uid], sizes[uid], self._lost.get(uid, entry.needs_rebuild))
            for uid, entry in self.state.origins.items()
        ]

    def _sums(self, opened: OpenSegment) -> list[tuple[str, int, int]]:
        contents, uids = opened.segment.contents, opened.segment.origins
        live = opened.live_places(self.state.origins)
        origins = contents.place_origins[live]
        sizes = contents.sizes[contents.place_contents[live]]
        counts = np.bincount(origins, minlength=len(uids)).tolist()
        sums = np.bincount(origins, weights=sizes, minlength=len(uids)).tolist()
        return [(uid, count, int(size)) for uid, count, size in zip(uids, counts, sums, strict=True) if count]

    def files_of(self, key: str) -> dict[str, bytes]:
        """Return the content hashes of an origin's files by path; nothing if there is no such origin."""
        entry = self.origin(key)
        files: dict[str, bytes] = {}
        if entry is not None:
            for opened, places in self.places_of(entry.uid):
                contents = opened.segment.contents
                for place in places:
                    files[contents.path(place)[0]] = contents.content_hash(
                        int(contents.place_contents[place])
                    )
        return files

    def places_of(self, uid: str) -> list[tuple[OpenSegment, list[int]]]:
        """Return the live places of an origin: segment and numbers of its places there."""
        found = []
        for number in range(len(self._segments)):
            places = self._guarded(number, lambda opened: self._places_of(opened, uid))
            opened = self._segments[number]
            if places and opened is not None:
                found.append((opened, places))
        return found

    def _places_of(self, opened: OpenSegment, uid: str) -> list[int]:
        if uid not in opened.segment.origins or uid not in self.state.origins:
            return []
        origin = opened.segment.origins.index(uid)
        contents = opened.segment.contents
        places: list[int] = np.flatnonzero((contents.place_origins == origin) & ~opened.dead()).tolist()
        for place in places:
            contents.path(place)  # so that damage shows here
        return places

    def verify(self, names: Collection[str] | None = None) -> list[str]:
        """Read every page of all segments, or of some (by file name); returns :attr:`problems`."""
        for number, entry in enumerate(self.state.segments):
            if names is None or entry.file.name in names:
                self._guarded(number, lambda opened: opened.segment.file.verify_all())
                self._guarded(number, lambda opened: opened.dead())
                self._guarded(number, lambda opened: opened.segment.contents)
                self._guarded_text(number, lambda texts: texts.file.verify_all())
        return self.problems

    def suspects(self) -> set[str]:
        """Return the names of segments with damage found so far."""
        return set(self._suspects)

    def needs_rebuild(self) -> dict[str, str]:
        """Return the origins (unique ids) of which something was found lost, and why."""
        return dict(self._lost)

    def live_contents(self, opened: OpenSegment) -> NDArray[np.bool_]:
        """Return which contents of a segment have a live place in any segment, ``(contents,)``.

        :raises DamagedFileError: if the segment is damaged.
        """
        live = self._live_contents(self._segments.index(opened))
        return np.ones(len(opened.segment.contents), np.bool_) if live is None else live

    def _live_contents(self, number: int) -> NDArray[np.bool_] | None:
        """Return which contents of a segment have a place in any segment; None if all have."""
        opened = self._segments[number]
        if number not in self._live and opened is not None:
            origins = self.state.origins
            if opened.is_untouched(origins):
                self._live[number] = None
            else:
                contents = opened.segment.contents
                live = np.zeros(len(contents), np.bool_)
                live[contents.place_contents[opened.live_places(origins)]] = True
                for other in range(len(self._segments)):
                    if other != number:
                        self._guarded(other, lambda there: self._mark(live, contents.rows_of, there))
                self._live[number] = live
        return self._live.get(number)

    def _mark(
        self,
        live: NDArray[np.bool_],
        rows_of: Callable[[NDArray[np.uint64]], NDArray[np.int64]],
        opened: OpenSegment,
    ) -> None:
        contents = opened.segment.contents
        named = contents.place_contents[opened.live_places(self.state.origins)].astype(np.int64)
        rows = rows_of(contents.halves(named[~contents.bodies[named]]))
        live[rows[rows >= 0]] = True

    def _locate(self, content_id: int) -> tuple[int, int]:
        number = int(np.searchsorted(self._offsets, content_id, "right")) - 1
        if not 0 <= number < len(self._segments):
            raise IndexError(f"no content {content_id} in this snapshot")
        return number, content_id - self._offsets[number]

    def _guarded(self, number: int, use: Callable[[OpenSegment], _T]) -> _T | None:
        opened = self._segments[number]
        if opened is None:
            return None
        try:
            return use(opened)
        except DamagedFileError as error:
            self._segments[number] = None
            self._lose(opened.entry, str(error))
            return None

    def _guarded_text(self, number: int, use: Callable[[Texts], _T]) -> _T | None:
        opened = self._segments[number]
        if opened is None or opened.texts is None:
            return None
        try:
            return use(opened.texts)
        except DamagedFileError as error:
            opened.texts = None
            self._lose(opened.entry, str(error))
            return None

    def _lose(self, entry: SegmentEntry, problem: str) -> None:
        self._suspects.add(entry.file.name)
        _logger.warning("a corpus segment was left out: %s", problem)
        lost = [self.state.origins[uid].origin.name for uid in entry.origins if uid in self.state.origins]
        named = ", ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
        self._problems.append(f"corpus segment {problem}; update {named or 'nothing'} to build it anew")
        for uid in entry.origins:
            if uid in self.state.origins:
                self._lost[uid] = problem


def with_damage(entries: Mapping[str, OriginEntry], lost: Mapping[str, str]) -> dict[str, OriginEntry]:
    """Return origins with what was lost written down."""
    return {
        uid: replace(entry, needs_rebuild=lost.get(uid, entry.needs_rebuild))
        for uid, entry in entries.items()
    }
