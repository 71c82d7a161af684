"""The indexes in the cache folder: whose they are, how big, and their removal."""

import json
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import CorruptIndexError
from indexer.index.generations import IndexDirectory
from indexer.index.manifest import MANIFEST


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """One index folder."""

    directory: IndexDirectory
    root: Path | None
    """The indexed folder; None if the index is too damaged to tell."""
    size_bytes: int

    @property
    def exists(self) -> bool:
        """Whether there is anything on disk."""
        return self.directory.folder.is_dir()

    @property
    def is_stale(self) -> bool:
        """Whether the indexed folder is gone, or nobody knows what it was."""
        return self.root is None or not self.root.is_dir()

    def remove(self) -> None:
        """Delete the index.

        :raises IndexBusyError: if another process is writing it.
        :raises IndexWriteError: if it cannot be deleted.
        """
        self.directory.remove()


def index_of(directory: IndexDirectory, root: Path | None) -> StoredIndex:
    """Return what lies in an index folder."""
    files = [path for path in directory.folder.rglob("*") if path.is_file()]
    unique = {(stat.st_dev, stat.st_ino): stat.st_size for stat in (path.stat() for path in files)}
    return StoredIndex(directory, root, sum(unique.values()))


def list_indexes(cache_dir: Path) -> list[StoredIndex]:
    """Return all indexes below a cache folder, by name."""
    folder = cache_dir / "indexes"
    if not folder.is_dir():
        return []
    directories = [IndexDirectory(path) for path in sorted(folder.iterdir()) if path.is_dir()]
    return [index_of(directory, _root_of(directory)) for directory in directories]


def _root_of(directory: IndexDirectory) -> Path | None:
    try:
        generation = directory.current()
    except CorruptIndexError:
        return _stated_root(directory)
    return Path(generation.facts["root"]) if generation else None


def _stated_root(directory: IndexDirectory) -> Path | None:
    """Return the folder that an index names which cannot be used, since another version wrote it or it is damaged."""
    for manifest in directory.folder.rglob(MANIFEST):
        try:
            root = json.loads(manifest.read_bytes())["facts"]["root"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if isinstance(root, str):
            return Path(root)
    return None
