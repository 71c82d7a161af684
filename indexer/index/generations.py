"""The index directory: generations, the pointer to the current one, the locks of those who write.

::

    <index directory>/
      CURRENT                  name of the generation that readers open
      gen-000007-1b2c3d4e/     immutable once named: its number, and the CRC-32 of its MANIFEST, which holds the
                               checksums of all its other files
      tmp-...                  what a writer is building, or what a killed one left behind
      writer.lock              held while a generation is built
      vectors.lock             held while slow vectors are computed

A writer builds beside the current generation, writes the manifest last, renames the folder to its final name and then
replaces ``CURRENT``; a crash at any point leaves the last good generation. Readers verify checksums when they open, so
a damaged file is reported as :class:`CorruptIndexError` and the index is rebuilt, never half read.
"""

import errno
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import CorruptIndexError, IndexBusyError, IndexWriteError
from indexer.index.manifest import (
    Facts,
    Manifest,
    checksum_files,
    read_manifest,
    verify_files,
    write_manifest,
)

_POINTER = "CURRENT"
_NAME = re.compile(r"gen-([0-9]{6,18})-([0-9a-f]{8})")
_STAGED = "tmp-"
_REPLACE_ATTEMPTS = 100
_REPLACE_PAUSE_S = 0.01
"""Windows refuses to replace a file that another process has open at that moment."""
_REMOVE_ATTEMPTS = 3
_FULL_BELOW_BYTES = 8_000_000
"""With less free than this, an error of unknown cause is put down to the disk."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One published generation."""

    folder: Path
    number: int
    manifest: Manifest

    @property
    def facts(self) -> Facts:
        """What the index says about itself."""
        return self.manifest.facts

    @property
    def size_bytes(self) -> int:
        """Size of the generation's files on disk."""
        return sum(checksum.size_bytes for checksum in self.manifest.checksums.values())


class IndexDirectory:
    """Names, publishes and removes the generations of one index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Generation | None:
        """Return the current generation with its manifest read and its files verified; None if there is none yet.

        :raises CorruptIndexError: if the pointer, the manifest or any file is missing, damaged or of another version.
        """
        pointer = self.pointer()
        while pointer is not None:
            try:
                return self._open(pointer)
            except (OSError, ValueError) as error:
                latest = self.pointer()
                if latest == pointer:
                    raise CorruptIndexError(self.folder, _problem(error)) from error
                pointer = latest  # a writer has replaced and removed it meanwhile
        return None

    def is_current(self, generation: Generation) -> bool:
        """Tell whether no newer generation has been published (one small file is read)."""
        return self.pointer() == generation.folder.name

    def pointer(self) -> str | None:
        """Return what ``CURRENT`` says, be it nonsense; None if there is no index."""
        try:
            return (self.folder / _POINTER).read_bytes().decode("ascii", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return f"unreadable: {error.strerror}"

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[None]:
        """Hold the writer's lock.

        :param wait_s: how long to wait for another writer; negative waits for ever.
        :raises IndexBusyError: if another process still holds the lock after that.
        :raises IndexWriteError: for an :class:`OSError` while the lock is taken or held.
        """
        with self._locked("writer.lock", wait_s), write_errors(self.folder):
            for leftover in (*self.folder.glob(f"{_STAGED}*"), *self.folder.glob(f"{_POINTER}.*")):
                _remove(leftover)
            yield

    @contextmanager
    def filling(self, wait_s: float) -> Iterator[None]:
        """Hold the lock of those who compute slow vectors; generations may be published meanwhile.

        :raises IndexBusyError, IndexWriteError: as :meth:`writing`.
        """
        with self._locked("vectors.lock", wait_s):
            yield

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give an empty folder to build the next generation in; it is removed unless published."""
        folder = self.folder / f"{_STAGED}{uuid.uuid4().hex}"
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            _remove(folder)

    def publish(self, staged: Path, facts: Facts, previous: Generation | None) -> Generation:
        """Make a staged folder the current generation; of the older ones only the last stays, for late readers.

        :param previous: the generation the staged one was made from; the checksums of files that both share as hard
            links are taken over.
        """
        linked, known = (previous.folder, previous.manifest.checksums) if previous else (None, {})
        manifest = Manifest(facts, checksum_files(staged, linked, known))
        crc32 = write_manifest(staged, manifest)
        number = 1 + max(
            (int(match[1]) for match in map(_NAME.fullmatch, self._generations()) if match), default=0
        )
        folder = self.folder / f"gen-{number:06d}-{crc32:08x}"
        staged.rename(folder)
        replaced = self.pointer()
        try:
            self._point_to(folder.name)
        except OSError:
            _remove(folder)  # on a full disk nothing else would make room
            raise
        for name in self._generations():
            if name not in (folder.name, replaced):
                _remove(self.folder / name)
        return Generation(folder, number, manifest)

    def remove(self, wait_s: float = 0) -> None:
        """Delete the whole index.

        :raises IndexBusyError, IndexWriteError: as :meth:`writing`; also if something cannot be deleted.
        """
        if not os.path.lexists(self.folder):
            return
        with self.writing(wait_s):
            (self.folder / _POINTER).unlink(missing_ok=True)
        with write_errors(self.folder):
            remove_tree(self.folder)

    def _open(self, pointer: str) -> Generation:
        match = _NAME.fullmatch(pointer)
        if not match:
            raise ValueError(f"its file {_POINTER} is damaged")
        folder = self.folder / pointer
        manifest = read_manifest(folder, int(match[2], 16))
        verify_files(folder, manifest.checksums)
        return Generation(folder, int(match[1]), manifest)

    def _generations(self) -> list[str]:
        return [entry.name for entry in self.folder.glob("gen-*")]

    def _point_to(self, name: str) -> None:
        pointer = self.folder / _POINTER
        new = self.folder / f"{_POINTER}.{uuid.uuid4().hex}"
        try:
            with new.open("wb") as file:
                file.write(name.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            if pointer.is_dir():
                _remove(pointer)
            _replace(new, pointer)
        finally:
            new.unlink(missing_ok=True)

    @contextmanager
    def _locked(self, name: str, wait_s: float) -> Iterator[None]:
        with write_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / name
            if path.is_dir():
                _remove(path)
            lock = FileLock(path, timeout=wait_s)
            try:
                lock.acquire()
            except Timeout:
                raise IndexBusyError(
                    f"index {self.folder} is being written by another process; try again when it is done"
                ) from None
            except NotImplementedError as error:
                raise IndexWriteError(
                    f"index {self.folder}: its file system has no locks; choose a cache folder on a local disk"
                ) from error
        try:
            yield
        finally:
            lock.release()


@contextmanager
def write_errors(folder: Path) -> Iterator[None]:
    """Turn an :class:`OSError` into an :class:`IndexWriteError` that says what to do.

    :param folder: the index directory.
    """
    try:
        yield
    except IndexWriteError:
        raise
    except OSError as error:
        raise write_error(folder, error.errno, error.strerror or str(error)) from error


def write_error(folder: Path, code: int | None, problem: str) -> IndexWriteError:
    """Return the error for an index directory that cannot be written.

    :param code: the ``errno``; None if it is not known.
    """
    if code is None and _free_bytes(folder) < _FULL_BELOW_BYTES:
        code, problem = errno.ENOSPC, os.strerror(errno.ENOSPC)
    if code in (errno.ENOSPC, errno.EDQUOT):
        advice = "free some space there"
    elif code in (errno.EACCES, errno.EPERM, errno.EROFS):
        advice = "make that folder writable"
    elif code in (errno.EEXIST, errno.ENOTDIR):
        advice = "remove the file that is in its place"
    else:
        advice = "try again"
    message = f"index {folder} cannot be written: {problem}; {advice}, or choose another cache folder"
    return IndexWriteError(message, code, problem)


def link_or_copy(source: Path, target: Path) -> None:
    """Hard-link a file, or copy it where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _FULL_BELOW_BYTES


def _problem(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{Path(os.fsdecode(error.filename)).name}: {error.strerror}"
    return str(error)


def remove_tree(folder: Path) -> None:
    """Delete a folder, also when a reader that is just opening it makes tantivy's lock in it meanwhile.

    :raises OSError: if that fails.
    """
    for _ in range(_REMOVE_ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
    shutil.rmtree(folder)


def _remove(path: Path) -> None:
    """Delete a file or folder as far as possible: what somebody has open on Windows stays until the next time."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)


def _replace(source: Path, target: Path) -> None:
    for attempt in range(_REPLACE_ATTEMPTS):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(_REPLACE_PAUSE_S)
