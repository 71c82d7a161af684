"""Reading archives member by member, without unpacking them to disk and without trusting what they say of themselves.

A path that is absolute or leads out of the archive is passed by, and so are links and devices: nothing is ever written,
but a path is shown to people and must not name another file. Members are read up to a limit whatever size they
declare, and an archive that unpacks to far more than it weighs is refused as a whole.
"""

import bz2
import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from assistant.copies.corpora.errors import ArchiveError

_MAX_RATIO = 200
"""Source code packs 3 to 20 times, generated code up to 100 times; zeros pack 1,000 times and more."""
_RATIO_FROM_BYTES = 50_000_000
_MAX_TOTAL_BYTES = 20_000_000_000
_MAX_MEMBERS = 1_000_000
_MAX_PATH = 1_000
_BLOCK_BYTES = 1_000_000

_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression that this Python cannot undo
    RuntimeError,  # an encrypted member
    UnicodeError,
    ValueError,
    MemoryError,  # a dictionary of gigabytes
)


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in an archive.

    :param path: '/'-separated, within the archive; empty if the archive's own path is none to be used.
    :param size: what the archive says it has, in bytes.
    :param stamp: what changes with its content, as far as the archive tells; empty if it does not.
    :param unpack: returns its bytes, at most so many; see :meth:`read`.
    """

    path: str
    size: int
    stamp: str
    unpack: Callable[[int], bytes]

    def read(self, limit: int) -> bytes | None:
        """Return its bytes, at most ``limit``; None if it is damaged or locked.

        To be called before the next member is taken.

        :raises ArchiveError: if the archive has unpacked to more than it should.
        """
        try:
            return self.unpack(limit)
        except (*_BROKEN, OSError):
            return None


def is_archive(path: Path) -> bool:
    """Tell by its first bytes whether a file is an archive that can be read."""
    try:
        return zipfile.is_zipfile(path) or _tar_opener(path) is not None
    except OSError:
        return False


def members_of(path: Path) -> Iterator[Member]:
    """Go through the regular files of an archive in its order.

    :raises ArchiveError: if it is none, is damaged, or unpacks to more than it should.
    """
    try:
        if zipfile.is_zipfile(path):
            yield from _zip_members(path)
        else:
            yield from _tar_members(path)
    except OSError as error:  # a damaged gzip or bzip2 is one too
        raise ArchiveError(f"{path}: {error.strerror or error}; check that it is whole") from error
    except _BROKEN as error:
        raise ArchiveError(f"{path} is damaged or locked: {error}; unpack it and add the folder") from error


class _Budget:
    """How much an archive may unpack to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._packed_bytes = max(path.stat().st_size, 1)
        self._members = 0
        self._bytes = 0

    def spend(self, n_bytes: int) -> None:
        self._bytes += n_bytes
        ratio = self._bytes / self._packed_bytes
        if self._bytes > _MAX_TOTAL_BYTES or (self._bytes > _RATIO_FROM_BYTES and ratio > _MAX_RATIO):
            raise ArchiveError(
                f"{self._path} unpacks to more than {_MAX_RATIO} times its size or "
                f"{_MAX_TOTAL_BYTES // 10**9} GB; unpack what you trust in it and add the folder"
            )

    def count(self) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise ArchiveError(
                f"{self._path} has more than {_MAX_MEMBERS:,} entries; unpack it and add the folder"
            )


def safe_path(path: str) -> str:
    """Return an archive's path as one within it; empty if it leads elsewhere or is no path for a file."""
    path = path.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    leads_out = path.startswith("/") or ".." in parts or path[1:2] == ":"
    if leads_out or not parts or "\0" in path or len(path) > _MAX_PATH:
        return ""
    return "/".join(parts)


def _zip_members(path: Path) -> Iterator[Member]:
    budget = _Budget(path)
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            budget.count()
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if entry.is_dir() or kind not in (0, stat.S_IFREG):
                continue

            def read(limit: int, entry: zipfile.ZipInfo = entry) -> bytes:
                with archive.open(entry) as member:
                    content = member.read(limit)
                budget.spend(len(content))
                return content

            yield Member(
                safe_path(entry.filename), entry.file_size, f"{entry.file_size}:{entry.CRC:08x}", read
            )


def _tar_members(path: Path) -> Iterator[Member]:
    opener = _tar_opener(path)
    if opener is None:
        raise ArchiveError(
            f"{path} is no archive that can be read (zip, wheel, jar, tar, tar.gz, tar.bz2, tar.xz); "
            "unpack it and add the folder"
        )
    budget = _Budget(path)
    with opener(path) as unpacked:
        stream = cast(IO[bytes], _Counted(unpacked, budget))
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                budget.count()
                if not entry.isreg():
                    continue
                member = archive.extractfile(entry)
                if member is not None:
                    yield Member(safe_path(entry.name), entry.size, "", member.read)
                archive.members.clear()  # type: ignore[attr-defined] # else it keeps every header in memory


class _Counted:
    """A stream whose every byte is counted, those of members that are passed by too.

    ``tarfile``'s own decompression would expand whole blocks at once; these openers give what is asked for.
    """

    def __init__(self, stream: IO[bytes], budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int) -> bytes:
        content = self._stream.read(min(size, _BLOCK_BYTES))
        self._budget.spend(len(content))
        return content


def _tar_opener(path: Path) -> Callable[[Path], IO[bytes]] | None:
    """Return what opens a tar archive by the look of its first bytes; None if it looks like none."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"\x1f\x8b"):
        return lambda path: cast(IO[bytes], gzip.open(path, "rb"))
    if head.startswith(b"BZh"):
        return lambda path: cast(IO[bytes], bz2.open(path, "rb"))
    if head.startswith(b"\xfd7zXZ\0"):
        return lambda path: cast(IO[bytes], lzma.open(path, "rb"))
    return (lambda path: path.open("rb")) if head[257:262] == b"ustar" else None
