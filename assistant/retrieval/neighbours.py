"""Files beside the best ones in the graph of imports: what they import, and what imports them.

A question of how something works is answered by files that the best ones build on; a change is made where those are
put to use. Only code counts on both sides, as in :mod:`indexer.index.users`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.index.snapshot import Snapshot
from indexer.index.users import is_code

FloatArray = NDArray[np.float32]
_FROM_BEST = 10
_TO_BEST = 30
"""So many of the best files are followed, to what they import and to what imports them."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Edges by the file at which they are entered: (n_edges,) each, ``near`` ascending."""

    near: NDArray[np.int64]
    far: NDArray[np.int64]
    values: FloatArray

    def spread(self, files: NDArray[np.int64], masses: FloatArray, count: int) -> FloatArray:
        """Return what reaches each file from some, (count,), at most 1."""
        reached = np.zeros(count, np.float32)
        starts, ends = np.searchsorted(self.near, files), np.searchsorted(self.near, files, "right")
        for start, end, mass in zip(starts.tolist(), ends.tolist(), masses.tolist(), strict=True):
            np.add.at(reached, self.far[start:end], mass * self.values[start:end])
        return reached / (float(reached.max(initial=0.0)) or 1.0)


class ImportGraph:
    """The imports between the code files of a snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        edges = snapshot.import_edges
        importers, imported = edges["importer"].astype(np.int64), edges["imported"].astype(np.int64)
        code = is_code(snapshot.roles)
        kept = code[importers] & code[imported]
        importers, imported, shares = importers[kept], imported[kept], edges["share"][kept]
        self._count = len(snapshot.paths)
        uses = np.maximum(1.0, np.bincount(importers, shares, self._count))
        users = np.maximum(1.0, np.bincount(imported, shares, self._count))
        self._down = _Side(importers, imported, (shares / np.sqrt(uses[importers])).astype(np.float32))
        order = np.argsort(imported, kind="stable")
        values = shares / np.sqrt(users[imported] * uses[importers])
        self._up = _Side(imported[order], importers[order], values[order].astype(np.float32))

    def imported_by_best(self, scores: FloatArray) -> FloatArray:
        """Return how much the best files import each file, (n_files,), at most 1.

        :param scores: (n_files,) how well files answer, -inf for those that do not.
        """
        return self._down.spread(*_best(scores, _FROM_BEST), self._count)

    def importing_best(self, scores: FloatArray) -> FloatArray:
        """Return how much each file imports the best ones, likewise."""
        return self._up.spread(*_best(scores, _TO_BEST), self._count)


def _best(scores: FloatArray, count: int) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the best files, and how far each is above the last of them, 0 to 1."""
    count = min(count, len(scores))
    best = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, np.int64)
    best = best[np.isfinite(scores[best])]
    values = scores[best]
    least = float(values.min(initial=np.inf)) if len(best) else 0.0
    spread = float(values.max(initial=least)) - least
    return best, (values - least) / (spread or 1.0)
