"""Go: which folder a package path names. The path begins with the module's name, which only go.mod tells.

What it is follows from the tree as well: of the beginnings after which the rest of an imported path is a folder, the
one that most different packages share is the module's name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from indexer.graph.modules import MOST_IN_PACKAGE
from indexer.graph.tree import Rows, Tree


class GoPackages:
    """Resolves the package paths of one tree."""

    def __init__(self, tree: Tree, imported: Iterable[str]) -> None:
        self._tree = tree
        self._roots = _module_roots(tree, set(imported))
        self._found: dict[str, Rows] = {}

    def resolve(self, tree: Tree, path: str, text: str) -> Rows:
        """Return the files of a package; none of a very large one, where an import says little."""
        rows = self._found.get(text)
        if rows is None:
            rows = self._found[text] = self._files(text)
        return rows

    def _files(self, text: str) -> Rows:
        folder = self._folder(text)
        if folder is None:
            return ()
        files = self._tree.files_in(folder, ".go")
        rows = tuple(row for row in files if not self._tree.paths[row].endswith("_test.go"))
        return rows if len(rows) <= MOST_IN_PACKAGE else ()

    def _folder(self, text: str) -> str | None:
        vendored = f"vendor/{text}"
        if vendored in self._tree.folders:
            return vendored
        parts = _parts(text)
        for count in range(len(parts), 0, -1):
            root = self._roots.get("/".join(parts[:count]))
            if root is not None:
                folder = "/".join(part for part in (root, *parts[count:]) if part)
                return folder if folder in self._tree.folders else None
        return None


def _module_roots(tree: Tree, imported: set[str]) -> dict[str, str]:
    """Return the names of the tree's modules with the folders in which they begin."""
    votes: dict[str, set[str]] = defaultdict(set)
    for text in imported:
        parts = _parts(text)
        if "." not in parts[0] and len(parts) > 1 and parts[0] in _STANDARD:
            continue
        for count in range(1, len(parts)):
            rest = "/".join(parts[count:])
            if rest in tree.folders:
                votes["/".join(parts[:count])].add(rest)
    best = max(votes, key=lambda prefix: (len(votes[prefix]), prefix), default=None)
    roots = {best: ""} if best is not None and ("." in best or len(votes[best]) > 1) else {}
    modules = sorted(path.rpartition("/")[0] for path in tree.paths if path.endswith("/go.mod"))
    for folder in modules:
        name = f"{best}/{folder}"
        if best is not None and name not in roots:
            roots[name] = folder
    return roots


def _parts(text: str) -> list[str]:
    """Return the parts of a package path without the major version, which is no folder as a rule."""
    return [part for part in text.split("/") if not _VERSION.fullmatch(part)]


_VERSION = re.compile(r"v\d+")
_STANDARD = frozenset(
    "archive bufio bytes compress container context crypto database debug embed encoding errors expvar flag fmt go hash"
    " html image index io log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings sync"
    " syscall testing text time unicode unsafe".split()
)
