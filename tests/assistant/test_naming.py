"""Which chunk of the right file is shown first: the one that defines what the query speaks of."""

from pathlib import Path

import numpy as np
import pytest

from assistant.engine import Engine
from assistant.retrieval.naming import name_stems, named_shares
from indexer.index.tables import StringColumn
from tests.assistant.search_support import engine_in, write_files


def body(lines: int) -> str:
    return "".join(
        f"        connection_{number} = open_connection(pool, {number})\n" for number in range(lines)
    )


LARGE = (
    "class Registry:\n"
    + "    def open_all(self, pool):\n" + body(24)
    + "\n    def evict_stale(self, pool):\n" + body(24)
    + "\n    def rename(self, pool):\n" + body(24)
)  # fmt: skip
"""Three methods, each too large to share a chunk with another, that say the same but for their names."""


@pytest.fixture
def searched(tmp_path: Path) -> tuple[Engine, Path]:
    root = write_files(tmp_path / "repo", {"src/registry.py": LARGE, "src/other.py": "x = 1\n"})
    engine = engine_in(tmp_path)
    engine.update(root)
    return engine, root


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("when are stale connections evicted from the pool", "evict_stale"),
        ("how do I open all connections of a pool", "open_all"),
        ("rename in the pool of connections", "rename"),
    ],
)
def test_the_chunk_whose_name_is_asked_for_comes_first(
    searched: tuple[Engine, Path], query: str, name: str
) -> None:
    engine, root = searched
    first = engine.search(query, [root]).results[0]
    lines = LARGE.splitlines()[first.start_line - 1 : first.end_line]
    assert any(f"def {name}" in line for line in lines)


def test_shares_of_names_stand_at_the_chunk_of_the_name(searched: tuple[Engine, Path]) -> None:
    engine, root = searched
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    file = snapshot.file_row("src/registry.py")
    assert file is not None
    of_query, of_name = named_shares(snapshot, file, {"stale": 0.6, "pool": 0.4})
    at = int(np.argmax(of_query))
    chunk = snapshot.chunks_of(file)[at]
    record = snapshot.chunks.records[chunk]
    line = LARGE.splitlines().index("    def evict_stale(self, pool):") + 1
    assert record["start_line"] <= line <= record["end_line"]
    assert of_query[at] == pytest.approx(0.6)
    assert of_name[at] == pytest.approx(0.5)
    assert named_shares(snapshot, file, {})[0].max() == 0


def test_stems_of_a_name() -> None:
    assert name_stems("parseHTTPHeaders") == {"pars", "http", "header"}


def test_neighbouring_strings_are_those_one_by_one() -> None:
    values = ["a", "", "größer", "x" * 70, "\udc80"]
    column = StringColumn.of(values)
    for start in range(6):
        for stop in range(start, 6):
            assert column.between(start, stop) == values[start:stop]
