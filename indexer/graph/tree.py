"""The paths of a tree, looked up the ways in which import statements name files: exactly, and by how they end.

Nothing is read here: what a statement means follows from its own text, the importing file's path and these paths.
"""

from collections.abc import Iterable, Sequence

Rows = tuple[int, ...]

_LEAST_VOTES = 3


class Tree:
    """Rows of files by path. ``near`` is always the folder of the importing file, without a slash at its end."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self.rows = {path: row for row, path in enumerate(paths)}
        self._named: dict[str, list[int]] = {}
        self._files_in: dict[str, list[int]] = {}
        self._folders_named: dict[str, list[str]] = {}
        for row, path in enumerate(paths):
            folder, _, name = path.rpartition("/")
            self._named.setdefault(name, []).append(row)
            self._files_in.setdefault(folder, []).append(row)
        self.folders = set(self._files_in)
        for folder in self._files_in:
            while folder:
                folder = folder.rpartition("/")[0]
                if folder in self.folders:
                    break
                self.folders.add(folder)
        for folder in self.folders:
            self._folders_named.setdefault(folder.rpartition("/")[2], []).append(folder)
        self._ending: dict[str, list[int]] = {}
        self._above = ""

    def learn_root(self) -> bool:
        """Find out as what package or folder the tree's root itself is imported, if it is; True if this says more.

        A tree may begin within a package (``src/main/java/org/acme``): then of all that was looked up in vain, many
        paths begin alike, and what follows is there. What was not found before may be found afterwards.
        """
        votes: dict[str, int] = {}
        for suffix, rows in self._ending.items():
            cut = suffix.find("/") if not rows else -1
            while cut >= 0:
                if suffix[cut + 1 :] in self.rows:
                    votes[suffix[:cut]] = votes.get(suffix[:cut], 0) + 1
                cut = suffix.find("/", cut + 1)
        above = max(votes, key=lambda prefix: (votes[prefix], prefix), default="")
        if votes.get(above, 0) < _LEAST_VOTES:
            return False
        self._above = f"{above}/"
        self._ending.clear()
        return True

    def first(self, paths: Iterable[str]) -> Rows:
        """Return the first of some paths that exists."""
        for path in paths:
            row = self.rows.get(path)
            if row is not None:
                return (row,)
        return ()

    def ending(self, suffix: str, near: str) -> Rows:
        """Return the file whose path ends with whole parts, the nearest one; none if several are equally near."""
        found = self._ending.get(suffix)
        if found is None:
            rows = self._named.get(suffix.rpartition("/")[2], ())
            tail = f"/{suffix}"
            found = self._ending[suffix] = [
                row for row in rows if self.paths[row] == suffix or self.paths[row].endswith(tail)
            ]
            if not found and self._above and suffix.startswith(self._above):
                found += self.first((suffix[len(self._above) :],))
        return self.nearest(found, near)

    def nearest(self, rows: Sequence[int], near: str) -> Rows:
        """Return the row that shares most folders with ``near``; none if several do."""
        if len(rows) < 2:
            return tuple(rows)
        own = near.split("/") if near else []
        shares = [_shared(self.paths[row].split("/"), own) for row in rows]
        most = max(shares)
        return (rows[shares.index(most)],) if shares.count(most) == 1 else ()

    def folder_ending(self, suffix: str, near: str) -> str | None:
        """Return the folder whose path ends with whole parts, the nearest one; None if there is none or several."""
        tail = f"/{suffix}"
        found = [
            folder
            for folder in self._folders_named.get(suffix.rpartition("/")[2], ())
            if folder == suffix or folder.endswith(tail)
        ]
        if len(found) < 2:
            return found[0] if found else None
        own = near.split("/") if near else []
        shares = [_shared(folder.split("/"), own) for folder in found]
        most = max(shares)
        return found[shares.index(most)] if shares.count(most) == 1 else None

    def files_in(self, folder: str, suffix: str) -> Rows:
        """Return the files directly in a folder whose names end so."""
        return tuple(row for row in self._files_in.get(folder, ()) if self.paths[row].endswith(suffix))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def joined(folder: str, relative: str) -> str | None:
    """Return the path that a relative one names; None if it leaves the tree.

    >>> joined("src/a", "../b/c")
    'src/b/c'
    """
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
