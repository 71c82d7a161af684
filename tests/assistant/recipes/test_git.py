"""Diffs and subjects from git, and that a hostile repository's configuration runs nothing."""

from pathlib import Path

import pytest

from assistant.recipes import git as under_test
from assistant.recipes.diffs import parse_diff
from assistant.recipes.errors import RecipeError
from tests.assistant.recipes.support import git, make_repository, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(
        tmp_path / "root", {"a.py": "one\ntwo\nthree\n", "old.py": "".join(f"{n}\n" for n in range(30))}
    )


def test_the_diffs_are_told_apart(root: Path) -> None:
    write(root, {"a.py": "one\ntwo\nstaged\n"})
    git(root, "add", "a.py")
    write(root, {"a.py": "one\nunstaged\nstaged\n"})
    staged, working = (
        parse_diff(read(str(root))) for read in (under_test.staged_diff, under_test.working_diff)
    )
    assert [(line.mark, line.text, line.new_line) for line in staged[0].lines if line.mark != " "] == [
        ("-", "three", None),
        ("+", "staged", 3),
    ]
    assert [line.text for line in working[0].lines if line.mark == "+"] == ["unstaged", "staged"]
    git(root, "commit", "-qam", "second")
    assert "unstaged" in under_test.commit_diff(str(root))
    assert "unstaged" in under_test.revision_diff(str(root), "HEAD~1")


def test_a_repository_without_commits_has_a_diff(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": "x\n"})
    git(tmp_path, "add", "-A")
    assert [file.status for file in parse_diff(under_test.working_diff(str(tmp_path)))] == ["added"]
    assert under_test.subjects(str(tmp_path)) == []


@pytest.mark.parametrize(
    "name", ["with space.py", 'quo"te.py', "ü.py", "tab\tx.py", "back\\slash.py", "b/b b/b.py"]
)
def test_files_are_named_whatever_their_names(name: str, root: Path) -> None:
    write(root, {name: "x\n"})
    git(root, "add", "-A")
    assert [file.path for file in parse_diff(under_test.staged_diff(str(root)))] == [name]
    git(root, "commit", "-qm", "more")
    (root / name).unlink()
    (found,) = parse_diff(under_test.working_diff(str(root)))
    assert (found.path, found.status, found.new_lines) == (name, "removed", frozenset())


def test_renamed_binary_and_empty_files(root: Path) -> None:
    git(root, "mv", "old.py", "new.py")
    write(root, {"b.bin": b"\0\1\2", "empty.py": "", "no_end.py": "x"})
    git(root, "add", "-A")
    found = {file.path: file for file in parse_diff(under_test.staged_diff(str(root)))}
    assert {path: file.status for path, file in found.items()} == {
        "new.py": "renamed from old.py",
        "b.bin": "binary",
        "empty.py": "added",
        "no_end.py": "added",
    }
    assert found["no_end.py"].new_lines == {1}


def test_lines_that_look_like_headers_are_lines(root: Path) -> None:
    write(root, {"a.py": "one\n-- two\n++ x\n@@ -1 +1 @@\ndiff --git a/x b/x\n"})
    (found,) = parse_diff(under_test.working_diff(str(root)))
    assert [line.text for line in found.lines if line.mark == "+"] == [
        "-- two",
        "++ x",
        "@@ -1 +1 @@",
        "diff --git a/x b/x",
    ]


def test_gaps_between_hunks_are_shown(root: Path) -> None:
    text = (root / "old.py").read_text()
    write(root, {"old.py": text.replace("2\n", "two\n", 1).replace("27\n", "twentyseven\n")})
    (found,) = parse_diff(under_test.working_diff(str(root)))
    assert "..." in found.numbered().split("\n")
    assert " 3 + two" in found.numbered()


@pytest.mark.parametrize("revision", ["--output=/tmp/x", "-p", "", "HEAD\n--output=x", "nowhere"])
def test_a_revision_is_no_option(revision: str, root: Path) -> None:
    with pytest.raises(RecipeError):
        under_test.revision_diff(str(root), revision)


def test_a_folder_without_git_has_no_diff(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="is no git repository"):
        under_test.working_diff(str(tmp_path))


def test_a_hostile_repository_runs_nothing(root: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\necho run >> {ran}\ncat\n")
    program.chmod(0o755)
    settings = {
        "core.fsmonitor": str(program),
        "core.pager": str(program),
        "core.hooksPath": str(tmp_path),
        "diff.external": str(program),
        "diff.evil.textconv": str(program),
        "diff.evil.command": str(program),
        "filter.evil.clean": str(program),
        "filter.evil.smudge": str(program),
        "filter.evil.process": str(program),
        "filter.evil.required": "true",
        "gpg.program": str(program),
        "log.showSignature": "true",
        "color.ui": "always",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
    }
    for name, value in settings.items():
        git(root, "config", name, value)
    write(root, {".gitattributes": "*.py diff=evil filter=evil\n", "a.py": "one\ntwo\nchanged\n"})
    (tmp_path / "post-index-change").write_text(program.read_text())
    (tmp_path / "post-index-change").chmod(0o755)
    (found,) = [file for file in parse_diff(under_test.working_diff(str(root))) if file.path == "a.py"]
    assert [line.text for line in found.lines if line.mark == "+"] == ["changed"]
    under_test.commit_diff(str(root))
    under_test.subjects(str(root))
    assert under_test.has_changes(str(root), "a.py") is True
    assert not ran.exists()
