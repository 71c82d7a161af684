"""What each version of a file has for itself: a history is mostly the same code, again and again."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assistant.copies.corpora.model import LeftOut
from indexer.fingerprints.model import FileInput

_MIN_NOVEL = 4
"""Fingerprints that a version must have for itself: fewer than some three lines' worth are edges of what it shares."""


class Novelty:
    """Keeps of each version the fingerprints that no newer one has. Versions of a path come one after the other."""

    def __init__(self) -> None:
        self._path = ""
        self._seen: NDArray[np.uint64] = np.empty(0, np.uint64)

    def of(self, path: str, file: FileInput) -> FileInput | LeftOut:
        """Return a version with its own fingerprints alone, or that it is left out; the newest comes first.

        :param path: the same for all versions of a file.
        """
        assert file.hashes is not None
        assert file.positions is not None
        if path != self._path:
            self._path, self._seen = path, np.unique(file.hashes)
            return file
        novel = ~np.isin(file.hashes, self._seen)
        if np.count_nonzero(novel) < _MIN_NOVEL:
            return LeftOut(file.path, "a newer version has all of it")
        self._seen = np.union1d(self._seen, file.hashes)
        return replace(file, hashes=file.hashes[novel], positions=file.positions[novel])
