"""What several commands share: which repositories, which engine, and an index that is up to date."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from assistant.cli.console import count, duration
from assistant.cli.progress import progress_bar
from assistant.cli.roots import roots_of
from assistant.engine import Engine
from assistant.errors import NoIndexError
from assistant.settings import load_settings, rules_for
from indexer.errors import IndexBusyError
from indexer.index.update import UpdateReport

_PATIENCE_S = 0.5
"""How long another process may hold an index before the user is told."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Folders whose indexes can be searched."""

    engine: Engine
    roots: tuple[Path, ...]
    notes: tuple[str, ...]
    """What the user should know about the indexes: another process writes one, vectors are missing."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a line that says how things stand."""


def make_engine() -> Engine:
    """Return an engine with the user's settings."""
    return Engine(load_settings(os.environ))


def prepare(repos: Sequence[Path]) -> Prepared:
    """Bring the indexes that a command reads up to date; an index that cannot be is used as it is, with a note.

    :raises NoIndexError: if a folder is none, or there is nothing in any of them to search.
    """
    engine = make_engine()
    roots: list[Path] = []
    notes: list[str] = []
    empty: list[NoIndexError] = []
    for root in roots_of(repos):
        notes += _refresh(engine, root)
        try:
            require_files(engine, root)
        except NoIndexError as error:
            empty.append(error)
            continue
        roots.append(root)
    if not roots:
        raise empty[0]
    return Prepared(engine, tuple(roots), (*notes, *map(str, empty)))


def update_with_progress(engine: Engine, root: Path, *, quiet: bool = False) -> UpdateReport:
    """Bring an index up to date, with a progress bar; waits for another process that writes it.

    :raises Interrupted: on Ctrl-C.
    """
    try:
        with progress_bar("Indexing {total} files", quiet=quiet) as progress:
            try:
                report = engine.update(root, progress, _PATIENCE_S)
            except IndexBusyError:
                if not quiet:
                    click.echo(f"waiting for another process that indexes {root} ...", err=True)
                report = engine.update(root, progress)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; the index is as it was before") from None
    if report.rebuilt_because and not quiet:
        click.echo(f"The index was rebuilt: {report.rebuilt_because}.", err=True)
    return report


def require_files(engine: Engine, root: Path) -> None:
    """Make sure that there is something to search.

    :raises NoIndexError: if the index of a folder has no files; the message says what the folder holds instead.
    """
    snapshot = engine.snapshot(root)
    if snapshot is None or len(snapshot.files):
        return
    from collections import Counter

    from indexer.discovery import list_ignored
    from indexer.index.update import skipped_files

    left_out = [*skipped_files(snapshot.generation), *list_ignored(root, rules_for(root, engine.settings))]
    counts = Counter(skip.reason.value for skip in left_out)
    listed = ", ".join(f"{number:,} {reason}" for reason, number in sorted(counts.items()))
    raise NoIndexError(
        f"no index for {root}: the folder has no text files ({listed or 'it is empty'}); "
        "name another folder with --repo"
        + (f", or see `assist status --files --repo {root}`" if listed else "")
    )


def interrupted_fill(engine: Engine, root: Path) -> Interrupted:
    """Return what to raise when the computing of vectors was interrupted."""
    snapshot = engine.snapshot(root)
    coverage = snapshot.vector_coverage() if snapshot else 0.0
    return Interrupted(
        f"interrupted; {coverage:.0%} of the chunks have a vector, `assist index` computes the rest"
    )


def warn(notes: Sequence[str]) -> None:
    """Print notes to standard error."""
    for note in notes:
        click.echo(f"note: {note}", err=True)


def _refresh(engine: Engine, root: Path) -> list[str]:
    """Update an index; if an existing one cannot be, return why as a note."""
    try:
        with progress_bar("Indexing {total} files") as progress:
            report = engine.update(root, progress, _PATIENCE_S)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; the index is as it was before") from None
    except IndexBusyError:
        if _usable(engine, root):
            return [f"another process is indexing {root}: this is the index of {_age(engine, root)} ago"]
        update_with_progress(engine, root)
        return []
    except OSError as error:
        if not _usable(engine, root):
            raise
        reason = error.strerror or type(error).__name__
        age = _age(engine, root)
        return [
            f"the index of {root} cannot be brought up to date ({reason}): this is the index of {age} ago"
        ]
    return [f"the index was rebuilt: {report.rebuilt_because}"] if report.rebuilt_because else []


def _usable(engine: Engine, root: Path) -> bool:
    from indexer.errors import CorruptIndexError

    try:
        return engine.snapshot(root) is not None
    except (CorruptIndexError, OSError):
        return False


def _age(engine: Engine, root: Path) -> str:
    import time

    snapshot = engine.snapshot(root)
    assert snapshot is not None
    return duration(time.time() - snapshot.generation.facts["written_ns"] / 1e9)


def files_and_chunks(facts: Mapping[str, Any]) -> str:
    """Return the size of an index in words."""
    return f"{count(facts['files'], 'file')}, {count(facts['chunks'], 'chunk')}"


def is_terminal() -> bool:
    """Tell whether someone can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()
