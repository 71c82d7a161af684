import subprocess
from pathlib import Path

import numpy as np
import pytest

from indexer.history import Commit, FileHistory, HistoryTable, head_of, read_commits
from indexer.lexical.terms import TermExpander

COMMITS = [
    Commit("Retry reads when the connection was reset", ("net/client.py",)),
    Commit("Parse durations of more than a day", ("time.py", "gone.py")),
    Commit("Retry writes, too", ("net/client.py", "net/pool.py")),
]


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, subject: str, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("a") as file:
            file.write("line\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", subject)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, "Begin", "src/a.py", "src/b ü.py", "README")
    commit(folder, "Say more\nthan one line", "README")
    commit(folder, "Retry", "src/b ü.py")
    return folder


def history_of(*paths: str) -> FileHistory:
    table = HistoryTable.of("abc", COMMITS, TermExpander())
    return FileHistory(table, {path: row for row, path in enumerate(paths)}, len(paths))


def test_commits_are_told_newest_first_with_the_files_that_they_changed(repository: Path) -> None:
    assert read_commits(repository, head_of(repository)) == [
        Commit("Retry", ("src/b ü.py",)),
        Commit("Say more than one line", ("README",)),
        Commit("Begin", ("README", "src/a.py", "src/b ü.py")),
    ]


def test_paths_are_relative_to_the_folder_that_is_indexed(repository: Path) -> None:
    found = read_commits(repository / "src", head_of(repository))
    assert [item.paths for item in found] == [("b ü.py",), ("a.py", "b ü.py")]


def test_no_more_commits_are_looked_at_than_asked_for(repository: Path) -> None:
    assert len(read_commits(repository, head_of(repository), limit=1)) == 1


def test_a_commit_that_touches_everything_tells_nothing(repository: Path) -> None:
    commit(repository, "Change the licence", *(f"src/{number}.py" for number in range(40)))
    assert read_commits(repository, head_of(repository))[0].subject == "Retry"


def test_without_git_or_commits_there_is_no_history(tmp_path: Path) -> None:
    assert head_of(tmp_path) == ""
    assert read_commits(tmp_path, "HEAD") == []
    git(tmp_path, "init", "-q")
    assert head_of(tmp_path) == ""


def test_files_score_by_what_the_commits_that_changed_them_say() -> None:
    scores = history_of("net/client.py", "net/pool.py", "time.py", "other.py").scores(["retri", "connect"])
    assert scores[0] > scores[1] > 0
    assert scores[2:].tolist() == [0, 0]


def test_no_commits_give_no_scores() -> None:
    empty = FileHistory(HistoryTable.of("", (), TermExpander()), {"a.py": 0}, 1)
    assert empty.scores(["retri"]).tolist() == [0]


def test_a_table_survives_being_stored(tmp_path: Path) -> None:
    table = HistoryTable.of("abc", COMMITS, TermExpander())
    again = HistoryTable.from_arrays(table.arrays(), tmp_path)
    assert again.head_name == "abc"
    assert again.listed_paths() == ["net/client.py", "time.py", "gone.py", "net/pool.py"]
    with pytest.raises(ValueError, match="other columns"):
        HistoryTable.from_arrays(table.arrays()[:-1], tmp_path)
    with pytest.raises(ValueError, match="different lengths"):
        HistoryTable.from_arrays(
            [np.delete(array, 0) if number == 1 else array for number, array in enumerate(table.arrays())],
            tmp_path,
        )
