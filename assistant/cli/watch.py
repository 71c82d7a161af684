"""Following the file system: every burst of changes below the roots is one update of their indexes.

What is ignored is dropped before it costs anything: version control's and tools' folders by name, ignored folders
from a list that is made again when an update turns out to have had nothing to do.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import click

from assistant.cli.common import Interrupted, files_and_chunks, update_with_progress
from assistant.cli.console import count, duration, printable
from assistant.engine import Engine
from assistant.errors import AssistError
from assistant.settings import rules_for
from indexer.discovery import list_ignored
from indexer.discovery.changes import RelevantChanges
from indexer.errors import IndexerError

_DEBOUNCE_MS = 400
_QUIET_MS = 50
"""A burst ends when nothing has changed for so long."""

_WAKE_MS = 2_000
"""How often a quiet watch looks up; the first time catches what changed before it began."""

_RELIST_AFTER_S = 10.0
_NAMED_FILES = 3


class _Watched:
    """One root that is followed."""

    def __init__(self, engine: Engine, root: Path) -> None:
        self._engine = engine
        self.root = root
        self._listed_s = 0.0
        self._began = False
        self.changes = RelevantChanges(root, ())
        self.list_ignored()

    def list_ignored(self) -> None:
        """Make the list of what is ignored again, unless that was done just now."""
        if self._listed_s and time.monotonic() - self._listed_s < _RELIST_AFTER_S:
            return
        rules = rules_for(self.root, self._engine.settings)
        self.changes = RelevantChanges(self.root, (skip.path for skip in list_ignored(self.root, rules)))
        self._listed_s = time.monotonic()

    def catches_up(self) -> bool:
        """Tell, once, that files may have changed between the last update and the begin of the watch."""
        first, self._began = not self._began, True
        return first

    def update(self, changed: Sequence[str]) -> str | None:
        """Update the index; return a line that says what happened, None if nothing did."""
        started = time.perf_counter()
        report = update_with_progress(self._engine, self.root, quiet=True)
        if not (report.analysed or report.removed):
            if changed and not report.wrote:
                self.list_ignored()
            return None
        self._engine.fill(self.root)
        took = duration(time.perf_counter() - started)
        return f"{_named(changed)}: {files_and_chunks(report.generation.facts)} ({took})"


def follow(engine: Engine, roots: Sequence[Path], *, quiet: bool) -> None:
    """Keep indexes up to date until Ctrl-C.

    :raises Interrupted: on Ctrl-C, which is how this ends.
    :raises AssistError: if a root is gone, or the system cannot follow so many folders.
    """
    from watchfiles import watch

    try:
        watched = [_Watched(engine, root) for root in roots]
        if not quiet:
            click.echo(f"following {', '.join(printable(str(root)) for root in roots)}; Ctrl-C ends it")
        for events in watch(
            *roots,
            watch_filter=lambda _, path: any(item.changes.relative(path) for item in watched),
            debounce=_DEBOUNCE_MS,
            step=_QUIET_MS,
            rust_timeout=_WAKE_MS,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            paths = [path for _, path in events]
            for item in watched:
                _handle(item, paths, several=len(watched) > 1, quiet=quiet)
    except KeyboardInterrupt:
        raise Interrupted("stopped following" if not quiet else "interrupted") from None
    except OSError as error:
        raise AssistError(
            f"the system cannot follow these files: {error}; "
            "on Linux raise fs.inotify.max_user_watches, or set WATCHFILES_FORCE_POLLING=1"
        ) from error


def _handle(item: _Watched, paths: Sequence[str], *, several: bool, quiet: bool) -> None:
    """Take a burst of events in; what goes wrong is said, and the next change tries again."""
    changed = sorted({name for path in paths if (name := item.changes.relative(path))})
    if not item.catches_up() and not changed:
        return
    if not item.root.is_dir():
        raise AssistError(f"{item.root} is gone; the index of it stays until `assist clean --stale`")
    try:
        line = item.update(changed)
    except (AssistError, IndexerError, OSError) as error:
        click.echo(f"{_clock()} not updated: {error}; the next change tries again", err=True)
        return
    if line and not quiet:
        where = f"{item.root.name}: " if several else ""
        click.echo(f"{_clock()} {printable(where + line)}")


def _named(changed: Sequence[str]) -> str:
    if not changed:
        return "changes since it was indexed"
    shown = ", ".join(changed[:_NAMED_FILES])
    more = len(changed) - _NAMED_FILES
    return f"{shown} and {count(more, 'more file')}" if more > 0 else shown


def _clock() -> str:
    return time.strftime("%H:%M:%S")
