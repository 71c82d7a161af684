"""The query set: which repositories, which questions, which places answer them.

Its folder has `repos.jsonl` and `queries.jsonl` (its README tells their fields) and beside it
`checkout.py`, which writes the repositories' files at the stated revisions out of local git directories.
Their text never enters this project.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from benchmarks.ndcg import Target

DEFAULT_BENCH = Path("../shared/bench/code-search")


class QuerySetError(Exception):
    """The query set or its repositories are not where they were said to be; the message says what to pass."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question with its known answers; `category` is semantic, architecture or symbol."""

    text: str
    category: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of the set.

    :param root: The folder to index: all of the repository, or one folder in it.
    """

    name: str
    language: str
    root: Path
    queries: tuple[Query, ...]


def load(bench: Path, repos: Path) -> list[Repository]:
    """Read the query set, in the order of `repos.jsonl`.

    :param bench: Folder with `repos.jsonl` and `queries.jsonl`.
    :param repos: Folder with one folder a repository, as `checkout.py` writes it.
    :raises QuerySetError: when a file of the set or a repository's root is missing.
    """
    for name in ("repos.jsonl", "queries.jsonl"):
        if not (bench / name).is_file():
            raise QuerySetError(f"{bench / name} does not exist: pass the query set's folder with --bench")
    queries: dict[str, list[Query]] = {}
    for row in _read_lines(bench / "queries.jsonl"):
        targets = tuple(_target(target) for target in row["targets"])
        queries.setdefault(row["repo"], []).append(Query(row["query"], row["category"], targets))
    loaded = []
    for row in _read_lines(bench / "repos.jsonl"):
        root = (repos / row["repo"] / row["root"]).resolve()
        if not root.is_dir():
            raise QuerySetError(
                f"{root} does not exist: pass --repos, or --mirror to write the repositories out"
            )
        loaded.append(Repository(row["repo"], row["language"], root, tuple(queries.get(row["repo"], ()))))
    return loaded


def materialise(bench: Path, mirror: Path | None) -> Path:
    """The folder of the repositories in the user's cache, written there first where a mirror is given.

    :param mirror: Folder with `OWNER+NAME/repo` git directories; None to use what was written earlier.
    :raises QuerySetError: when `checkout.py` fails.
    """
    folder = platformdirs.user_cache_path("repo-assist-benchmarks") / bench.resolve().name
    if mirror is not None:
        folder.mkdir(parents=True, exist_ok=True)
        script = bench.resolve().parent / "checkout.py"
        command = [sys.executable, str(script), str(bench / "repos.jsonl"), str(mirror), str(folder)]
        if subprocess.run(command, check=False).returncode:
            raise QuerySetError(f"{script} failed: see its message above")
    return folder


def _read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _target(row: dict[str, Any]) -> Target:
    return Target(row["path"], (row["start"], row["end"]) if "start" in row else None)
