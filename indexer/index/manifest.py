"""A generation's manifest: facts about the index, and the size and checksum of each of its files.

The checksum of the manifest itself is in the name of its folder, see :mod:`indexer.index.generations`, so that no
damage goes unseen. Whatever a reader does not understand is reported, never guessed.
"""

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, cast, get_type_hints

from indexer.index.schema import FORMAT_VERSION

MANIFEST = "MANIFEST"


class Facts(TypedDict):
    """What an index says about itself."""

    root: str  # the indexed folder, as ``str(Path)``
    uses_git: bool  # git named the files, rather than a walk
    model: str  # Embedder.model_id of the vectors
    dimensions: int  # of a vector
    files: int
    chunks: int
    definitions: int
    embedded: int  # chunks that have a vector
    source_bytes: int  # size of the files on disk
    next_uid: int  # first uid that no file or chunk has had
    started_ns: int  # Unix time when the update began to look at the files
    written_ns: int  # Unix time when the index was written


class Checksum(NamedTuple):
    """Size in bytes and CRC-32 of a file."""

    size_bytes: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation's facts and the checksums of its files, by name relative to its folder, ``/``-separated."""

    facts: Facts
    checksums: Mapping[str, Checksum]


def write_manifest(folder: Path, manifest: Manifest) -> int:
    """Write the manifest of a folder; returns its CRC-32."""
    content = {"format": FORMAT_VERSION, "facts": manifest.facts, "checksums": manifest.checksums}
    body = json.dumps(content, sort_keys=True).encode()
    path = folder / MANIFEST
    path.write_bytes(body)
    _flush(path)
    return zlib.crc32(body)


def read_manifest(folder: Path, crc32: int) -> Manifest:
    """Read the manifest of a folder.

    :param crc32: what :func:`write_manifest` returned.
    :raises OSError: if there is none.
    :raises ValueError: if it is damaged or was written by another version; the message says which.
    """
    body = (folder / MANIFEST).read_bytes()
    if zlib.crc32(body) != crc32:
        raise ValueError("its manifest is damaged")
    content = json.loads(body)
    version = content.get("format") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise ValueError(f"it has format {version}, and this version of assist reads format {FORMAT_VERSION}")
    try:
        checksums = {str(name): Checksum(*map(int, pair)) for name, pair in content["checksums"].items()}
        return Manifest(_checked_facts(content["facts"]), checksums)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError("its manifest is not what this version of assist writes") from error


def _checked_facts(facts: Mapping[str, Any]) -> Facts:
    for name, kind in get_type_hints(Facts).items():
        if type(facts[name]) is not kind:
            raise TypeError(name)
    return cast(Facts, facts)


def checksum_files(folder: Path, linked: Path | None, known: Mapping[str, Checksum]) -> dict[str, Checksum]:
    """Flush all files of a folder to disk and return their checksums, save those of tantivy's locks: readers make them.

    :param linked: a folder some of whose files are hard links of this one's; their checksums are taken over.
    :param known: the checksums of the files in ``linked``.
    """
    checksums = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix == ".lock":
            continue
        name = path.relative_to(folder).as_posix()
        if linked is not None and name in known and _is_same_file(path, linked / name):
            checksums[name] = known[name]
        else:
            _flush(path)
            checksums[name] = _checksum(path)
    return checksums


def verify_files(folder: Path, checksums: Mapping[str, Checksum]) -> None:
    """Compare every file with its checksum (some 2 GB/s from memory).

    :raises OSError: if a file is missing or cannot be read.
    :raises ValueError: if a file is damaged; the message names it.
    """
    for name, expected in checksums.items():
        if _checksum(folder / name) != expected:
            raise ValueError(f"{name} is damaged")


def _checksum(path: Path) -> Checksum:
    size = value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            size += len(block)
            value = zlib.crc32(block, value)
    return Checksum(size, value)


def _is_same_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
