"""Queries from commits of a real repository."""

import subprocess
from pathlib import Path

import pytest

from assistant.quality.commits import History, changes_before, subject_query
from assistant.quality.queries import Kind
from assistant.quality.trees import copy_commit
from tests.assistant.quality.repository import commit, repository


def nothing(done: int, total: int) -> None:
    """Report nothing."""


@pytest.mark.parametrize(
    ("subject", "query"),
    [
        ("Retry when the connection was reset (#123)", "Retry when the connection was reset"),
        ("fix(pool): wait for a free connection", "fix(pool): wait for a free connection"),
        ("Merge branch 'main' into topic", ""),
        ("Bump requests from 2.1 to 2.2", ""),
        ("chore: bump the version of requests", ""),
        ("fix typo in the README file", ""),
        ("Fix it", ""),
    ],
)
def test_subjects(subject: str, query: str) -> None:
    assert subject_query(subject) == query


def test_changes_are_asked_of_the_tree_before_them(tmp_path: Path) -> None:
    root = repository(tmp_path)
    history = History.of_folder(root)
    assert history is not None
    before, changes = changes_before(history.changes(), 10)
    assert [change.subject for change in changes] == [
        "Wait a little longer between two attempts",
        "Close connections that were idle too long",
    ]
    copied = copy_commit(history, before, changes, 0, tmp_path / "tree", nothing)
    queries = {query.text: query for query in copied.queries}
    assert {query.kind for query in queries.values()} == {Kind.CHANGE}
    target = queries["Close connections that were idle too long"].targets
    assert [one.path for one in target] == ["shop/pool.py"]
    assert "idle" not in (tmp_path / "tree" / "shop" / "pool.py").read_text()
    tree = str(tmp_path / "tree")
    log = ["git", "-C", tree, "log", "--all", "--format=%s"]
    assert subprocess.run(log, capture_output=True, text=True, check=True).stdout == "Begin\n"
    status = ["git", "-C", tree, "status", "--porcelain"]
    assert subprocess.run(status, capture_output=True, text=True, check=True).stdout == ""


def test_a_change_that_names_its_file_or_many_files_is_not_asked(tmp_path: Path) -> None:
    root = repository(tmp_path)
    commit(root, "Say more about what pool.py is good for", {"shop/pool.py": "x = 1\n"})
    commit(root, "Begin all modules with the same line", {f"shop/m{n}.py": "x = 1\n" for n in range(7)})
    commit(root, "Use another line in all the modules", {f"shop/m{n}.py": "x = 2\n" for n in range(7)})
    history = History.of_folder(root)
    assert history is not None
    before, changes = changes_before(history.changes(), 10)
    copied = copy_commit(history, before, changes, 0, tmp_path / "tree", nothing)
    asked = {query.text for query in copied.queries}
    assert asked == {"Wait a little longer between two attempts", "Close connections that were idle too long"}


def test_a_folder_inside_a_work_tree_or_none_has_no_history(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert History.of_folder(root / "shop") is None
    plain = tmp_path / "plain"
    plain.mkdir()
    assert History.of_folder(plain) is None


def test_a_program_that_the_repository_names_is_not_run(tmp_path: Path) -> None:
    root = repository(tmp_path)
    trap = tmp_path / "ran"
    (root / ".gitattributes").write_text("*.py filter=trap diff=trap\n")
    for name in (
        "filter.trap.smudge",
        "filter.trap.clean",
        "diff.trap.textconv",
        "core.fsmonitor",
        "core.pager",
    ):
        subprocess.run(["git", "-C", root, "config", name, f"touch {trap}; cat"], check=True)
    history = History.of_folder(root)
    assert history is not None
    before, changes = changes_before(history.changes(), 10)
    copied = copy_commit(history, before, changes, 5, tmp_path / "tree", nothing)
    assert copied.files > 2
    assert not trap.exists()
