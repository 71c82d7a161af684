"""Working copies of source trees for benchmarks that need a given number of files, or that edit files.

A copy is a git repository of its own, as a user's would be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

MAX_FILE_BYTES = 1_000_000
_PROBE_BYTES = 8192
_SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})


def text_files(tree: Path) -> Iterator[Path]:
    """The text files of a tree, ordered by path: no NUL byte at the start, not empty, at most 1 MB."""
    for folder, names, files in os.walk(tree):
        names[:] = sorted(name for name in names if name not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            path = Path(folder) / name
            if not path.is_symlink() and 0 < path.stat().st_size <= MAX_FILE_BYTES and _looks_like_text(path):
                yield path


def _looks_like_text(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"\0" not in stream.read(_PROBE_BYTES)


def text_bytes(tree: Path) -> int:
    """The size of all text files of a tree; reading their starts also warms the system's file cache."""
    return sum(path.stat().st_size for path in text_files(tree))


def copy_first(tree: Path, count: int, into: Path) -> list[Path]:
    """Copy the first text files of a tree and commit them to a new git repository.

    :param count: How many files.
    :return: The copies, in order.
    :raises ValueError: when the tree has fewer text files.
    """
    copies: list[Path] = []
    for path in text_files(tree):
        if len(copies) == count:
            break
        copy = into / path.relative_to(tree)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copies.append(copy)
    if len(copies) < count:
        raise ValueError(f"{tree} has only {len(copies)} text files, {count} are needed: name a larger tree")
    commit_all(into)
    return copies


def commit_all(folder: Path) -> None:
    """Make a folder a git repository, where it is none yet, and commit all its files."""
    identity = [
        "-c",
        "user.name=benchmark",
        "-c",
        "user.email=benchmark@localhost",
        "-c",
        "commit.gpgsign=false",
    ]
    for arguments in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "-m", "Files"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
