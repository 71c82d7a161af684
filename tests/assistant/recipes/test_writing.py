"""Changes on disk: what is written, what is refused, and that the way back works."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from assistant.recipes.errors import ApplyError
from assistant.recipes.patches import FileChange
from assistant.recipes.writing import Applied, apply_change
from tests.assistant.recipes.support import git, make_repository, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "root", {"a.py": "x = 1\n", "sub/b.py": "y = 1\n"})


def apply(
    root: Path, path: str, old: str | None, new: str, encoding: str = "utf-8", withheld: str | None = None
) -> Applied:
    state = root.parent / "state"
    return apply_change(root, FileChange(path, old, new), encoding, state, lambda _: withheld)


def undo(applied: Applied) -> None:
    subprocess.run(applied.undo, shell=True, check=True, capture_output=True)


def test_a_clean_file_is_restored_by_git(root: Path) -> None:
    applied = apply(root, "a.py", "x = 1\n", "x = 2\n")
    assert (root / "a.py").read_text() == "x = 2\n"
    assert applied.undo == f"git -C {root} restore a.py"
    undo(applied)
    assert (root / "a.py").read_text() == "x = 1\n"


def test_uncommitted_work_is_not_lost_by_the_way_back(root: Path) -> None:
    write(root, {"a.py": "x = 1\nmine = 1\n"})
    applied = apply(root, "a.py", "x = 1\nmine = 1\n", "x = 2\nmine = 1\n")
    assert "restore" not in applied.undo
    undo(applied)
    assert (root / "a.py").read_text() == "x = 1\nmine = 1\n"
    assert stat.S_IMODE(applied.patch.stat().st_mode) == 0o600


def test_the_way_back_works_below_the_top_of_a_work_tree(root: Path) -> None:
    write(root, {"sub/b.py": "y = 1\nmine = 1\n"})
    applied = apply(root / "sub", "b.py", "y = 1\nmine = 1\n", "y = 2\nmine = 1\n")
    undo(applied)
    assert (root / "sub/b.py").read_text() == "y = 1\nmine = 1\n"


def test_the_way_back_works_outside_of_git(tmp_path: Path) -> None:
    folder = tmp_path / "plain folder"
    write(folder, {"a.py": "x = 1\r\ny = 1"})
    applied = apply(folder, "a.py", "x = 1\r\ny = 1", "x = 2\r\ny = 1\r\n")
    undo(applied)
    assert (folder / "a.py").read_bytes() == b"x = 1\r\ny = 1"


def test_a_new_file_is_removed_by_the_way_back(root: Path) -> None:
    applied = apply(root, "tests/test a.py", None, "def test_a(): ...\n")
    assert (root / "tests/test a.py").read_text() == "def test_a(): ...\n"
    undo(applied)
    assert not (root / "tests/test a.py").exists()


ENCODINGS = [
    ("utf-8", "é = 1\r\n".encode(), "é = 1\r\n"),
    ("utf-8-sig", b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
    ("utf-16-le", b"\xff\xfe" + "x = 1\n".encode("utf-16-le"), "x = 1\n"),
    ("utf-16-be", "x = 1\n".encode("utf-16-be"), "x = 1\n"),
    ("cp1252", b"# caf\xe9\nx = 1\n", "# café\nx = 1\n"),
    ("utf-8", b"# \xff\nx = 1\n", "# \udcff\nx = 1\n"),
]


@pytest.mark.parametrize(("encoding", "raw", "text"), ENCODINGS)
def test_encoding_and_mark_stay(encoding: str, raw: bytes, text: str, root: Path) -> None:
    write(root, {"e.py": raw})
    applied = apply(root, "e.py", text, text.replace("1", "2"), encoding)
    digit = "1".encode("utf-16-be" if "be" in encoding else encoding.removesuffix("-sig"))
    assert (root / "e.py").read_bytes() == raw.replace(digit, digit.replace(b"1", b"2"))
    undo(applied)
    assert (root / "e.py").read_bytes() == raw


def test_a_character_that_the_encoding_lacks_is_refused(root: Path) -> None:
    write(root, {"e.py": b"# caf\xe9\n"})
    with pytest.raises(ApplyError, match="is in cp1252, which has no"):
        apply(root, "e.py", "# café\n", "# 日本\n", "cp1252")
    assert (root / "e.py").read_bytes() == b"# caf\xe9\n"


def test_the_mode_stays(root: Path) -> None:
    (root / "a.py").chmod(0o750)
    apply(root, "a.py", "x = 1\n", "x = 2\n")
    assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o750


def refused(
    root: Path, message: str, path: str, old: str | None = "x = 1\n", withheld: str | None = None
) -> None:
    before = {
        found: found.read_bytes()
        for found in root.parent.rglob("*")
        if found.is_file() and ".git" not in found.parts
    }
    with pytest.raises(ApplyError) as raised:
        apply(root, path, old, "x = 2\n", withheld=withheld)
    assert message in str(raised.value)
    after = {
        found: found.read_bytes()
        for found in root.parent.rglob("*")
        if found.is_file() and ".git" not in found.parts
    }
    assert after == before


def test_a_file_that_changed_since_is_left_alone(root: Path) -> None:
    write(root, {"a.py": "x = 3\n"})
    refused(root, "changed since it was read", "a.py")


def test_a_file_that_is_gone_is_not_made_again(root: Path) -> None:
    (root / "a.py").unlink()
    refused(root, "is gone since it was read", "a.py")


def test_a_new_file_takes_no_ones_place(root: Path) -> None:
    refused(root, "is there already", "a.py", old=None)


def test_links_are_not_followed(root: Path) -> None:
    write(root.parent, {"outside/a.py": "x = 1\n"})
    (root / "link.py").symlink_to(root.parent / "outside/a.py")
    (root / "folder").symlink_to(root.parent / "outside")
    refused(root, "is a symbolic link", "link.py")
    refused(root, "is a symbolic link", "folder/a.py")
    refused(root, "is a symbolic link", "folder/new.py", old=None)


def test_hard_links_are_not_parted(root: Path) -> None:
    os.link(root / "a.py", root / "b.py")
    refused(root, "has 2 hard links", "a.py")


@pytest.mark.parametrize(
    "path",
    ["../x.py", "/etc/x.py", "sub/../../x.py", "", "a//b.py", ".git/hooks/pre-commit", "sub/.GIT/config", ".git./x",
     "git~1/x", ".assist/recipes/x.md", "C:\\x.py", "c:x.py"],
)  # fmt: skip
def test_what_lies_outside_or_is_no_source_is_refused(path: str, root: Path) -> None:
    refused(root, "nothing was written", path, old=None)


def test_ignored_files_are_refused(root: Path) -> None:
    refused(root, "is not changed: ignored by .gitignore", "a.py", withheld="ignored by .gitignore")


def test_nothing_is_left_behind_when_writing_fails(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        apply(root, "a.py", "x = 1\n", "x = 2\n")
    assert sorted(path.name for path in root.iterdir()) == [".git", "a.py", "sub"]
    assert (root / "a.py").read_text() == "x = 1\n"


def test_git_says_what_was_changed(root: Path) -> None:
    apply(root, "sub/b.py", "y = 1\n", "y = 2\n")
    assert git(root, "status", "--porcelain") == " M sub/b.py\n"
