"""The latest commits of a work tree, as git tells them, in a bounded time."""

import logging
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.discovery.git import run_safely, safe_command, safe_environment

MOST_COMMITS = 3_000
_MOST_FILES = 30
"""A commit that touches more says nothing about any of them: a new licence header, a formatter, an import."""

_MOST_SECONDS = 4.0
"""What git has told by then is used; the largest repositories take longer for so many commits."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit's first line and the files that it changed, relative to the folder that was asked about, with ``/``."""

    subject: str
    paths: tuple[str, ...]


def head_of(root: Path) -> str:
    """Return the commit that a folder's work tree stands at; empty without git or commits."""
    return os.fsdecode(
        run_safely(str(root), safe_environment(), "rev-parse", "--verify", "-q", "HEAD") or b""
    ).strip()


def read_commits(root: Path, head: str, limit: int = MOST_COMMITS) -> list[Commit]:
    """Return the commits up to ``head`` that changed few files below a folder, newest first.

    Merges are left out, and renames are not followed. Empty when git is missing or refuses.

    :param limit: how many commits are looked at.
    """
    command = safe_command(
        "log", "--no-merges", "--no-renames", "--name-only", "--relative", "-z", f"-{limit}", "--no-show-signature",
        "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--format=%x01%s%x02", "--end-of-options", head,
        "--", ".",
    )  # fmt: skip
    if command is None:
        return []
    try:
        with subprocess.Popen(
            command,
            cwd=root,
            env=safe_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as git:
            timer = threading.Timer(_MOST_SECONDS, git.kill)
            timer.start()
            try:
                output, _ = git.communicate()
            finally:
                timer.cancel()
    except OSError as error:
        _log.debug("git log: %s", error)
        return []
    whole = output if git.returncode == 0 else output[: output.rfind(b"\1")]
    return list(_commits(whole))


def _commits(output: bytes) -> Iterator[Commit]:
    for record in output.split(b"\1")[1:]:
        subject, _, listed = record.partition(b"\2")
        paths = [path for path in listed.replace(b"\n", b"\0").split(b"\0") if path]
        if 0 < len(paths) <= _MOST_FILES:
            yield Commit(subject.decode("utf-8", "replace"), tuple(map(os.fsdecode, paths)))
