"""From mentions to links between files: vectorised, so that doing it anew after every edit costs little.

A name that more than a few files define leads nowhere: it is a convention (``main``, ``setUp``), not a reference. Of
several files that define a name, the nearest in the tree is meant; equally near ones all are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_DEFINERS = 3
_DEEPEST = 12
"""Folders that are compared at most."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of files, each once: ``users[i]`` mentions a name that ``definers[i]`` defines; (n_links,) int64 rows."""

    users: NDArray[np.int64]
    definers: NDArray[np.int64]

    def users_of_each(self, file_count: int) -> NDArray[np.uint32]:
        """Return how many files use each file, (file_count,)."""
        return np.bincount(self.definers, minlength=file_count).astype(np.uint32)

    def used_by_each(self, file_count: int) -> NDArray[np.uint32]:
        """Return how many files each file uses, (file_count,)."""
        return np.bincount(self.users, minlength=file_count).astype(np.uint32)


def link_mentions(
    paths: Sequence[str],
    mentions: NDArray[np.uint32],
    mention_files: NDArray[np.int64],
    definitions: NDArray[np.uint32],
    definition_files: NDArray[np.int64],
) -> Links:
    """Resolve names to files.

    :param paths: of all files, by row.
    :param mentions: hashes of names that files mention, ``mention_files`` the row of each one's file.
    :param definitions: hashes of names that files define, 0 for those that nobody may refer to by name, and
        ``definition_files`` the row of each one's file.
    """
    names, definers = _definers(definitions, definition_files)
    if not len(names) or not len(mentions):
        return Links(np.empty(0, np.int64), np.empty(0, np.int64))
    place = np.searchsorted(names, mentions).clip(max=len(names) - 1)
    found = np.flatnonzero(names[place] == mentions)
    users, candidates = mention_files[found], definers[place[found]]
    foreign = ~(candidates == users[:, None]).any(axis=1)
    users, candidates = users[foreign], candidates[foreign]
    chosen = _nearest(paths, users, candidates)
    pairs = np.sort(np.repeat(users, chosen.sum(axis=1)) * np.int64(len(paths)) + candidates[chosen])
    pairs = pairs[_firsts(pairs)]
    return Links(pairs // len(paths), pairs % len(paths))


def _definers(
    hashes: NDArray[np.uint32], files: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the names that few files define, ascending, and their files: (n_names, 3), -1 where there are fewer."""
    order = np.lexsort((files, hashes))
    hashes, files = hashes[order], files[order]
    keep = hashes > 0
    keep[1:] &= (hashes[1:] != hashes[:-1]) | (files[1:] != files[:-1])
    hashes, files = hashes[keep], files[keep]
    starts = np.flatnonzero(_firsts(hashes))
    counts = np.diff(starts, append=len(hashes))
    few = counts <= _MOST_DEFINERS
    starts, counts = starts[few], counts[few]
    names = hashes[starts]
    table = np.full((len(names), _MOST_DEFINERS), -1, np.int64)
    for column in range(_MOST_DEFINERS):
        has = counts > column
        table[has, column] = files[starts[has] + column]
    return names, table


def _firsts(ascending: NDArray[np.uint32] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which values differ from the one before; what np.unique does, without the import of numpy.ma."""
    first = np.ones(len(ascending), np.bool_)
    first[1:] = ascending[1:] != ascending[:-1]
    return first


def _nearest(
    paths: Sequence[str], users: NDArray[np.int64], candidates: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which candidates are meant, of the shape of ``candidates``."""
    exists: NDArray[np.bool_] = candidates >= 0
    several = np.flatnonzero(exists.sum(axis=1) > 1)
    if len(several):
        folders = _folders(paths)
        own, theirs = folders[users[several]], folders[candidates[several]]
        shared = np.logical_and.accumulate((own[:, None, :] == theirs) & (theirs >= 0), axis=2).sum(axis=2)
        shared[~exists[several]] = -1
        exists[several] = shared == shared.max(axis=1, keepdims=True)
    return exists


def _folders(paths: Sequence[str]) -> NDArray[np.int32]:
    """Return the numbers of the folders above each file, outermost first, -1 below the last: (n_files, 12)."""
    numbers: dict[str, int] = {}
    rows: dict[str, list[int]] = {}
    table = np.full((len(paths), _DEEPEST), -1, np.int32)
    for row, path in enumerate(paths):
        folder = path.rpartition("/")[0]
        above = rows.get(folder)
        if above is None:
            parts = folder.split("/")[:_DEEPEST] if folder else []
            above = rows[folder] = [
                numbers.setdefault("/".join(parts[: depth + 1]), len(numbers)) for depth in range(len(parts))
            ]
        table[row, : len(above)] = above
    return table
