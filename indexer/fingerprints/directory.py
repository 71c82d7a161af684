"""The folder of a store: the pointer to its current state, the writer's lock, what may be deleted.

::

    <store>/
      CURRENT                    name of the state file that readers open
      state-000007-1b2c3d4e.json origins and segments; its number, and its CRC-32
      000012.segment             contents, places, postings; never changed
      000012.texts               kept texts of that segment's contents
      000013.dead                which places of a segment were removed
      writer.lock                held while somebody writes

A writer adds files, flushes them, writes the state that names them and then replaces ``CURRENT``. A crash at any point
leaves the last good state and some files that nobody names; the next writer deletes those.
"""

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.fingerprints.errors import StoreBusyError, StoreWriteError
from indexer.fingerprints.state import State, decode_state

IMPORT_PREFIX = "import-"
"""Of the folder that a file to import is unpacked in."""
_POINTER = "CURRENT"
_OURS = re.compile(r"(?:[0-9]{6,18}\.(?:segment|texts|dead)|state-[0-9]+-[0-9a-f]{8}\.json|CURRENT\..+)")
_ATTEMPTS = 100
_PAUSE_S = 0.01
"""Windows refuses to replace a file that another process has open at that moment."""


class StoreDirectory:
    """Reads and publishes states."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pointer(self) -> str:
        """Return what ``CURRENT`` says, be it nonsense; empty if there is no store."""
        try:
            return (self.folder / _POINTER).read_bytes()[:200].decode("ascii", "replace")
        except OSError:
            return ""

    def current(self) -> tuple[State, str]:
        """Return the current state, and what is wrong with it: empty, or a clause about the store.

        If the current one is damaged, it is the newest older one that is not, and an empty one if there is none.
        """
        pointer = self.pointer()
        try:
            return self._read(pointer), ""
        except (OSError, ValueError) as error:
            problem = str(error) if isinstance(error, ValueError) else "its list of segments cannot be read"
        names = sorted((path.name for path in self.folder.glob("state-*.json")), reverse=True)
        if not pointer and not names:
            return State(), ""
        for name in names:
            with suppress(OSError, ValueError):
                return self._read(name), f"{problem}; an older one is used"
        return State(), problem

    def _read(self, name: str) -> State:
        if not name.startswith("state-") or "/" in name or "\\" in name:
            raise ValueError(f"its file {_POINTER} is damaged")
        return decode_state(name, (self.folder / name).read_bytes())

    @contextmanager
    def writing(self, wait_s: float) -> Iterator[None]:
        """Hold the writer's lock.

        :param wait_s: how long to wait for another writer; negative waits for ever.
        :raises StoreBusyError: if another process still holds the lock after that.
        :raises StoreWriteError: if the folder cannot be written.
        """
        with write_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "writer.lock", timeout=wait_s)
            try:
                lock.acquire()
            except Timeout:
                raise StoreBusyError(
                    f"corpus store {self.folder} is being written by another process; try again when it is done"
                ) from None
            except NotImplementedError as error:
                raise StoreWriteError(
                    f"corpus store {self.folder}: its file system has no locks; choose a cache folder on a local disk"
                ) from error
        try:
            yield
        finally:
            lock.release()

    def remove_leftovers(self, state: State) -> None:
        """Delete what a killed writer left behind; only whoever holds the lock may."""
        for path in self.folder.iterdir():
            number = path.name.partition(".")[0]
            is_newer = number.isdigit() and int(number) >= state.next_file
            if _OURS.fullmatch(path.name) and (is_newer or path.name.startswith(f"{_POINTER}.")):
                _unlink(path)
            elif path.name.startswith(IMPORT_PREFIX):
                shutil.rmtree(path, ignore_errors=True)

    def next_number(self, state: State) -> int:
        """Return a number above those of all state files."""
        numbers = [
            int(path.name.split("-")[1])
            for path in self.folder.glob("state-*.json")
            if _OURS.fullmatch(path.name)
        ]
        return max([state.number, *numbers]) + 1

    def publish(self, state: State, replaced: State) -> None:
        """Make a state the current one; files that neither it nor the replaced one names are deleted."""
        path = self.folder / state.file_name()
        _write(path, state.encode())
        new = self.folder / f"{_POINTER}.{uuid.uuid4().hex}"
        try:
            _write(new, path.name.encode("ascii"))
            _replace(new, self.folder / _POINTER)
        finally:
            new.unlink(missing_ok=True)
        self.clean(state, replaced)

    def clean(self, *states: State) -> None:
        """Delete the files that these states do not name."""
        needed = {state.file_name() for state in states}
        needed |= {ref.name for state in states for segment in state.segments for ref in segment.files()}
        for path in self.folder.iterdir():
            if path.name not in needed and _OURS.fullmatch(path.name):
                _unlink(path)


@contextmanager
def write_errors(folder: Path) -> Iterator[None]:
    """Turn an :class:`OSError` into a :class:`StoreWriteError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreWriteError(
            f"corpus store {folder} cannot be written: {error.strerror or error}; free some space there, make the "
            "folder writable, or choose another cache folder"
        ) from error


def _unlink(path: Path) -> None:
    with suppress(OSError):  # what somebody has open on Windows stays until the next time
        path.unlink()


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _replace(source: Path, target: Path) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or attempt == _ATTEMPTS - 1:
                raise
            time.sleep(_PAUSE_S)
