"""What the commands about copied code share: where they work, what they compare with, how files are checked."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.console import count, printable

if TYPE_CHECKING:  # none of it is needed to print help
    from assistant.copies.check import CopyChecker
    from assistant.copies.corpora import CorpusLibrary
    from assistant.copies.model import CopyFinding
    from assistant.copies.review import Review
    from assistant.copies.targets import Target
    from indexer.discovery import SkippedFile
    from indexer.progress import Progress

    Targets = Iterable[Target | SkippedFile]

_MANY_FILES = 2_000
"""Reading so many is said where no progress bar is drawn."""


@dataclass(frozen=True, slots=True)
class CopyWork:
    """A repository that is checked.

    :ivar notes: what was done so that there is something to compare with.
    """

    root: Path
    checker: "CopyChecker"
    notes: tuple[str, ...]

    def baseline_file(self, named: Path | None) -> Path | None:
        """Return the baseline to use: the one that was named, or the repository's if it has one."""
        from assistant.copies.baseline import BASELINE_FILE

        usual = self.root / BASELINE_FILE
        return named or (usual if usual.is_file() else None)

    def review(
        self,
        targets: "Targets",
        baseline: Path | None = None,
        *,
        duplicates: bool = False,
        strict: bool = False,
    ) -> "Review":
        """Check files.

        :raises SettingsError: if the baseline cannot be read.
        """
        from assistant.copies.baseline import Baseline
        from assistant.copies.review import review

        known = Baseline.read(baseline) if baseline is not None else None
        return review(self.checker, targets, baseline=known, duplicates=duplicates, strict=strict)

    def targets(self, paths: Sequence[Path]) -> "Targets":
        """Return the files at some paths, or of the whole repository."""
        from assistant.copies.targets import whole_files

        return whole_files(self.root, paths or [self.root], self.checker.settings.rules)

    def at(self, place: str) -> "tuple[Path, str, CopyFinding]":
        """Return the file, its text and the finding at ``FILE:LINE``.

        :raises click.UsageError: if there is none.
        """
        from assistant.copies.review import of_lines
        from indexer.discovery import SkippedFile

        name, _, number = place.rpartition(":")
        if not name or not number.isdigit():
            raise click.UsageError(f'"{printable(place)}" names no line; write FILE:LINE')
        file = next((one for one in (Path(name), self.root / name) if one.is_file()), None)
        if file is None:
            raise click.UsageError(f"{printable(name)} is no file; write FILE:LINE as the check prints it")
        target = next(iter(self.targets([file])))
        if isinstance(target, SkippedFile):
            raise click.UsageError(f"{printable(name)} is not checked: {printable(target.detail)}")
        found = of_lines(self.checker.check(target.text, target.path), int(number), target.text)
        if not found:
            raise click.UsageError(
                f"no copy was found at {printable(place)}; `assist check-copies --all {printable(name)}` lists them"
            )
        return file, target.text, found[0]


def open_work(
    repo: Path | None, *, duplicates: bool = False, patient: bool = True, quiet: bool = False
) -> CopyWork:
    """Make sure that there is something to compare with.

    :param duplicates: the user's own files, too.
    :param patient: wait for another process that changes the corpora; else do with what there is.
    :raises SettingsError: for a malformed policy.
    """
    from assistant.cli.roots import roots_of
    from assistant.copies.check import CopyChecker
    from assistant.settings import load_settings

    (root,) = roots_of([repo] if repo else [])
    settings = load_settings(os.environ)
    checker = CopyChecker(settings, _environ(), [root])
    checker.require_policy(root)
    wait_s = -1.0 if patient else 0.0
    notes = _read_what_is_installed(checker.library, root, own=duplicates, wait_s=wait_s, quiet=quiet)
    if not any(not summary.origin.key.startswith("own:") for summary in checker.library.store.origins()):
        notes.append(
            "there is nothing to compare with: no installed packages; `assist corpus add` adds other code"
        )
    return CopyWork(root, checker, tuple(notes))


def _read_what_is_installed(
    library: "CorpusLibrary", root: Path, *, own: bool, wait_s: float, quiet: bool
) -> list[str]:
    """Bring up to date what is compared with, and return what the user should know.

    Ctrl-C while it is read ends the reading, not the check.
    """
    from assistant.cli.common import Interrupted
    from assistant.cli.interruption import BetweenSteps
    from assistant.cli.progress import progress_bar

    title = "Reading {total} installed files, once (Ctrl-C: go on with what is read)"
    with progress_bar(title, quiet=quiet) as bar, BetweenSteps(bar if quiet else _announced(bar)) as progress:
        try:
            return list(library.ensure(root, progress, own=own, wait_s=wait_s).notes)
        except KeyboardInterrupt:
            if not progress.done:
                raise Interrupted("interrupted; nothing was checked") from None
            read = count(progress.done, "installed file")
            return [f"compared with what was read so far, {read}; the next check reads the rest"]


def _announced(bar: "Progress") -> "Progress":
    """Return a progress callback that also says in a log, where no bar is drawn, what takes its time."""
    said = sys.stderr.isatty()

    def advance(done: int, total: int) -> None:
        nonlocal said
        if not said and total >= _MANY_FILES:
            said = True
            click.echo(
                f"reading {total:,} installed files, once: later checks read what has changed", err=True
            )
        bar(done, total)

    return advance


def _environ() -> dict[str, str]:
    """Return the environment, but for what pre-commit set: assist's own is none of the project's."""
    environ = dict(os.environ)
    if environ.get("PRE_COMMIT") and environ.get("VIRTUAL_ENV") == sys.prefix:
        del environ["VIRTUAL_ENV"]
    return environ


def noted(notes: Iterable[str]) -> None:
    """Print notes to standard error."""
    for note in dict.fromkeys(notes):
        click.echo(f"note: {printable(note)}", err=True)


def limited(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--repo``, of which these commands take one."""
    return click.option(
        "--repo",
        metavar="DIR",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="The repository. Default: the one around the current folder.",
    )(command)
