"""Files by the names of themselves and of their folders: what the scope of a change (``web/socket: ...``) may mean."""

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.index.snapshot import Snapshot
from indexer.index.users import is_code

_SHORTEST_WITHIN = 4
"""Letters of a scope that is looked for within names."""


class NamedParts:
    """Which files bear a name or lie in folders of that name. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def scope(self, parts: tuple[str, ...]) -> NDArray[np.float32]:
        """Return how well files fit a scope, 0 to 1; (n_files,).

        For each part the best of three counts: the file's name, a folder's, a name that has the part in it; each is
        worth the more the fewer files it fits.
        """
        scores = np.zeros(len(self._snapshot.paths), np.float32)
        stems, folders = self._rows
        for part in map(_plain, parts):
            value = np.zeros_like(scores)
            if len(part) >= _SHORTEST_WITHIN:
                within = [rows for names in (stems, folders) for name, rows in names.items() if part in name]
                self._mark(value, [row for rows in within for row in rows])
            self._mark(value, folders.get(part, []))
            self._mark(value, stems.get(part, []))
            scores += value / len(parts)
        return scores

    def _mark(self, value: NDArray[np.float32], rows: list[int]) -> None:
        files = np.unique(np.asarray(rows, np.int64))
        count, total = int(self._code[files].sum()), max(2, int(self._code.sum()))
        value[files] = math.log(total / count) / math.log(total) if count else 0.0

    @cached_property
    def _code(self) -> NDArray[np.bool_]:
        return is_code(self._snapshot.roles)

    @cached_property
    def _rows(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """Files by the plain form of their names without suffix, and by those of the folders above them."""
        stems: dict[str, list[int]] = {}
        folders: dict[str, list[int]] = {}
        within: dict[str, list[list[int]]] = {}
        for row, path in enumerate(self._snapshot.paths):
            folder, _, name = path.rpartition("/")
            stems.setdefault(_plain(name.rpartition(".")[0] or name), []).append(row)
            above = within.get(folder)
            if above is None:
                names = {_plain(part) for part in folder.split("/")} if folder else set()
                above = within[folder] = [folders.setdefault(part, []) for part in names]
            for rows in above:
                rows.append(row)
        return stems, folders


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()
