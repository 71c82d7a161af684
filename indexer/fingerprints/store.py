"""The façade of a fingerprint store: open it, look up, write, export and import.

Reading never takes a lock and never raises for damage; writers take turns.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.directory import StoreDirectory
from indexer.fingerprints.errors import StoreError
from indexer.fingerprints.exchange import export_store, import_store
from indexer.fingerprints.model import FileInput, Hits, Origin, OriginSummary, Place, TextProblem
from indexer.fingerprints.paged import DamagedFileError
from indexer.fingerprints.snapshot import StoreSnapshot
from indexer.fingerprints.writer import StoreWriter

_OPEN_ATTEMPTS = 20


class FingerprintStore:
    """A store of fingerprints in a folder; there may be none yet. Reading is safe from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open what is there."""
        self.folder = folder
        self._directory = StoreDirectory(folder)
        self._pointer, self._snapshot = self._open()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the store of a folder."""
        return cls(folder)

    @property
    def snapshot(self) -> StoreSnapshot:
        """The state that is read; take it once for what belongs together, since content ids belong to it."""
        return self._snapshot

    @property
    def problems(self) -> list[str]:
        """Sentences about damage found so far."""
        return self._snapshot.problems

    def refresh(self) -> bool:
        """Take up what others have published; tells whether there was anything (one small file is read)."""
        if self._directory.pointer() == self._pointer:
            return False
        self._pointer, self._snapshot = self._open()
        return True

    def _open(self) -> tuple[str, StoreSnapshot]:
        opened = self._snapshot.opened() if hasattr(self, "_snapshot") else None
        for _ in range(_OPEN_ATTEMPTS):
            pointer = self._directory.pointer()
            state, problem = self._directory.current()
            snapshot = StoreSnapshot(self.folder, state, problem, opened)
            if not snapshot.problems or self._directory.pointer() == pointer:
                break  # else a writer has replaced it meanwhile, and deleted its files
        return pointer, snapshot

    def lookup(self, hashes: NDArray[np.uint64]) -> Hits:
        """See :meth:`StoreSnapshot.lookup`."""
        return self._snapshot.lookup(hashes)

    def places(self, content_id: int) -> tuple[Place, ...]:
        """See :meth:`StoreSnapshot.places`."""
        return self._snapshot.places(content_id)

    def text(self, content_id: int) -> str | TextProblem:
        """See :meth:`StoreSnapshot.text`."""
        return self._snapshot.text(content_id)

    def extent(self, content_id: int) -> int:
        """See :meth:`StoreSnapshot.extent`."""
        return self._snapshot.extent(content_id)

    def has(self, content_hashes: Iterable[bytes]) -> set[bytes]:
        """See :meth:`StoreSnapshot.has`."""
        return self._snapshot.has(content_hashes)

    def origins(self) -> list[OriginSummary]:
        """See :meth:`StoreSnapshot.origins`."""
        return self._snapshot.origins()

    def files_of(self, key: str) -> dict[str, bytes]:
        """See :meth:`StoreSnapshot.files_of`."""
        return self._snapshot.files_of(key)

    def verify(self) -> list[str]:
        """See :meth:`StoreSnapshot.verify`."""
        return self._snapshot.verify()

    @contextmanager
    def writing(self, wait_s: float = -1) -> Iterator[StoreWriter]:
        """Change the store: what the block did is published when it ends, all at once, or not at all if it raises.

        :param wait_s: how long to wait for another writer; negative waits for ever.
        :raises StoreBusyError: if another process still writes after that.
        :raises StoreWriteError: if the disk refuses; the last published state stays.
        """
        with self._directory.writing(wait_s):
            writer = StoreWriter(self._directory, self._snapshot.suspects())
            yield writer
            writer.checkpoint()
        self.refresh()

    def put(self, origin: Origin, files: Iterable[FileInput]) -> None:
        """Add files of an origin and publish; see :meth:`StoreWriter.put`."""
        with self.writing() as writer:
            writer.put(origin, files)

    def remove_origin(self, key: str) -> None:
        """Remove an origin with its files and publish."""
        with self.writing() as writer:
            writer.remove_origin(key)

    def export(self, file: Path, *, with_text: bool, origins: Collection[str] | None = None) -> None:
        """Write the store, or the origins of some keys, to one file; see :func:`export_store`.

        :raises StoreError: if the file cannot be written, or a segment is damaged.
        """
        try:
            export_store(self._snapshot, file, with_text=with_text, keys=origins)
        except DamagedFileError as error:
            self._snapshot.verify()
            raise StoreError(
                f"corpus store {self.folder}: {error}; update its corpora, then export again"
            ) from error
        except OSError as error:
            raise StoreError(
                f"corpus file {file} cannot be written: {error.strerror or error}; choose another place"
            ) from error

    def import_(self, file: Path, key_prefix: str = "") -> list[Origin]:
        """Add what another store exported, and publish; see :func:`import_store`.

        :raises ImportRefusedError: if the file is damaged, hostile or of another version; nothing was changed.
        """
        with self.writing() as writer:
            return import_store(writer, self.folder, file, key_prefix)
