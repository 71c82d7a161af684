"""Where paths from elsewhere lie in the searched repositories: frames of traces, absolute paths of other machines.

A path is mapped to the file that shares its longest tail, unless it says itself that it lies in a library.
"""

import re
from collections.abc import Sequence
from functools import cached_property

from assistant.retrieval.repository import Repository

_LIBRARIES = re.compile(
    r".*(?:^|/)(?:node_modules|site-packages|dist-packages|lib/python\d[\w.]*|python\d+/lib|\.cargo/registry/src/[^/]+|rustc/\w+"
    r"|pkg/mod|gems|usr/(?:local/)?(?:lib|include|share|go/src)|usr/local/go|nix/store|\.m2|\.gradle|deps)/",
    re.IGNORECASE,
)
_PLATFORM = re.compile(r"(?:javax?|jdk|sun|com/sun|kotlinx?|scala|groovy|clojure|android|androidx)/")
_LOOSE_SUFFIXES = (".kt", ".kts", ".scala", ".groovy")  # their folders need not follow the package


class FileLocator:
    """Maps paths to files of some repositories. Safe to use from several threads."""

    def __init__(self, repositories: Sequence[Repository]) -> None:
        self._repositories = repositories

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, int, list[str]]]]:
        """Lower-cased file name -> (repository, file row, lower-cased parts of its path)."""
        found: dict[str, list[tuple[int, int, list[str]]]] = {}
        for number, repository in enumerate(self._repositories):
            for row, path in enumerate(repository.lower_paths):
                if repository.visible is None or repository.visible[row]:
                    parts = path.split("/")
                    found.setdefault(parts[-1], []).append((number, row, parts))
        return found

    def locate(self, path: str) -> tuple[int, int] | None:
        """Return repository and row of the file that a path means; None if it lies outside.

        Of files that share equally long a tail, the one nearest to its root wins.
        """
        if place := self._below_root(path):
            return place
        parts = _parts(path)
        if not parts:
            return None
        library = _LIBRARIES.match(path)
        own = path[library.end() :] if library else path
        # What a library holds is the repository's only if all of its path below the library's folder is.
        needed = len(_parts(own)) if library or _PLATFORM.match(own) else 0
        candidates = self._by_name.get(parts[-1], ())
        loose = len(candidates) == 1 and parts[-1].endswith(_LOOSE_SUFFIXES)
        best: tuple[int, int, str, int, int] | None = None
        for number, row, other in candidates:
            shared = _shared_tail(parts, other)
            whole = shared in (len(parts), len(other)) or loose
            if shared >= max(needed, 1 if whole else 2) and (shared > 1 or not needed):
                key = (-shared, len(other), self._repositories[number].snapshot.paths[row], number, row)
                best = min(best, key) if best else key
        return None if best is None else (best[3], best[4])

    def _below_root(self, path: str) -> tuple[int, int] | None:
        for number, repository in enumerate(self._repositories):
            root = repository.snapshot.root.as_posix().rstrip("/") + "/"
            if path.startswith(root):
                row = repository.snapshot.file_row(path[len(root) :])
                if row is not None and (repository.visible is None or repository.visible[row]):
                    return number, row
        return None


def _parts(path: str) -> list[str]:
    return [part for part in path.lower().split("/") if part not in ("", ".", "..")]


def _shared_tail(first: Sequence[str], second: Sequence[str]) -> int:
    count = 0
    for left, right in zip(reversed(first), reversed(second), strict=False):
        if left != right:
            break
        count += 1
    return count
