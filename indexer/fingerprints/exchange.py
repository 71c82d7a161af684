"""One file with a store or a part of it: made here, taken in there, trusted nowhere.

It is a plain zip archive of uncompressed members: a list of origins and segments, and the segments. What is taken in is
verified by checksums, then written anew, entry by entry, within the bounds that it states: nothing of it is used as
it came, no name of it becomes a path, and no file on the reader's disk is ever opened by it.
"""

import os
import re
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from indexer.fingerprints.directory import IMPORT_PREFIX
from indexer.fingerprints.errors import ImportRefusedError
from indexer.fingerprints.merging import fitting_groups, merge
from indexer.fingerprints.model import Origin
from indexer.fingerprints.paged import DamagedFileError
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.fingerprints.state import OriginEntry, SegmentEntry, State, parse_state
from indexer.fingerprints.texts import packed_text, write_texts
from indexer.fingerprints.writer import StoreWriter

_LIST = "STORE.json"
_MAX_LIST_BYTES = 64_000_000
_MAX_MEMBERS = 1000
_MAX_PATH_CHARS = 4096
_MAX_PATHS_CHARS = 64_000_000
"""Of all paths and facts, beside 64 times what they take in the file."""
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0")


def export_store(
    snapshot: StoreSnapshot, target: Path, *, with_text: bool, keys: Collection[str] | None = None
) -> None:
    """Write a store, or some origins of it, to one file, which replaces what is there.

    :param with_text: also of contents whose text is only on disk, as far as it is unchanged.
    :param keys: of the origins; None means all.
    :raises OSError: if the file cannot be written.
    :raises DamagedFileError: if a segment is damaged.
    """
    chosen = {
        uid: replace(entry, origin=replace(entry.origin, root=""))
        for uid, entry in snapshot.state.origins.items()
        if keys is None or entry.origin.key in keys
    }
    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as name:
        folder = Path(name)
        entries = list(_written(snapshot, folder, chosen, with_text))
        state = State(1, 2 * len(entries) + 1, chosen, tuple(entries))
        archive_path = folder / "archive"
        with zipfile.ZipFile(archive_path, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_LIST, state.encode())
            for ref in (ref for entry in entries for ref in entry.files()):
                archive.write(folder / ref.name, ref.name)
        os.replace(archive_path, target)


def _written(
    snapshot: StoreSnapshot, folder: Path, chosen: dict[str, OriginEntry], with_text: bool
) -> Iterator[SegmentEntry]:
    for number, group in enumerate(fitting_groups(list(snapshot.opened().values()))):
        path = folder / f"{number + 1:06d}.segment"
        merged = merge(path, snapshot, group, origins=chosen)
        texts = None
        if with_text:
            texts = write_texts(path.with_suffix(".texts"), _texts(snapshot, merged.content_hashes))
        yield SegmentEntry(merged.file, merged.entries, merged.origins, None, texts)


def _texts(snapshot: StoreSnapshot, content_hashes: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for content_hash in content_hashes:
        packed = snapshot.packed_text(content_hash)
        if packed is None:
            text = snapshot.text_of(content_hash)
            packed = packed_text(text) if type(text) is str else None
        if packed is not None:
            yield content_hash, packed


def import_store(writer: StoreWriter, folder: Path, source: Path, key_prefix: str) -> list[Origin]:
    """Add the origins of an exported file; those of the same key are replaced. Returns them, without a root.

    :param writer: of the store, and :param folder: its folder.
    :param key_prefix: put before the key of each origin.
    :raises ImportRefusedError: if the file is damaged, hostile or of another version; nothing was changed.
    """
    with tempfile.TemporaryDirectory(prefix=IMPORT_PREFIX, dir=folder) as name:
        try:
            state = _unpacked(source, Path(name))
            snapshot = StoreSnapshot(Path(name), state)
            if problems := snapshot.verify():
                raise DamagedFileError(problems[0])
            _check_paths(snapshot)
            origins = {
                uid: OriginEntry(
                    uuid.uuid4().hex, replace(entry.origin, key=key_prefix + entry.origin.key, root="")
                )
                for uid, entry in state.origins.items()
            }
            if len({entry.origin.key for entry in origins.values()}) != len(origins):
                raise DamagedFileError("it names an origin twice")
            for entry in origins.values():
                writer.remove_origin(entry.origin.key)
            writer.adopt(snapshot, origins)
        except (ValueError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise ImportRefusedError(
                f"corpus file {source} was not imported: {error}; export it again where it came from"
            ) from error
        except OSError as error:
            raise ImportRefusedError(
                f"corpus file {source} was not imported: {error.strerror or error}; check the file and the free space"
            ) from error
        del snapshot
    return [entry.origin for entry in origins.values()]


def _unpacked(source: Path, folder: Path) -> State:
    """Copy the members that the list names, under names that this module chose, and nothing else."""
    with zipfile.ZipFile(source) as archive:
        members = {member.filename: member for member in archive.infolist()}
        sizes = sum(member.file_size for member in members.values())
        if len(members) > _MAX_MEMBERS or sizes > source.stat().st_size:
            raise ValueError("its members are larger than the file")
        if any(
            member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members.values()
        ):
            raise ValueError("it is no corpus file that assist wrote")
        listed = members.get(_LIST)
        if listed is None or listed.file_size > _MAX_LIST_BYTES:
            raise ValueError("it is no corpus file that assist wrote")
        state = parse_state(archive.read(listed))
        for ref in (ref for entry in state.segments for ref in entry.files()):
            member = members.get(ref.name)
            if member is None or member.file_size != ref.size_bytes:
                raise ValueError(f"{ref.name} is missing or has the wrong size")
            with archive.open(member) as stored, (folder / ref.name).open("xb") as file:
                shutil.copyfileobj(stored, file, 1 << 20)
    return state


def _check_paths(snapshot: StoreSnapshot) -> None:
    for opened in snapshot.opened().values():
        packed = opened.segment.file.unverified("path_data").size
        budget = _MAX_PATHS_CHARS + 64 * packed
        for path, facts in opened.segment.contents.paths():
            budget -= len(path) + len(facts)
            if budget < 0 or len(path) > _MAX_PATH_CHARS:
                raise ValueError("its paths are far too long")
            if not path or _OUTSIDE.search(path):
                raise ValueError(f"it has a path that leads outside, {path[:80]!r}")
