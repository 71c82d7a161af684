"""Queries derived from any repositories: documentation, later commits, documents, symbols and name words.

For each git directory, an earlier commit is written out with the asked text masked, and its queries
beside it: `INTO/NAME/tree`, `INTO/NAME/queries.jsonl`, a line a repository in `INTO/repositories.jsonl`. They
are what weights are fitted on and what a change of the ranking is judged by; no repository of the query set
or of change localisation may be among them.

    python -m benchmarks.derived_queries --into DIR MIRROR/psf+requests/repo MIRROR/gin-gonic+gin/repo
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from assistant.engine import Engine
from assistant.quality.commits import History, changes_before
from assistant.quality.documentation import masked
from assistant.quality.names import name_queries
from assistant.quality.queries import DerivedQuery, query_from_row
from assistant.quality.sections import section_queries
from assistant.quality.trees import copy_commit
from assistant.settings import load_settings
from indexer.index.snapshot import Snapshot

FOLDS = 5
CACHE = "cache"
"""Folder beside the repositories with their indexes."""


@dataclass(frozen=True, slots=True)
class DerivedRepository:
    """A repository as it was written out.

    :param fold: 0 to 4, by a hash of its name; fold 0 is never fitted on.
    """

    name: str
    commit: str
    fold: int
    tree: Path
    queries: tuple[DerivedQuery, ...]


def fold_of(name: str) -> int:
    """The fold of a repository."""
    return blake2b(name.lower().encode()).digest()[0] % FOLDS


def load(folder: Path) -> list[DerivedRepository]:
    """Read what `main` wrote."""
    loaded = []
    for row in _rows(folder / "repositories.jsonl"):
        queries = tuple(query_from_row(item) for item in _rows(folder / row["name"] / "queries.jsonl"))
        loaded.append(
            DerivedRepository(row["name"], row["commit"], row["fold"], folder / row["name"] / "tree", queries)
        )
    return loaded


def engine_of(cache: Path) -> Engine:
    """An engine with default settings whose indexes lie in a folder."""
    return Engine(replace(load_settings({}), cache_dir=cache))


def derive(git_directory: Path, name: str, into: Path, given: argparse.Namespace) -> list[DerivedQuery]:
    """Write a repository and its queries out.

    :raises ValueError: when it has too few commits or too many files.
    """
    history = History("--git-dir", str(git_directory))
    commit, changes = changes_before(history.changes(), given.commits)
    if not commit:
        raise ValueError("it has no commits to ask for")
    if len(history.files(commit)) > given.most_files:
        raise ValueError(f"it has more than {given.most_files:,} files")
    shutil.rmtree(into / name, ignore_errors=True)
    tree = into / name / "tree"
    copied = copy_commit(history, commit, changes, given.documentation, tree, lambda done, total: None)
    engine = engine_of(into / CACHE)
    engine.update(tree)
    snapshot = engine.snapshot(tree)
    assert snapshot is not None
    names = name_queries(snapshot, given.symbols, given.words)
    queries = [*copied.queries, *names, *_mask_sections(snapshot, tree, given.sections)]
    _write(into / name / "queries.jsonl", [query.as_row() for query in queries])
    _write(into / name / "repository.json", [{"name": name, "commit": commit, "fold": fold_of(name)}])
    return queries


def _mask_sections(snapshot: Snapshot, tree: Path, count: int) -> list[DerivedQuery]:
    """Choose what documents say; the index learns of the blanks when it is updated next."""
    chosen = section_queries(snapshot, tree, count)
    for path in {path for _, path, _ in chosen}:
        file = tree / path
        file.write_bytes(masked(file.read_bytes(), [span for _, other, span in chosen if other == path]))
    return [query for query, *_ in chosen]


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _write(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def derive_all(directories: Sequence[Path], into: Path, given: argparse.Namespace) -> list[DerivedRepository]:
    """Derive the queries of git directories; those that are there already stay as they are."""
    names = []
    for directory in directories:
        name = directory.parent.name if directory.name == "repo" else directory.name
        if not (into / name / "repository.json").exists():
            try:
                queries = derive(directory, name, into, given)
            except ValueError as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
                continue
            kinds = Counter(query.kind.value for query in queries)
            found = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
            print(f"{name}: {found}", file=sys.stderr, flush=True)
        names.append(name)
    rows = [row for file in sorted(into.glob("*/repository.json")) for row in _rows(file)]
    _write(into / "repositories.jsonl", rows)
    return [repository for repository in load(into) if repository.name in names]


def add_sizes(parser: argparse.ArgumentParser) -> None:
    """Options that say what is derived from."""
    parser.add_argument("git_directories", nargs="+", type=Path, metavar="GIT_DIRECTORY")
    group = parser.add_argument_group("derived queries, of each repository at most")
    group.add_argument("--commits", type=int, default=60, help="commits looked at (default: %(default)s)")
    group.add_argument("--documentation", type=int, default=30, help="default: %(default)s")
    group.add_argument("--sections", type=int, default=16, help="of documents (default: %(default)s)")
    group.add_argument("--symbols", type=int, default=12, help="default: %(default)s")
    group.add_argument("--words", type=int, default=8, help="default: %(default)s")
    group.add_argument(
        "--most-files", type=int, default=5_000, help="leave larger repositories out (default: %(default)s)"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Derive queries."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.derived_queries",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_sizes(parser)
    parser.add_argument("--into", type=Path, required=True, help="folder to write to")
    given = parser.parse_args(argv)
    given.into = given.into.resolve()
    given.into.mkdir(parents=True, exist_ok=True)
    derive_all(given.git_directories, given.into, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
