"""The completion benchmark: which positions it draws, what it calls exact, and that it runs to its end."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.completion import measure
from benchmarks.completion_cases import base_commit, base_files, positions
from benchmarks.completion_measures import is_exact

BEFORE = "def area(width, height):\n    return width * height\n"
ADDED = "\n# a comment\ndef volume(width, height, depth):\n    return width * height * depth  # note\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(("git", "-C", str(tmp_path), *names, *arguments), check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "shapes.py").write_text(BEFORE + "\nPI = 3\n", "utf-8")
    (tmp_path / "notes.md").write_text("# Notes\n", "utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    (tmp_path / "shapes.py").write_text(BEFORE + ADDED + "\nPI = 3\n", "utf-8")
    (tmp_path / "notes.md").write_text("# More notes\n", "utf-8")
    git("commit", "-qam", "two")
    return tmp_path


def test_the_index_is_the_tree_before(repository: Path) -> None:
    assert list(base_files(repository, base_commit(repository, 1))) == [
        ("shapes.py", "python", BEFORE + "\nPI = 3\n")
    ]


def test_positions_are_all_tokens_of_added_lines(repository: Path) -> None:
    drawn = positions(repository, base_commit(repository, 1), 1000, seed=1)
    tokens = ["def", "volume", "(", "width", ",", "height", ",", "depth", ")", ":"]
    assert [position.next_token for position in drawn] == [
        *tokens,
        *["return", "width", "*", "height", "*", "depth"],
    ]
    returned = drawn[10]
    assert returned.before == BEFORE + "\n# a comment\ndef volume(width, height, depth):\n    "
    assert returned.rest == "return width * height * depth"
    assert returned.ends == (6, 12, 14, 21, 23, 29)
    assert all(position.after.strip() == "PI = 3" for position in drawn)
    assert drawn[0].after.startswith("\n")


def test_drawing_is_repeatable(repository: Path) -> None:
    base = base_commit(repository, 1)
    assert positions(repository, base, 5, seed=3) == positions(repository, base, 5, seed=3)
    assert len(positions(repository, base, 5, seed=3)) == 5


@pytest.mark.parametrize(
    ("shown", "exact"),
    [
        ("width * height", True),
        ("width * hei", False),
        ("width *  height", False),
        ("width * ", False),
        ("width", False),
        ("width * height + 1", True),
        ("width * height + 2", False),
    ],
)
def test_exact(shown: str, exact: bool) -> None:
    assert is_exact(shown, "width * height + 1", (5, 7, 14, 16, 18)) is exact


def test_a_short_suggestion_has_to_end_the_line() -> None:
    assert is_exact("one)", "one)", (3, 4))
    assert not is_exact("one)", "one) + 1", (3, 4, 6, 8))


def test_every_method_is_counted_at_every_position(repository: Path) -> None:
    measured = measure(repository, 1, 12, 2, seed=1)
    assert {name: tally.positions for name, tally in measured.tallies.items()} == dict.fromkeys(
        ("assist", "six-gram", "six-gram with file cache", "longest match"), 12
    )
    assert measured.typing.characters >= measured.typing.keys > 0
    assert measured.languages["python"].positions == 12
