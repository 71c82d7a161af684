"""How well search answers the queries that a repository itself gives: makes them, asks them, scores the answers."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.engine import Engine
from assistant.quality.commits import History, changes_before
from assistant.quality.names import name_queries
from assistant.quality.queries import DerivedQuery
from assistant.quality.scores import Scored, score
from assistant.quality.trees import Copied, copy_commit, copy_folder
from assistant.settings import Settings, rules_for

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, of how much."""

_TOP = 10


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many queries of each kind are wanted at most; of changes, how many commits are looked at."""

    documentation: int = 60
    commits: int = 120
    symbols: int = 30
    words: int = 20
    files: int = 4_000
    """Of more files, so many are searched: enough to be hard, few enough to be done in a minute."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome for one repository.

    :param commit: the commit that was searched; empty for files as they are.
    :param files: how many files were searched, of ``of_files``.
    """

    root: Path
    commit: str
    files: int
    of_files: int
    scored: tuple[Scored, ...]
    seconds: float


def measure(root: Path, settings: Settings, sizes: Sizes, progress: Progress) -> Measured:
    """Measure the search of a folder. Neither the folder nor its index is touched.

    :raises IndexerError: as :meth:`assistant.engine.Engine.update`.
    """
    started = time.monotonic()
    root = root.resolve()
    with _scratch() as (tree, cache):
        commit, copied = derive_tree(root, settings, sizes, tree, progress)
        engine = Engine(replace(settings, cache_dir=cache))
        engine.update(tree, lambda done, total: progress("indexing a copy", done, total))
        snapshot = engine.snapshot(tree)
        assert snapshot is not None
        queries = [*copied.queries, *name_queries(snapshot, sizes.symbols, sizes.words)]
        scored = tuple(ask(engine, tree, queries, progress))
    return Measured(root, commit, copied.files, copied.of, scored, time.monotonic() - started)


def derive_tree(
    root: Path, settings: Settings, sizes: Sizes, into: Path, progress: Progress
) -> tuple[str, Copied]:
    """Write the copy of a folder that is searched: before its latest commits if it is the top of a work tree."""

    def copying(done: int, total: int) -> None:
        progress("copying", done, total)

    history = History.of_folder(root)
    commit, changes = ("", []) if history is None else changes_before(history.changes(), sizes.commits)
    if history is None or not commit:
        rules = rules_for(root, settings)
        return "", copy_folder(root, rules, sizes.documentation, into, copying, sizes.files)
    docs = sizes.documentation
    return commit, copy_commit(history, commit, changes, docs, into, copying, most_files=sizes.files)


def ask(engine: Engine, root: Path, queries: Sequence[DerivedQuery], progress: Progress) -> Iterator[Scored]:
    """Ask queries of an index, as ``assist search`` does, and score the answers."""
    for number, query in enumerate(queries):
        progress("asking", number, len(queries))
        yield score(query, engine.search(query.text, [root], _TOP, strict=False).results)
    progress("asking", len(queries), len(queries))


@contextmanager
def _scratch() -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory(prefix="assist-quality-") as scratch:
        tree = Path(scratch).resolve() / "tree"
        tree.mkdir()
        yield tree, Path(scratch) / "cache"
