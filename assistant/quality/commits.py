"""Queries from commits: the subject of a commit asks for the files that it changed, in the tree before it.

Git runs nothing that the repository names, asks nobody and fetches nothing (:mod:`indexer.discovery.git`).
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from indexer.discovery.git import safe_command, safe_environment

_MOST_COMMITS = 3_000
"""So many commits are looked at, from the newest."""

_MOST_FILES = 5
_FEWEST_WORDS, _MOST_WORDS = 4, 25
_TIMEOUT_S = 120.0
_SKIPPED_SUBJECT = re.compile(
    r"^(?:merge|revert|bump|release|version|v?\d+\.\d|prepare|update (?:change|dep|copyright|version|readme|doc)"
    r"|upgrade|\[?wip|fixup!|squash!|format|lint|typo|cleanup|clean up|changelog|ci\b|chore|docs?\b|style\b|build\b"
    r"|test)"
    r"|\b(?:changelog|typos?|whitespace|formatting|linter|linting|gofmt|prettier|black|rubocop|clippy|copyright|readme"
    r"|dependabot|translations?|review comments|spelling|documentation|docs?|bump|backport|cherry.pick"
    r"|tests?|testing|style)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\s*\((?:[\w/.-]*#\d+|#?\d{3,}|gh-\d+)(?:,? *[\w/.-]*#\d+)*\)|\s*\[[A-Z]+-\d+\]"
    r"|\s*(?:fixes|closes|resolves|refs?|see) #\d+\b|\s*#\d+$|^[A-Z]+-\d+:? ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A commit that may be asked for.

    :param before: the commit before it.
    :param paths: the files that it modified, with ``/``; those that it added or removed are not among them.
    """

    commit: str
    before: str
    subject: str
    paths: tuple[str, ...]


class History:
    """What git tells about one repository."""

    def __init__(self, *where: str) -> None:
        """Take the repository.

        :param where: git's options that name it: ``-C FOLDER``, or ``--git-dir FOLDER`` for a bare one.
        """
        self._where = where

    @classmethod
    def of_folder(cls, root: Path) -> "History | None":
        """Return the history of the work tree whose top is a folder; None if it is none."""
        history = cls("-C", str(root))
        top = history._run("rev-parse", "--show-toplevel")
        if top is None or Path(os.fsdecode(top).rstrip("\n")).resolve() != root.resolve():
            return None
        return history if history._run("rev-parse", "--verify", "--quiet", "HEAD") is not None else None

    def changes(self, revision: str = "HEAD") -> Iterator[Change]:
        """Yield the latest commits whose subject says something and that changed few files, newest first."""
        listed = self._run(
            "log", "--no-merges", "--no-renames", "--name-status", "-z", f"-{_MOST_COMMITS}", "--no-show-signature",
            "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--format=%x01%H%x02%P%x02%s%x02",
            "--end-of-options", revision, "--",
        )  # fmt: skip
        for record in (listed or b"").split(b"\1")[1:]:
            commit, parent, subject, paths = record.split(b"\2", 3)
            asked = subject_query(subject.decode("utf-8", "replace"))
            fields = [field.strip(b"\n") for field in paths.split(b"\0")]
            status = [field for field in fields if field]
            modified = [
                os.fsdecode(path)
                for letter, path in zip(status[::2], status[1::2], strict=False)
                if letter == b"M"
            ]
            if asked and modified and parent and len(status) <= 2 * 4 * _MOST_FILES:
                yield Change(commit.decode(), parent.split()[0].decode(), asked, tuple(modified))

    def files(self, revision: str) -> dict[str, str]:
        """Return the regular files of a commit: path to the name of its content."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", revision) or b""
        files = {}
        for entry in listed.split(b"\0")[:-1]:
            about, path = entry.split(b"\t", 1)
            mode, _, name = about.split()
            if mode.startswith(b"100"):
                files[os.fsdecode(path)] = name.decode()
        return files

    def contents(self, names: Sequence[str]) -> Iterator[bytes]:
        """Yield contents by their names, in the same order; a missing one is empty."""
        command = safe_command(*self._where, "cat-file", "--batch")
        if command is None:
            return
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=safe_environment(),
        ) as git:
            assert git.stdin is not None
            assert git.stdout is not None
            for name in names:
                git.stdin.write(name.encode() + b"\n")
                git.stdin.flush()
                header = git.stdout.readline().split()
                if len(header) != 3:
                    yield b""
                    continue
                yield git.stdout.read(int(header[2]))
                git.stdout.read(1)
            git.stdin.close()

    def attach(self, commit: str, tree: Path) -> bool:
        """Make a folder that holds a commit's files a work tree at that commit, with what came before it alone.

        Nothing is copied, and of the repository's configuration nothing is taken over.

        :return: whether git could.
        """
        objects = self._run("rev-parse", "--path-format=absolute", "--git-path", "objects")
        made = History("-C", str(tree))
        if objects is None or made._run("init", "--quiet", "--template=") is None:
            return False
        alternates = tree / ".git" / "objects" / "info" / "alternates"
        alternates.parent.mkdir(parents=True, exist_ok=True)
        alternates.write_bytes(objects)
        return (
            made._run("update-ref", "--no-deref", "HEAD", commit) is not None
            and made._run("read-tree", commit) is not None
        )

    def _run(self, *arguments: str) -> bytes | None:
        command = safe_command(*self._where, *arguments)
        if command is None:
            return None
        try:
            done = subprocess.run(
                command, env=safe_environment(), capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None


def subject_query(subject: str) -> str:
    """Return a commit's subject as it is asked, without references to issues; empty if it says too little.

    >>> subject_query("Retry when the connection was reset (#123)")
    'Retry when the connection was reset'
    """
    asked = " ".join(_REFERENCE.sub("", subject).split())
    plain = re.sub(r"^\w+(?:\([\w/., -]+\))?!?: ", "", asked)
    if _SKIPPED_SUBJECT.search(asked) or _SKIPPED_SUBJECT.search(plain):
        return ""
    return asked if _FEWEST_WORDS <= len(plain.split()) <= _MOST_WORDS else ""


def asks_for_file(subject: str, path: str) -> bool:
    """Tell whether a subject names a file: then it is no question where to look."""
    return PurePosixPath(path).name.lower() in subject.lower()


def changes_before(changes: Iterator[Change], count: int) -> tuple[str, list[Change]]:
    """Choose a commit and later changes: the tree of the former is searched for the latter.

    :return: the commit, empty if there is no change; at most so many changes, newest first.
    """
    chosen = []
    for change in changes:
        chosen.append(change)
        if len(chosen) == count:
            break
    return (chosen[-1].before, chosen) if chosen else ("", [])
