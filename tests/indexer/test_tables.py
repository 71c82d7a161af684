from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.index.tables import StringColumn, Table, load_arrays, save_arrays

DTYPE = np.dtype([("number", "<i8"), ("flag", "u1")])
VALUES = st.lists(st.text(st.characters(codec=None), max_size=8), max_size=20)  # lone surrogates too


def table_of(values: list[str]) -> Table:
    records = np.zeros(len(values), DTYPE)
    records["number"] = np.arange(len(values))
    column = StringColumn.of(values)
    return Table(records, {"name": column, "twice": StringColumn.of([value * 2 for value in values])})


@given(VALUES)
def test_a_string_column_gives_its_values_back(values: list[str]) -> None:
    column = StringColumn.of(values)
    assert column.to_list() == values
    assert [column[row] for row in range(len(column))] == values


@given(VALUES, VALUES, st.data())
def test_taking_and_joining_columns_is_slicing_and_adding_lists(
    first: list[str], second: list[str], data: st.DataObject
) -> None:
    both = first + second
    column = StringColumn.joined([StringColumn.of(first), StringColumn.of(second)])
    assert column.to_list() == both
    bounds = sorted(data.draw(st.lists(st.integers(0, len(both)), min_size=4, max_size=4)))
    runs = [(bounds[0], bounds[1]), (bounds[2], bounds[3])]
    assert column.take(runs).to_list() == both[bounds[0] : bounds[1]] + both[bounds[2] : bounds[3]]


@pytest.mark.parametrize("values", [[], [""], ["a", "", "\udcff b", "ünïcode"] * 50])
def test_a_saved_table_loads_as_it_was(tmp_path: Path, values: list[str]) -> None:
    table = table_of(values)
    table.save(tmp_path / "names.table")
    loaded = Table.load(tmp_path / "names.table", DTYPE, ("name", "twice"))
    assert np.array_equal(loaded.records, table.records)
    assert loaded.strings["name"].to_list() == values
    assert loaded.strings["twice"].to_list() == [value * 2 for value in values]


def test_a_loaded_table_is_taken_apart_and_put_together_again() -> None:
    table = table_of(["a", "b", "c", "d"])
    joined = Table.joined([table.take([(2, 4)]), table.take([(0, 1)])], DTYPE, ("name", "twice"))
    assert joined.strings["name"].to_list() == ["c", "d", "a"]
    assert joined.records["number"].tolist() == [2, 3, 0]
    assert len(Table.joined([], DTYPE, ("name",))) == 0


@pytest.mark.parametrize(
    ("dtype", "columns", "problem"),
    [
        (np.dtype([("number", "<i4"), ("flag", "u1")]), ("name", "twice"), "other columns"),
        (DTYPE, ("name",), "other columns"),
    ],
)
def test_a_table_of_other_columns_is_refused(
    tmp_path: Path, dtype: np.dtype[np.void], columns: tuple[str, ...], problem: str
) -> None:
    table_of(["a"]).save(tmp_path / "names.table")
    with pytest.raises(ValueError, match=problem):
        Table.load(tmp_path / "names.table", dtype, columns)


def test_columns_of_different_lengths_are_refused(tmp_path: Path) -> None:
    Table(np.zeros(2, DTYPE), {"name": StringColumn.of(["a"])}).save(tmp_path / "names.table")
    with pytest.raises(ValueError, match="different lengths"):
        Table.load(tmp_path / "names.table", DTYPE, ("name",))


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\x01\x00"])
def test_a_file_without_arrays_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        load_arrays(tmp_path / "file")


def test_arrays_are_mapped_aligned_and_read_only(tmp_path: Path) -> None:
    arrays: list[NDArray[Any]] = [
        np.arange(3, dtype=np.int8),
        np.arange(5, dtype=np.int64),
        np.zeros((0, 7), np.int8),
    ]
    save_arrays(tmp_path / "file", arrays)
    loaded = load_arrays(tmp_path / "file")
    assert [array.tolist() for array in loaded] == [array.tolist() for array in arrays]
    assert loaded[2].shape == (0, 7)
    assert all(array.flags.aligned and not array.flags.writeable for array in loaded)
