"""A tree of files to look for licences in: a folder on disk, or what a git commit or an archive holds."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

_MOST_BYTES = 2_000_000


class Tree(Protocol):
    """Files by their paths, relative to the root with ``/``; the root itself is the empty path."""

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of what is in a folder, nothing if there is none."""
        ...

    def read(self, path: str) -> str | None:
        """Return a file's text, or ``None`` if there is none that can be read."""
        ...


class FolderTree:
    """A folder on disk. Links out of it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))

    def names(self, folder: str) -> Iterable[str]:
        """Return the names of what is in a folder, sorted."""
        try:
            return sorted(os.listdir(self._root / folder))
        except OSError:
            return ()

    def read(self, path: str) -> str | None:
        """Return the text of a regular file within the folder, at most 2 MB of it."""
        target = Path(os.path.realpath(self._root / path))
        if not target.is_relative_to(self._root) or not target.is_file():
            return None
        try:
            with target.open("rb") as file:
                return decoded(file.read(_MOST_BYTES))
        except OSError:
            return None


def decoded(content: bytes) -> str:
    """Return the text of a licence or metadata file: UTF-8, else what Western files were written in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
