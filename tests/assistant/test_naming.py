"""Which chunk of the right file is shown first: the one that defines what the query speaks of."""

from pathlib import Path

import numpy as np
import pytest

from assistant.engine import Engine
from assistant.retrieval.naming import FITS, FileNames, NameReader, WordVectors, fits_of
from indexer.embedding import StaticEmbedder
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


def reader_of(searched: tuple[Engine, Path], word_vectors: WordVectors | None = None) -> NameReader:
    snapshot = searched[0].snapshot(searched[1])
    assert snapshot is not None
    return NameReader(snapshot, word_vectors)


def names_of(reader: NameReader, searched: tuple[Engine, Path]) -> FileNames:
    snapshot = searched[0].snapshot(searched[1])
    assert snapshot is not None
    file = snapshot.file_row("src/registry.py")
    assert file is not None
    names = reader.of_file(file)
    assert names is not None
    assert reader.of_file(file) is names
    return names


def test_names_stand_at_the_chunk_that_they_are_in(searched: tuple[Engine, Path]) -> None:
    engine, root = searched
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    names = names_of(reader_of(searched), searched)
    row = snapshot.file_row("src/registry.py")
    assert row is not None
    chunks = snapshot.chunks.records[list(snapshot.chunks_of(row))]
    lines = LARGE.splitlines()
    for position, word in zip(
        names.positions, ("Registry", "open_all", "evict_stale", "rename"), strict=True
    ):
        shown = lines[chunks[position]["start_line"] - 1 : chunks[position]["end_line"]]
        assert any(word in line for line in shown)


@pytest.mark.parametrize(
    ("asked", "telling", "best", "whole_query", "whole_name"),
    [
        ("stale evict", ["stale", "evict"], 2, True, True),
        ("the stale things", ["stale", "thing"], 2, False, False),
        ("what is evicted", ["evict"], 2, True, False),
        ("a register of those opened for all", ["regist", "open"], 1, False, True),
    ],
)
def test_a_name_fits_by_its_share_of_the_query_and_the_share_of_it_that_is_asked_for(
    searched: tuple[Engine, Path],
    asked: str,
    telling: list[str],
    best: int,
    whole_query: bool,
    whole_name: bool,
) -> None:
    reader = reader_of(searched)
    fits = fits_of(names_of(reader, searched), reader.asked(asked, telling), None)
    assert fits.shape == (4, len(FITS))
    assert np.argmax(fits[:, 1]) == best
    of_query, of_name, both, meaning = fits[best].tolist()
    assert of_query == pytest.approx(1) if whole_query else 0 < of_query < 1
    assert of_name == pytest.approx(1) if whole_name else 0 < of_name < 1
    assert min(of_query, of_name) <= both + 1e-6
    assert both <= max(of_query, of_name) + 1e-6
    assert meaning == 0
    assert fits[3].tolist() == [0, 0, 0, 0]  # rename


def test_parts_may_be_cut_short_run_together_or_called_otherwise(searched: tuple[Engine, Path]) -> None:
    asked = reader_of(searched).asked("delete the configuration of all tags", ["delet", "configur", "tag"])
    assert asked.fit("delete", "delet") == 1.0
    assert 0 < asked.fit("remove", "remov") < 1
    assert asked.fit("conf", "conf") == asked.fit("alltags", "alltag") == pytest.approx(0.8)
    assert asked.fit("co", "co") == asked.fit("pool", "pool") == 0.0


def test_names_are_compared_by_meaning_where_there_are_vectors(searched: tuple[Engine, Path]) -> None:
    embedder = StaticEmbedder.load()
    reader = reader_of(searched, lambda words: embedder.word_vectors(words)[0])
    names = names_of(reader, searched)
    fits = fits_of(
        names, reader.asked("x", ["x"]), embedder.embed(["change how it is called, a new name"])[0]
    )
    assert np.argmax(fits[:, 3]) == 3
    assert fits[:, 3].min() == 0.0
    assert fits[:, 3].max() == pytest.approx(1.0)


def test_a_file_without_definitions_has_no_names(searched: tuple[Engine, Path]) -> None:
    engine, root = searched
    (root / "notes.txt").write_text("nothing is defined here\n" * 3)
    engine.update(root)
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    row = snapshot.file_row("notes.txt")
    assert row is not None
    assert NameReader(snapshot).of_file(row) is None


def test_only_the_last_files_are_kept(tmp_path: Path) -> None:
    root = write_files(tmp_path / "repo", {f"m{number}.py": "def f(): ...\n" for number in range(210)})
    engine = engine_in(tmp_path)
    engine.update(root)
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    reader = NameReader(snapshot)
    read = [reader.of_file(row) for row in range(210)]
    assert reader.of_file(209) is read[209]
    assert reader.of_file(0) is not read[0]


def test_neighbouring_strings_are_those_one_by_one() -> None:
    values = ["a", "", "größer", "x" * 70, "\udc80"]
    column = StringColumn.of(values)
    for start in range(6):
        for stop in range(start, 6):
            assert column.between(start, stop) == values[start:stop]
