"""Reads the projects of a split out of bare git repositories, at the revisions of `splits.toml`.

Only hand-written source of the benchmark's languages is taken: vendored, built, generated and minified files would make
any detector right, or wrong, for reasons that have nothing to do with it.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

SPLITS = Path(__file__).with_name("splits.toml")
SUFFIXES: Mapping[str, str] = {
    ".py": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "javascript",
    ".java": "java",
    ".go": "go",
}
"""Suffix to the language that figures are grouped by; TypeScript counts as JavaScript."""

_LEFT_OUT = re.compile(
    r"(^|/)(vendor|vendored|_vendor|node_modules|third[-_]?party|dist|build|bundled?|contrib|generated|bower_components"
    r"|javascript-helpers|public|static|esm|cjs)/|\.min\.|\.d\.ts$|_pb2\.py$|\.pb\.|[-_.]generated\.|^min/|^locale/"
)
_GENERATED = re.compile(r"(?i)\b(auto-?generated|generated (by|from|code)|do not edit)\b")
_HEAD_CHARS = 1500
_MIN_BYTES = 200
_MAX_BYTES = 1_000_000
_MAX_LINE_CHARS = 1000


class ProjectError(Exception):
    """A project cannot be read; the message names it and what to pass."""


@dataclass(frozen=True, slots=True)
class Project:
    """A repository at a revision; `name` is OWNER/NAME."""

    name: str
    revision: str

    @property
    def folder(self) -> str:
        """Its folder in the mirror and in the set."""
        return self.name.replace("/", "+")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a project; `name` is its path in the set, OWNER+NAME/path."""

    name: str
    language: str
    text: str

    @property
    def suffix(self) -> str:
        """With its dot."""
        return PurePosixPath(self.name).suffix


def read_split(name: str, file: Path = SPLITS) -> dict[str, list[Project]]:
    """The projects of a split by side, ``corpus`` and ``negatives``.

    :raises ProjectError: when there is no such split.
    """
    splits = tomllib.loads(file.read_text("utf-8"))
    if name not in splits:
        raise ProjectError(f"{file.name} has no split {name!r}: pass one of {', '.join(splits)}")
    return {
        side: [Project(project, revision) for project, revision in projects.items()]
        for side, projects in splits[name].items()
    }


def read_project(project: Project, mirror: Path, limit_bytes: int) -> list[SourceFile]:
    """Its source files in path order.

    :param mirror: Folder with `OWNER+NAME/repo` git directories.
    :param limit_bytes: Of a larger project, files are taken in the order of their names' hashes up to this size.
    :raises ProjectError: when the repository or the revision is not there.
    """
    repository = mirror / project.folder / "repo"
    listed = _git(repository, project, "ls-tree", "-r", "-l", "-z", project.revision)
    entries = []
    for line in filter(None, listed.decode("utf-8", "replace").split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, blob, size = facts.split()
        if mode.startswith("100") and _wanted(path) and _MIN_BYTES <= int(size) <= _MAX_BYTES:
            entries.append((hashlib.sha256(path.encode()).digest(), path, blob))
    files, total = [], 0
    for path, text in _texts(repository, sorted(entries)):
        if hand_written(text) and total < limit_bytes:
            total += len(text)
            language = SUFFIXES[PurePosixPath(path).suffix]
            files.append(SourceFile(f"{project.folder}/{path}", language, text))
    return sorted(files, key=lambda file: file.name)


def hand_written(text: str) -> bool:
    """Tell whether a text looks neither generated nor minified."""
    return not _GENERATED.search(text[:_HEAD_CHARS]) and max(map(len, text.split("\n"))) <= _MAX_LINE_CHARS


def _wanted(path: str) -> bool:
    return PurePosixPath(path).suffix in SUFFIXES and not _LEFT_OUT.search(path)


def _texts(repository: Path, entries: list[tuple[bytes, str, str]]) -> Iterator[tuple[str, str]]:
    asked = "".join(f"{blob}\n" for _, _, blob in entries)
    said = subprocess.run(
        ["git", "-C", str(repository), "cat-file", "--batch"],
        input=asked.encode(),
        capture_output=True,
        check=True,
    ).stdout
    at = 0
    for _, path, _ in entries:
        head_end = said.index(b"\n", at)
        size = int(said[at:head_end].split()[2])
        data = said[head_end + 1 : head_end + 1 + size]
        at = head_end + 1 + size + 1
        try:
            yield path, data.decode("utf-8").replace("\r\n", "\n").removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue


def _git(repository: Path, project: Project, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(repository), *arguments], capture_output=True, check=False)
    if done.returncode:
        raise ProjectError(
            f"{project.name} at {project.revision[:10]} is not in {repository}: pass --mirror, a folder of "
            f"OWNER+NAME/repo git directories with full history ({done.stderr.decode(errors='replace').strip()})"
        )
    return done.stdout
