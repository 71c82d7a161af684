"""Columnar tables of an index: one numpy record array plus string columns.

Rows of one file are contiguous, so carrying unchanged files into the next generation copies a few slices. A table is
one file, which holds its arrays one after the other, each in numpy's ``.npy`` form, and is memory-mapped when it is
opened: few files are few system calls, flushes and descriptors. This module knows nothing about what the columns mean.
"""

import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Runs = Sequence[tuple[int, int]]
"""Half-open row ranges, ascending."""

_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class StringColumn:
    """Strings of arbitrary length: ``(n + 1,)`` int64 offsets into UTF-8 bytes (lone surrogates kept)."""

    offsets: NDArray[np.int64]
    data: NDArray[np.uint8]

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        """Build a column from values."""
        encoded = [value.encode("utf-8", "surrogatepass") for value in values]
        offsets = np.zeros(len(values) + 1, np.int64)
        np.cumsum([len(value) for value in encoded], out=offsets[1:])
        return cls(offsets, np.frombuffer(b"".join(encoded), np.uint8))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> str:
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("utf-8", "surrogatepass")

    def to_list(self) -> list[str]:
        """Return all values."""
        return self.between(0, len(self))

    def between(self, start: int, stop: int) -> list[str]:
        """Return the values of neighbouring rows, much faster than one by one."""
        bounds = self.offsets[start : stop + 1]
        data = self.data[bounds[0] : bounds[-1]].tobytes()
        bounds = (bounds - bounds[0]).tolist()
        return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(bounds)]

    def take(self, runs: Runs) -> Self:
        """Return the rows of the given runs as a new column."""
        lengths = [np.diff(self.offsets[start : end + 1]) for start, end in runs]
        data = [self.data[self.offsets[start] : self.offsets[end]] for start, end in runs]
        return self._joined(lengths, data)

    @classmethod
    def joined(cls, columns: "Sequence[StringColumn]") -> Self:
        """Return the rows of all columns, one column after the other."""
        return cls._joined(
            [np.diff(column.offsets) for column in columns], [column.data for column in columns]
        )

    @classmethod
    def _joined(cls, lengths: Sequence[NDArray[np.int64]], data: Sequence[NDArray[np.uint8]]) -> Self:
        all_lengths = np.concatenate([np.zeros(1, np.int64), *lengths])
        return cls(np.cumsum(all_lengths), np.concatenate([np.empty(0, np.uint8), *data]))


@dataclass(frozen=True, slots=True)
class Table:
    """A record array (``records``, one row an item) and its string columns, all of one length."""

    records: NDArray[Any]
    strings: Mapping[str, StringColumn]

    def __len__(self) -> int:
        return len(self.records)

    def take(self, runs: Runs) -> "Table":
        """Return the rows of the given runs as a new table."""
        parts = [self.records[start:end] for start, end in runs]
        records = np.concatenate([self.records[:0], *parts])
        return Table(records, {name: column.take(runs) for name, column in self.strings.items()})

    @classmethod
    def joined(cls, tables: "Sequence[Table]", dtype: np.dtype[Any], columns: Sequence[str]) -> Self:
        """Return the rows of all tables, one table after the other.

        :param dtype: of the records, and :param columns: names of the string columns, of every table.
        """
        records = np.concatenate([np.empty(0, dtype), *(table.records for table in tables)])
        return cls(
            records, {name: StringColumn.joined([t.strings[name] for t in tables]) for name in columns}
        )

    def save(self, path: Path) -> None:
        """Write the table to a file."""
        arrays = [self.records]
        for column in self.strings.values():
            arrays += [column.offsets, column.data]
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path, dtype: np.dtype[Any], columns: Sequence[str]) -> Self:
        """Map a saved table into memory.

        :param columns: names of the string columns, in the order in which they were saved.
        :raises OSError: if the file is missing.
        :raises ValueError: if it holds something else.
        """
        records, *rest = load_arrays(path)
        if records.dtype != dtype or len(rest) != 2 * len(columns):
            raise ValueError(f"{path.name} holds other columns")
        strings = {
            name: StringColumn(offsets, data)
            for name, offsets, data in zip(columns, rest[0::2], rest[1::2], strict=True)
        }
        if any(len(column) != len(records) for column in strings.values()):
            raise ValueError(f"{path.name} has columns of different lengths")
        return cls(records, strings)


def save_arrays(path: Path, arrays: Sequence[NDArray[Any]]) -> None:
    """Write arrays to one file, each in numpy's ``.npy`` form at an aligned offset."""
    with path.open("wb") as file:
        for array in arrays:
            np.save(file, array, allow_pickle=False)
            file.write(bytes(-file.tell() % _ALIGNMENT))


def load_arrays(path: Path) -> list[NDArray[Any]]:
    """Map the arrays of a file into memory, read-only; one mapping serves all and ends with the last of them.

    :raises OSError: if the file is missing.
    :raises ValueError: if it holds no such arrays.
    """
    arrays: list[NDArray[Any]] = []
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        while file.tell() < len(mapped):
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            array: NDArray[Any] = np.ndarray(shape, dtype, mapped, file.tell())
            arrays.append(array)
            end = file.tell() + array.nbytes
            file.seek(end + -end % _ALIGNMENT)
    return arrays
