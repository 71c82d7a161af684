from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.corpus import copy_first, text_bytes, text_files


def test_text_files_are_ordered_and_leave_out_binary_empty_and_git_files(tree: Path) -> None:
    names = [path.relative_to(tree).as_posix() for path in text_files(tree)]
    assert names == [f"package{i % 2}/module{i}.py" for i in (0, 2, 4, 1, 3)]


def test_text_bytes_is_the_sum_of_their_sizes(tree: Path) -> None:
    assert text_bytes(tree) == 5 * len("def function0():\n    return 0\n")


def test_copy_first_commits_the_first_files(tree: Path, tmp_path: Path) -> None:
    into = tmp_path / "copy"
    copies = copy_first(tree, 3, into)
    tracked = subprocess.run(["git", "ls-files"], cwd=into, capture_output=True, text=True, check=True)
    assert tracked.stdout.split() == sorted(path.relative_to(into).as_posix() for path in copies)
    assert len(copies) == 3


def test_copy_first_says_when_the_tree_is_too_small(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only 5 text files, 6 are needed"):
        copy_first(tree, 6, tmp_path / "copy")
