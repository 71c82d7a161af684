"""What a store consists of at one time: its origins and segments, in a small file that names all others.

The file's own checksum is in its name, and those of the files that it names are in it, so that no damage goes unseen.
"""

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.fingerprints.model import Origin
from indexer.fingerprints.paged import FileRef

FORMAT_VERSION = 2
_STATE_NAME = re.compile(r"state-([0-9]{6,18})-([0-9a-f]{8})\.json")
_FILE_NAME = re.compile(r"[0-9]{6,18}\.(?:segment|texts|dead)")


@dataclass(frozen=True, slots=True)
class OriginEntry:
    """An origin of the store.

    :ivar uid: never used again, so that the places of a removed origin stay dead.
    """

    uid: str
    origin: Origin
    needs_rebuild: str = ""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of the store.

    :ivar origins: unique ids; known here too, in case the segment cannot be read.
    :ivar dead: bits of the places that were removed, None if there are none.
    """

    file: FileRef
    entries: int
    origins: tuple[str, ...]
    dead: FileRef | None = None
    texts: FileRef | None = None

    def files(self) -> list[FileRef]:
        """Return the files that it consists of."""
        return [ref for ref in (self.file, self.dead, self.texts) if ref is not None]


@dataclass(frozen=True, slots=True)
class State:
    """A store at one time."""

    number: int = 0
    next_file: int = 1
    origins: Mapping[str, OriginEntry] = field(default_factory=dict)  # by uid
    segments: tuple[SegmentEntry, ...] = ()

    def encode(self) -> bytes:
        """Return the content of its file."""
        content = {
            "format": FORMAT_VERSION,
            "number": self.number,
            "next_file": self.next_file,
            "origins": [asdict(entry) for entry in self.origins.values()],
            "segments": [
                {
                    "file": entry.file,
                    "entries": entry.entries,
                    "origins": entry.origins,
                    "dead": entry.dead,
                    "texts": entry.texts,
                }
                for entry in self.segments
            ],
        }
        return json.dumps(content).encode()

    def file_name(self) -> str:
        """Return the name of its file."""
        return f"state-{self.number:06d}-{zlib.crc32(self.encode()):08x}.json"


def decode_state(name: str, body: bytes) -> State:
    """Read a state file.

    :raises ValueError: if it is damaged or of another version; the message says which.
    """
    match = _STATE_NAME.fullmatch(name)
    if not match or zlib.crc32(body) != int(match[2], 16):
        raise ValueError("its list of segments is damaged")
    return parse_state(body)


def parse_state(body: bytes) -> State:
    """Read the content of a state file, whose checksum was verified.

    :raises ValueError: if it is of another version, or not what this version writes.
    """
    try:
        content = json.loads(body)
        version = content["format"]
        if version != FORMAT_VERSION:
            raise ValueError(
                f"it has format {version}, and this version of assist reads format {FORMAT_VERSION}"
            )
        origins = (_origin_entry(entry) for entry in content["origins"])
        return State(
            int(content["number"]),
            int(content["next_file"]),
            {entry.uid: entry for entry in origins},
            tuple(_segment_entry(entry) for entry in content["segments"]),
        )
    except (LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError("its list of segments is not what this version of assist writes") from error


def _origin_entry(entry: Mapping[str, Any]) -> OriginEntry:
    origin = {name: str(value) for name, value in entry["origin"].items()}
    return OriginEntry(str(entry["uid"]), Origin(**origin), str(entry["needs_rebuild"]))


def _segment_entry(entry: Mapping[str, Any]) -> SegmentEntry:
    return SegmentEntry(
        _file_ref(entry["file"]),
        int(entry["entries"]),
        tuple(str(uid) for uid in entry["origins"]),
        _file_ref(entry["dead"]) if entry["dead"] else None,
        _file_ref(entry["texts"]) if entry["texts"] else None,
    )


def _file_ref(values: Sequence[Any]) -> FileRef:
    name, size_bytes, crc32 = values
    if not _FILE_NAME.fullmatch(str(name)):
        raise ValueError(f"it names an odd file, {str(name)[:80]!r}")
    return FileRef(str(name), int(size_bytes), int(crc32))
