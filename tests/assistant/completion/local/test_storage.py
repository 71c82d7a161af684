"""A corpus comes back as it was saved, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from assistant.completion.local.corpus import RepositoryFile, build_corpus
from assistant.completion.local.storage import load_corpus, save_corpus

FILES = [
    RepositoryFile("src/a.py", "def one():\n    return 1\n", "python"),
    RepositoryFile("src/é.py", "x = 'ß'\n", "python"),
    RepositoryFile("gone.py", lambda: None, "python"),
]


def test_round_trip(tmp_path: Path) -> None:
    made = build_corpus(FILES)
    save_corpus(made, tmp_path, {"state": "abc"})
    loaded = load_corpus(tmp_path)
    assert loaded is not None
    corpus, facts = loaded
    assert facts == {"state": "abc"}
    assert corpus.paths == ["src/a.py", "src/é.py"]
    assert made.arrays.keys() == corpus.arrays.keys()
    assert all(np.array_equal(made.arrays[name], corpus.arrays[name]) for name in made.arrays)


def test_an_empty_repository(tmp_path: Path) -> None:
    save_corpus(build_corpus([]), tmp_path, {})
    loaded = load_corpus(tmp_path)
    assert loaded is not None
    assert loaded[0].paths == []


def test_only_the_newest_is_kept_while_a_reader_goes_on(tmp_path: Path) -> None:
    save_corpus(build_corpus(FILES), tmp_path, {"n": 1})
    reader = load_corpus(tmp_path)
    assert reader is not None
    before = reader[0].stream.copy()
    save_corpus(build_corpus(FILES[:1]), tmp_path, {"n": 2})
    assert [file.name for file in tmp_path.iterdir()] == ["corpus-000002.bin"]
    assert np.array_equal(reader[0].stream, before)
    loaded = load_corpus(tmp_path)
    assert loaded is not None
    assert loaded[1] == {"n": 2}


@pytest.mark.parametrize("at", [0, 32, 64, 0.5, 0.9])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, at: float) -> None:
    file = save_corpus(build_corpus(FILES), tmp_path, {})
    raw = bytearray(file.read_bytes())
    start = at if isinstance(at, int) else int(at * len(raw))
    for place in range(start, start + 64):  # blanks between arrays are shorter than that
        raw[place] ^= 0xFF
    file.write_bytes(raw)
    assert load_corpus(tmp_path) is None


@pytest.mark.parametrize("size", [0, 10, 64, 1000])
def test_a_file_cut_short_is_as_good_as_none(tmp_path: Path, size: int) -> None:
    file = save_corpus(build_corpus(FILES), tmp_path, {})
    file.write_bytes(file.read_bytes()[:size])
    assert load_corpus(tmp_path) is None


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert load_corpus(tmp_path / "none") is None
