"""Commits in the form that is kept with an index and asked by searches: hashes of words, numbers of files.

A few thousand commits are so small that a search looks through all of them, which takes a fraction of a millisecond
and needs no index of its own.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.history.commits import Commit
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD

FloatArray = NDArray[np.float32]

_SATURATION = 1.0
_LENGTH_SHARE = 0.5
"""BM25's k1 and b, for files as documents whose text is the subjects of their commits."""


def term_hash(term: str) -> int:
    """Return the 32-bit hash that stands for a term (:mod:`indexer.lexical.terms`)."""
    return crc32(term.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """Commits, newest first, as arrays.

    :param head: the commit that they lead up to, (n,) uint8 of its ASCII name; empty without any.
    :param terms: (n_terms,) uint32 hashes of the subjects' terms, each once a commit; commit after commit.
    :param term_commits: (n_terms,) int32, ascending: the commit of each.
    :param files: (n_files,) int32 into the paths; commit after commit.
    :param file_commits: (n_files,) int32, ascending.
    :param paths: (n,) uint8: the paths, each ended by a zero byte.
    """

    head: NDArray[np.uint8]
    terms: NDArray[np.uint32]
    term_commits: NDArray[np.int32]
    files: NDArray[np.int32]
    file_commits: NDArray[np.int32]
    paths: NDArray[np.uint8]

    @classmethod
    def of(cls, head: str, commits: Sequence[Commit], expander: TermExpander) -> Self:
        """Make the table of commits."""
        numbers: dict[str, int] = {}
        terms: list[int] = []
        term_commits: list[int] = []
        files: list[int] = []
        file_commits: list[int] = []
        for number, commit in enumerate(commits):
            words = {term for word in WORD.findall(commit.subject) for term in expander.terms_of(word)}
            terms += sorted(map(term_hash, words))
            term_commits += [number] * len(words)
            files += [numbers.setdefault(path, len(numbers)) for path in commit.paths]
            file_commits += [number] * len(commit.paths)
        listed = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in numbers)
        return cls(
            np.frombuffer(head.encode("ascii", "replace"), np.uint8),
            np.asarray(terms, np.uint32),
            np.asarray(term_commits, np.int32),
            np.asarray(files, np.int32),
            np.asarray(file_commits, np.int32),
            np.frombuffer(listed, np.uint8),
        )

    @property
    def head_name(self) -> str:
        """The commit that the table leads up to."""
        return self.head.tobytes().decode("ascii", "replace")

    def arrays(self) -> list[NDArray[np.generic]]:
        """Return what is to be stored, in the order of the fields."""
        return [self.head, self.terms, self.term_commits, self.files, self.file_commits, self.paths]

    def listed_paths(self) -> list[str]:
        """Return the paths, in the order of their numbers."""
        whole = self.paths.tobytes().decode("utf-8", "surrogateescape")
        return whole.split("\0")[:-1]

    @classmethod
    def from_arrays(cls, arrays: Sequence[NDArray[np.generic]], path: Path) -> Self:
        """Take what :meth:`arrays` gave.

        :param path: where they were read, for messages.
        :raises ValueError: if they do not fit together.
        """
        kinds = (np.uint8, np.uint32, np.int32, np.int32, np.int32, np.uint8)
        if [array.dtype for array in arrays] != list(map(np.dtype, kinds)):
            raise ValueError(f"{path.name} holds other columns")
        table = cls(*arrays)  # type: ignore[arg-type]  # their types have just been compared
        if len(table.terms) != len(table.term_commits) or len(table.files) != len(table.file_commits):
            raise ValueError(f"{path.name} has columns of different lengths")
        return table


class FileHistory:
    """The history of the files of one snapshot. Safe to share between threads."""

    def __init__(self, table: HistoryTable, rows: Mapping[str, int], count: int) -> None:
        """Connect commits with files.

        :param rows: path -> row of the files there are, and :param count: how many.
        """
        numbers = np.asarray([rows.get(path, -1) for path in table.listed_paths()], np.int64)
        known = numbers[table.files] >= 0 if len(numbers) else np.zeros(0, np.bool_)
        self._terms = table.terms
        self._term_commits = table.term_commits
        self._rows = numbers[table.files[known]] if len(numbers) else np.zeros(0, np.int64)
        self._row_commits = table.file_commits[known]
        self._count = count
        self._commits = 1 + int(table.term_commits[-1]) if len(table.term_commits) else 0
        sizes = np.bincount(table.file_commits, minlength=self._commits)
        self._shares = (1 / np.sqrt(np.maximum(sizes, 1))).astype(np.float32)
        """What a commit counts for each of its files: less, the more they are."""
        weights = self._shares[self._row_commits].astype(np.float64)
        changes = np.bincount(self._rows, weights, minlength=count).astype(np.float64)
        mean = float(changes[changes > 0].mean()) if changes.any() else 1.0
        self._norms = (_SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * changes / mean)).astype(np.float32)

    def scores(self, terms: Iterable[str]) -> FloatArray:
        """Return how well the subjects of each file's changes fit some terms: BM25, (n_files,) float32."""
        scores = np.zeros(self._count, np.float32)
        if not len(self._rows):
            return scores
        for term in set(terms):
            told = self._term_commits[self._terms == term_hash(term)]
            if not len(told):
                continue
            mark = np.zeros(self._commits, np.float32)
            mark[told] = self._shares[told]
            frequency = np.bincount(self._rows, mark[self._row_commits], minlength=self._count)
            idf = math.log(1 + (self._commits - len(told) + 0.5) / (len(told) + 0.5))
            scores += (idf * frequency / (frequency + self._norms)).astype(np.float32)
        return scores
