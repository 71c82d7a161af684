"""A writer's session: files in, origins out, and one atomic publication.

Whoever holds the store's lock is the only writer. New segments are written beside the published ones, and nobody sees
them before :meth:`StoreWriter.checkpoint` replaces the pointer; merges happen there, too.
"""

import logging
import uuid
from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.building import SegmentBuilder
from indexer.fingerprints.condensing import UNCOUNTED
from indexer.fingerprints.contents import family_number
from indexer.fingerprints.directory import StoreDirectory, write_errors
from indexer.fingerprints.errors import UnknownContentError
from indexer.fingerprints.merging import Merged, choose, merge
from indexer.fingerprints.model import NO_FAMILY, FileInput, Origin
from indexer.fingerprints.paged import DamagedFileError, FileRef, PagedWriter
from indexer.fingerprints.snapshot import OpenSegment, StoreSnapshot, with_damage
from indexer.fingerprints.state import OriginEntry, SegmentEntry
from indexer.fingerprints.texts import write_texts

_logger = logging.getLogger(__name__)


class StoreWriter:
    """Changes a store. Made by :meth:`indexer.fingerprints.store.FingerprintStore.writing`; not for several threads."""

    def __init__(self, directory: StoreDirectory, suspects: Collection[str] = ()) -> None:
        """Begin from the current state; the caller holds the lock.

        :param suspects: names of segments that a reader found damaged; they are verified, and dropped.
        """
        self._directory = directory
        state, problem = directory.current()
        directory.remove_leftovers(state)
        self._published = state
        self._state = replace(state, number=directory.next_number(state))
        self._snapshot = StoreSnapshot(directory.folder, state, problem)
        self._is_changed = bool(problem)
        self._builder = SegmentBuilder()
        self._dead: dict[str, NDArray[np.bool_]] = {}  # by name of segment
        self._stored: dict[str, dict[str, tuple[str, int, bytes, str]]] = {}
        self._snapshot.verify(suspects)
        self._drop_damaged()

    @property
    def snapshot(self) -> StoreSnapshot:
        """What is stored, without what was put since the last flush."""
        return self._snapshot

    def put(self, origin: Origin, files: Iterable[FileInput]) -> None:
        """Add files of an origin; what was stored of the same path is replaced, other files of the origin stay.

        The origin's description is replaced as well, and it no longer needs a rebuild.

        :raises UnknownContentError: if a file has no fingerprints and its content is not stored.
        :raises StoreWriteError: if the disk refuses.
        """
        uid = self._uid_of(origin)
        family = UNCOUNTED if origin.family == NO_FAMILY else family_number(origin.family or origin.key)
        for batch in _batches(files):
            wanted = list({file.content_hash for file in batch})
            stored = self.has(wanted)
            for file in batch:
                self._put_one(uid, file, family, file.content_hash in stored)
            if self._builder.is_full:
                self._flush()

    def has(self, content_hashes: Iterable[bytes]) -> set[bytes]:
        """Return those contents that need no fingerprints to be put."""
        wanted = list(content_hashes)
        return self._snapshot.has(wanted) | {key for key in wanted if self._builder.has_body(key)}

    def remove_files(self, key: str, paths: Collection[str]) -> None:
        """Remove files of an origin; those that are not stored are no mistake."""
        entry = self._entry_of(key)
        if entry is None:
            return
        stored = self._stored_of(entry.uid)
        for path in paths:
            self._builder.remove(entry.uid, path)
            self._bury(stored.pop(path, None))
        self._is_changed = True

    def remove_origin(self, key: str) -> None:
        """Remove an origin with all of its files; none of that key is no mistake."""
        entry = self._entry_of(key)
        if entry is None:
            return
        self._builder.remove_origin(entry.uid)
        self._stored.pop(entry.uid, None)
        origins = {uid: other for uid, other in self._state.origins.items() if uid != entry.uid}
        self._state = replace(self._state, origins=origins)
        self._is_changed = True

    def checkpoint(self) -> None:
        """Publish everything up to here.

        :raises StoreWriteError: if the disk refuses; the last published state stays.
        """
        self._flush()
        if not self._is_changed:
            return
        with write_errors(self._directory.folder):
            self._drop_damaged()
            self._merge()
            self._directory.publish(self._state, self._published)
        self._published = self._state
        self._state = replace(self._state, number=self._state.number + 1)
        self._is_changed = False

    def adopt(self, source: StoreSnapshot, origins: dict[str, OriginEntry]) -> None:
        """Take over all of another store's files.

        :param origins: its origins with their new descriptions, by the unique id there.
        :raises DamagedFileError: if the other store is damaged.
        """
        self._flush()
        with write_errors(self._directory.folder):
            merged = merge(
                self._directory.folder / self._new_name("segment"),
                source,
                list(source.opened().values()),
                renamed={uid: entry.uid for uid, entry in origins.items()},
                is_stored=self.has,
            )
            texts = self._merge_texts(source, merged)
        added = {entry.uid: entry for entry in origins.values()}
        self._state = replace(self._state, origins={**self._state.origins, **added})
        self._replace_segments((), SegmentEntry(merged.file, merged.entries, merged.origins, None, texts))

    def _put_one(self, uid: str, file: FileInput, family: int, is_stored: bool) -> None:
        if not is_stored and file.hashes is None and not self._builder.has_body(file.content_hash):
            raise UnknownContentError(
                f"{file.path}: its content is not stored, so that its fingerprints are needed"
            )
        stored = self._stored_of(uid)
        known = stored.get(file.path)
        if known and known[2:] == (file.content_hash, file.facts) and is_stored and file.text is None:
            self._builder.remove(uid, file.path)
            return
        elsewhere = is_stored and not self._builder.has_body(file.content_hash)
        self._builder.add(uid, file, family, elsewhere)
        self._bury(stored.pop(file.path, None))
        self._is_changed = True

    def _uid_of(self, origin: Origin) -> str:
        known = self._entry_of(origin.key)
        uid = known.uid if known else uuid.uuid4().hex
        entry = OriginEntry(uid, origin)
        if known != entry:
            self._state = replace(self._state, origins={**self._state.origins, uid: entry})
            self._is_changed = True
        return uid

    def _entry_of(self, key: str) -> OriginEntry | None:
        return next((entry for entry in self._state.origins.values() if entry.origin.key == key), None)

    def _stored_of(self, uid: str) -> dict[str, tuple[str, int, bytes, str]]:
        """Return the stored places of an origin by path: segment, number there, content hash, facts."""
        if uid not in self._stored:
            found: dict[str, tuple[str, int, bytes, str]] = {}
            for opened, places in self._snapshot.places_of(uid):
                contents, name = opened.segment.contents, opened.entry.file.name
                dead = self._dead.get(name)
                for place in places:
                    if dead is None or not dead[place]:
                        path, facts = contents.path(place)
                        content_hash = contents.content_hash(int(contents.place_contents[place]))
                        found[path] = (name, place, content_hash, facts)
            self._stored[uid] = found
        return self._stored[uid]

    def _bury(self, stored: tuple[str, int, bytes, str] | None) -> None:
        if stored is None:
            return
        name, place = stored[:2]
        if name not in self._dead:
            self._dead[name] = self._snapshot.opened()[name].dead().copy()
        self._dead[name][place] = True

    def _flush(self) -> None:
        """Write what was put, and what was removed, to files; nobody sees them yet."""
        builder, self._builder = self._builder, SegmentBuilder()
        with write_errors(self._directory.folder):
            entries = [self._with_dead(entry) for entry in self._state.segments]
            self._state = replace(self._state, segments=tuple(entries))
            if not builder.is_empty:
                path = self._directory.folder / self._new_name("segment")
                ref, count, origins = builder.write(path)
                texts = None
                if builder.texts:
                    texts = write_texts(path.with_suffix(".texts"), sorted(builder.texts.items()))
                entry = SegmentEntry(ref, count, origins, None, texts)
                self._state = replace(self._state, segments=(*self._state.segments, entry))
                self._is_changed = True
        self._reopen()

    def _with_dead(self, entry: SegmentEntry) -> SegmentEntry:
        dead = self._dead.pop(entry.file.name, None)
        if dead is None:
            return entry
        with PagedWriter(self._directory.folder / self._new_name("dead")) as file:
            file.array("dead", "<u1", [np.packbits(dead)])
            return replace(entry, dead=file.finish({}))

    def _new_name(self, suffix: str) -> str:
        number = self._state.next_file
        self._state = replace(self._state, next_file=number + 1)
        return f"{number:06d}.{suffix}"

    def _reopen(self) -> None:
        self._dead.clear()
        self._stored.clear()
        lost = self._snapshot.needs_rebuild()
        self._state = replace(self._state, origins=with_damage(self._state.origins, lost))
        self._snapshot = StoreSnapshot(self._directory.folder, self._state, opened=self._snapshot.opened())

    def _merge(self) -> None:
        while chosen := choose(self._snapshot):
            path = self._directory.folder / self._new_name("segment")
            try:
                merged = merge(path, self._snapshot, chosen)
                texts = self._merge_texts(self._snapshot, merged)
            except DamagedFileError as error:
                _logger.warning("a corpus segment cannot be merged: %s", error)
                self._snapshot.verify()
                self._drop_damaged()
                continue
            self._replace_segments(
                {opened.entry.file.name for opened in chosen},
                SegmentEntry(merged.file, merged.entries, merged.origins, None, texts),
            )

    def _merge_texts(self, source: StoreSnapshot, merged: Merged) -> FileRef | None:
        kept = source.kept_texts(merged.content_hashes)
        if not kept:
            return None
        path = (self._directory.folder / merged.file.name).with_suffix(".texts")
        packed = ((key, text) for key in sorted(kept) if (text := source.packed_text(key)) is not None)
        return write_texts(path, packed)

    def _replace_segments(self, names: Collection[str], entry: SegmentEntry) -> None:
        kept = tuple(other for other in self._state.segments if other.file.name not in names)
        self._state = replace(self._state, segments=(*kept, entry))
        self._is_changed = True
        self._reopen()

    def _drop_damaged(self) -> None:
        """Leave damaged segments out for good; origins whose files relied on them are to be rebuilt."""
        damaged = self._snapshot.damaged()
        if not damaged:
            return
        kept = tuple(entry for entry in self._state.segments if entry.file.name not in damaged)
        lost = self._snapshot.needs_rebuild()
        for opened in self._snapshot.opened().values():
            for uid in self._orphaned(opened):
                lost.setdefault(uid, "contents that it shares with a damaged segment are lost")
        origins = with_damage(self._state.origins, lost)
        self._state = replace(self._state, segments=kept, origins=origins)
        self._is_changed = True
        self._reopen()

    def _orphaned(self, opened: OpenSegment) -> set[str]:
        contents = opened.segment.contents
        stubs = np.flatnonzero(~contents.bodies).tolist()
        hashes = [contents.content_hash(row) for row in stubs]
        lost = set(hashes) - self._snapshot.has(hashes)
        rows = [row for row, content_hash in zip(stubs, hashes, strict=True) if content_hash in lost]
        live = opened.live_places(self._state.origins) & np.isin(contents.place_contents, rows)
        return {opened.segment.origins[number] for number in np.unique(contents.place_origins[live]).tolist()}


def _batches(files: Iterable[FileInput], size: int = 256) -> Iterable[list[FileInput]]:
    batch: list[FileInput] = []
    for file in files:
        batch.append(file)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
