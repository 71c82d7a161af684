"""The folders that the editor has open, and which file of which folder an address names.

An index knows a folder by its resolved path, the editor by the one that it opened: both are kept, so that what goes to
the client lies below what the client knows. A file belongs to the innermost folder around it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp.errors import LspError
from lsp.uris import path_of, uri_of

_MAX_LOCATED = 10_000


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the workspace."""

    uri: str
    name: str
    path: Path
    """As the client has it."""
    root: Path
    """Resolved; what the engine calls it."""


@dataclass(frozen=True, slots=True)
class FileAt:
    """A file of a folder: its path is relative to the folder and '/'-separated."""

    folder: Folder
    path: str


@dataclass(frozen=True, slots=True)
class Namer:
    """Names the addresses of files as the client knows them. Never changes; safe to hand to threads."""

    paths: Mapping[Path, Path]
    """Resolved roots and the folders that the client opened."""

    def uri(self, root: Path, path: str) -> str:
        """Return the address of a file by its root and path."""
        return uri_of(self.paths.get(root, root) / path)


class Workspaces:
    """The open folders. Belongs to the event loop."""

    def __init__(self) -> None:
        self._folders: dict[str, Folder] = {}
        self._located: dict[str, FileAt | None] = {}

    @property
    def folders(self) -> tuple[Folder, ...]:
        """In the order in which they were added."""
        return tuple(self._folders.values())

    @property
    def roots(self) -> tuple[Path, ...]:
        """The resolved folders, each once."""
        return tuple(dict.fromkeys(folder.root for folder in self._folders.values()))

    def add(self, uri: str, name: str = "") -> Folder | None:
        """Add a folder; None if the address names none."""
        path = path_of(uri)
        if path is None:
            return None
        try:
            root = path.resolve()
        except (OSError, RuntimeError):
            root = path
        folder = Folder(uri, name or path.name or str(path), path, root)
        self._folders[uri] = folder
        self._located.clear()
        return folder

    def remove(self, uri: str) -> Folder | None:
        """Remove a folder; None if it was none."""
        self._located.clear()
        return self._folders.pop(uri, None)

    def locate(self, uri: str) -> FileAt | None:
        """Return the file that an address names, if it lies in a folder."""
        if uri not in self._located:
            if len(self._located) >= _MAX_LOCATED:
                self._located.clear()
            self._located[uri] = self._found(uri)
        return self._located[uri]

    def _found(self, uri: str) -> FileAt | None:
        path = path_of(uri)
        if path is None:
            return None
        found = self._below(path, ((folder, folder.path) for folder in self.folders))
        if found is not None:
            return found
        try:
            resolved = path.resolve()
        except (OSError, RuntimeError):
            return None
        return self._below(resolved, ((folder, folder.root) for folder in self.folders))

    def place(self, uri: str) -> tuple[Path, str]:
        """Return a document's folder and its path in it; its own folder's, absolute, for one that lies in none."""
        found = self.locate(uri)
        if found is not None:
            return found.folder.root, found.path
        path = path_of(uri)
        if path is None:  # not saved yet: it belongs to what is open
            roots = self.roots
            return (roots[0] if roots else Path.cwd()), uri.rpartition(":")[2].lstrip("/") or "untitled"
        return path.parent, path.as_posix()

    def uri(self, root: Path, path: str) -> str:
        """Return the address, as the client knows it, of a file by its root and path."""
        return self.namer().uri(root, path)

    def chosen(self, uris: Sequence[str] | None) -> tuple[Path, ...]:
        """Return the roots of the folders with these addresses, of all if none is named.

        :raises LspError: for an address that is no folder's, or if no folder is open.
        """
        for uri in uris or ():
            if uri not in self._folders:
                raise LspError(f"{uri} is no folder of the workspace; leave folders out to mean all")
        roots = tuple(dict.fromkeys(self._folders[uri].root for uri in uris)) if uris else self.roots
        if not roots:
            raise LspError("no folder is open; open one, so that there is something to look into")
        return roots

    def namer(self) -> "Namer":
        """Return what names files' addresses, as the folders are now, for threads."""
        return Namer({folder.root: folder.path for folder in reversed(self.folders)})

    @staticmethod
    def _below(path: Path, tops: Iterable[tuple[Folder, Path]]) -> FileAt | None:
        around = [(folder, top) for folder, top in tops if top in path.parents]
        if not around:
            return None
        folder, top = max(around, key=lambda item: len(item[1].parts))
        return FileAt(folder, path.relative_to(top).as_posix())
