"""Files of named arrays, memory-mapped, with a checksum for every page: nothing damaged is ever used.

A store is too large to be verified when it is opened. So each file ends with the CRC-32 of each of its 4 KiB pages and
a header; both are verified on opening (some 100 KB for 100 MB), pages when they are first touched. A file, once
written, is never changed. This module knows nothing about what the arrays mean.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

PAGE = 4096
_ALIGNMENT = 64
_TRAILER = struct.Struct("<QQI8s")  # offset of the checksums, of the header; CRC-32 of both; magic
_MAGIC = b"assistp1"
_DTYPES = ("<u1", "<u4", "<u8")


class DamagedFileError(ValueError):
    """A file is not what was written; the message names it."""


class FileRef(NamedTuple):
    """A file by name, with what it must be."""

    name: str
    size_bytes: int
    crc32: int  # of its page checksums and header, and so of all


class PagedWriter:
    """Writes a file array by array; each may come in pieces. Leaving the block with an error deletes the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")
        self._offset = 0
        self._crcs: list[int] = []
        self._page_crc = 0
        self._arrays: dict[str, tuple[str, int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def array(self, name: str, dtype: str, pieces: Iterable[NDArray[Any]]) -> int:
        """Write an array, one piece after the other; returns its length."""
        self._write(bytes(-self._offset % _ALIGNMENT))
        start = self._offset
        for piece in pieces:
            self._write(np.ascontiguousarray(piece, dtype).data.cast("B") if piece.size else b"")
        length = (self._offset - start) // np.dtype(dtype).itemsize
        self._arrays[name] = (dtype, start, length)
        return length

    def finish(self, header: Mapping[str, Any]) -> FileRef:
        """Write checksums and header, and flush the file to the disk.

        :param header: facts about the file, as JSON.
        """
        self._write(bytes(-self._offset % PAGE))
        crcs = np.array(self._crcs, "<u4").tobytes()
        content = json.dumps({"arrays": self._arrays, "facts": header}).encode()
        crc32 = zlib.crc32(content, zlib.crc32(crcs))
        trailer = _TRAILER.pack(self._offset, self._offset + len(crcs), crc32, _MAGIC)
        self._file.write(crcs + content + trailer)
        self._file.flush()
        os.fsync(self._file.fileno())
        return FileRef(self._path.name, self._file.tell(), crc32)

    def _write(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        view, at = memoryview(data), 0
        while at < len(view):
            room = PAGE - self._offset % PAGE
            part = view[at : at + room]
            self._page_crc = zlib.crc32(part, self._page_crc)
            self._offset += len(part)
            at += len(part)
            if not self._offset % PAGE:
                self._crcs.append(self._page_crc)
                self._page_crc = 0


class PagedFile:
    """A written file, mapped into memory. Safe to use from several threads."""

    def __init__(self, folder: Path, ref: FileRef) -> None:
        """Map a file and verify its header and page checksums.

        :raises DamagedFileError: if it is missing, cannot be read, or is not the one that was written.
        """
        self.name = ref.name
        try:
            with (folder / ref.name).open("rb") as file:
                if os.fstat(file.fileno()).st_size != ref.size_bytes or ref.size_bytes < _TRAILER.size:
                    raise DamagedFileError(f"{ref.name} has the wrong size")
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            if isinstance(error, DamagedFileError):
                raise
            raise DamagedFileError(f"{ref.name} cannot be read") from error
        self._read_header(ref)

    def _read_header(self, ref: FileRef) -> None:
        end = ref.size_bytes - _TRAILER.size
        crcs_at, header_at, crc32, magic = _TRAILER.unpack_from(self._map, end)
        if magic != _MAGIC or crc32 != ref.crc32 or zlib.crc32(self._map[crcs_at:end]) != crc32:
            raise DamagedFileError(f"{ref.name} is damaged")
        try:
            content = json.loads(self._map[header_at:end])
            self._crcs: list[int] = np.frombuffer(self._map[crcs_at:header_at], "<u4").tolist()
            if crcs_at != PAGE * len(self._crcs):
                raise ValueError("pages")
            self.facts: dict[str, Any] = dict(content["facts"])
            self._starts: dict[str, int] = {}
            self._arrays: dict[str, NDArray[Any]] = {}
            for name, (dtype, start, length) in content["arrays"].items():
                if dtype not in _DTYPES or start < 0 or start + np.dtype(dtype).itemsize * length > crcs_at:
                    raise ValueError(name)
                self._starts[name] = start
                self._arrays[name] = np.ndarray((length,), dtype, self._map, start)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedFileError(f"{ref.name} holds something else") from error
        self._verified = np.zeros(len(self._crcs), np.bool_)
        self._whole: set[str] = set()

    def unverified(self, name: str) -> NDArray[Any]:
        """Return an array whose elements may be used after :meth:`touch`.

        :raises DamagedFileError: if the file has no such array.
        """
        try:
            return self._arrays[name]
        except KeyError:
            raise DamagedFileError(f"{self.name} lacks {name}") from None

    def whole(self, name: str) -> NDArray[Any]:
        """Return an array, all of it verified.

        :raises DamagedFileError: if any of it is damaged.
        """
        array = self.unverified(name)
        if name not in self._whole:
            if array.size:
                start = self._starts[name]
                self._verify(np.arange(start // PAGE, (start + array.nbytes - 1) // PAGE + 1))
            self._whole.add(name)
        return array

    def touch(self, name: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """Verify the pages that hold byte ranges of an array.

        :param starts: and :param ends: half-open and not empty, relative to the array.
        :raises DamagedFileError: if one of them is damaged.
        """
        first = (starts + self._starts[name]) // PAGE
        last = (ends + (self._starts[name] - 1)) // PAGE
        self._verify(first)
        for step in range(1, int((last - first).max(initial=0)) + 1):
            self._verify(np.minimum(first + step, last))

    def verify_all(self) -> None:
        """Read and verify every page.

        :raises DamagedFileError: if one is damaged.
        """
        self._verified[:] = False
        self._verify(np.arange(len(self._crcs)))

    def _verify(self, pages: NDArray[np.int64]) -> None:
        new = pages[~self._verified[pages]]
        if not new.size:
            return
        # numpy.unique would import numpy.ma: 100 ms of a process's first lookup.
        wanted = sorted(set(new.tolist()))
        if len(wanted) > 1 and hasattr(mmap, "MADV_WILLNEED"):
            for first, last in _ranges(wanted):  # lets the disk fetch all of them at once
                self._map.madvise(mmap.MADV_WILLNEED, first * PAGE, (last + 1 - first) * PAGE)
        view = memoryview(self._map)
        for page in wanted:
            if zlib.crc32(view[page * PAGE : (page + 1) * PAGE]) != self._crcs[page]:
                raise DamagedFileError(f"{self.name} is damaged")
        self._verified[wanted] = True


def _ranges(ascending: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Join consecutive numbers: first and last of each range."""
    first = last = ascending[0]
    for number in ascending[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
