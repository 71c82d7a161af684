"""Finds every place of a set of files that holds a sequence of tokens: the truth about where a fragment stands.

Tokens are compared as text, without comments and white space. Each file is a run of numbers, one a distinct token;
hashes of eight tokens in a row, sorted, find candidates, which are then compared in full.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.copies.model import Span

GRAM = 8
_FACTOR = 0x9E3779B97F4A7C15 | 1


class Occurrences:
    """Token sequences of files, searchable. Files are added first, then `freeze` is called once."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._tokens = array("i")
        self._rows = array("i")
        self._starts = [0]
        self._files: list[str] = []

    def add(self, file: str, tokens: Sequence[str], rows: Sequence[int]) -> None:
        """Add a file's tokens and the row (from 0) that each starts on."""
        vocabulary = self._vocabulary
        self._tokens.extend(vocabulary.setdefault(token, len(vocabulary)) for token in tokens)
        self._rows.extend(rows)
        self._tokens.extend([-1] * GRAM)
        self._rows.extend([-1] * GRAM)
        self._starts.append(len(self._tokens))
        self._files.append(file)

    def freeze(self) -> None:
        """Make what was added searchable."""
        self._array = np.frombuffer(self._tokens, dtype=np.int32)
        self._row_array = np.frombuffer(self._rows, dtype=np.int32)
        hashes = _grams(self._array)
        self._order = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes = hashes[self._order]
        self._file_starts = np.asarray(self._starts, dtype=np.int64)

    def find(self, tokens: Sequence[str]) -> list[Span]:
        """Every place that holds these tokens in a row, in the order of the files.

        :param tokens: At least `GRAM` of them.
        """
        if len(tokens) < GRAM:
            raise ValueError(f"{len(tokens)} tokens are too few to look up, {GRAM} are needed")
        if any(token not in self._vocabulary for token in tokens):
            return []
        wanted = np.asarray([self._vocabulary[token] for token in tokens], dtype=np.int32)
        key = _grams(wanted[:GRAM])[0]
        low, high = np.searchsorted(self._hashes, key, "left"), np.searchsorted(self._hashes, key, "right")
        found = []
        for at in sorted(int(position) for position in self._order[low:high]):
            if np.array_equal(self._array[at : at + len(wanted)], wanted):
                file = int(np.searchsorted(self._file_starts, at, "right")) - 1
                first, last = int(self._row_array[at]), int(self._row_array[at + len(wanted) - 1])
                found.append(Span(self._files[file], first + 1, last + 1))
        return found


def _grams(tokens: NDArray[np.int32]) -> NDArray[np.uint64]:
    """A hash of every `GRAM` tokens in a row."""
    values = tokens.astype(np.int64).view(np.uint64) + np.uint64(3)
    length = max(0, len(values) - GRAM + 1)
    hashes = np.zeros(length, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(GRAM):
            hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(_FACTOR) + values[
                offset : offset + length
            ]
    return hashes
