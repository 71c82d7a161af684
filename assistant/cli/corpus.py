"""``assist corpus``: what code is compared with when copies are looked for."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, WithExamples, json_option
from assistant.cli.console import count, printable
from assistant.cli.corpus_text import print_updates, show_corpora

if TYPE_CHECKING:  # the library is not needed to print help
    from assistant.copies.corpora import CorpusLibrary, Update

_PATIENCE_S = 0.5
"""How long another process may change the corpora before the user is told."""
_MANY_FILES, _MANY_BYTES = 20_000, 250_000_000
"""Beyond this, reading takes so long that the user is asked first."""


class _Group(WithExamples, click.Group):
    """Lists the corpora if no subcommand is named."""


@click.group(
    name="corpus",
    cls=_Group,
    invoke_without_command=True,
    examples=(
        ("assist corpus", "What code is compared with, and what of it has changed since it was read"),
        ("assist corpus add --installed", "The packages that are installed for this repository"),
        ("assist corpus add ../server", "A folder or a git repository; an archive likewise"),
        ("assist corpus add --history .", "Every version of every file that this repository ever had"),
        ("assist corpus update", "Read what has changed in all of them"),
    ),
)
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Show what code is compared with: `add`, `update`, `remove`, `export` and `import` change it.

    What is installed for a repository is added by itself when copies are looked for first. Each text is kept once,
    however many packages and forks hold it. Everything lies in your cache folder and is never sent anywhere.
    """
    if ctx.invoked_subcommand is None:
        show_corpora(_library().listed(), as_json)
    return 0


@command.command(
    name="list",
    cls=Command,
    examples=(("assist corpus list", "The same as `assist corpus`"),),
)
@json_option
def show(as_json: bool) -> int:
    """Show the corpora with their sizes, and which of them have changed since they were read."""
    show_corpora(_library().listed(), as_json)
    return 0


@command.command(
    name="add",
    cls=Command,
    examples=(
        ("assist corpus add ../server", "A folder or a git repository"),
        ("assist corpus add --installed", "What is installed for this repository"),
    ),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--history", is_flag=True, help="Every version of every file of a git repository.")
@click.option(
    "--installed", is_flag=True, help="What is installed for the repository around the current folder."
)
@click.option(
    "--own", is_flag=True, help="PATHs, or this repository, are your own: duplicates, never alarms."
)
@click.option("--indexed", is_flag=True, help="Every repository that has an index, as your own.")
@click.option("--yes", "-y", is_flag=True, help="Read large folders without a question.")
@json_option
def add(
    paths: tuple[Path, ...],
    history: bool,
    installed: bool,
    own: bool,
    indexed: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Compare with folders, git repositories or archives (zip, wheel, jar, tar and its compressed kinds) from now on.

    Generated, minified and binary files are left out, and so is what git ignores. A path that was added before is
    brought up to date. Before a large folder is read, you are asked.
    """
    if (installed or indexed) and (history or own or paths or (installed and indexed)):
        raise click.UsageError("--installed and --indexed stand alone, without paths; give one of them")
    if own and history:
        raise click.UsageError("--own and --history exclude each other; give one of them")
    if not (paths or installed or own or indexed):
        raise click.UsageError("there is nothing to add; name a folder, a repository or an archive")
    from assistant.cli.roots import roots_of

    library = _library()
    if installed:
        work = [partial(library.add_installed, roots_of(())[0])]
    elif indexed or own:
        roots = _indexed() if indexed else roots_of(paths)
        _require_consent(library, () if indexed or yes else roots, as_json)
        work = [partial(library.add_own, root) for root in roots]
    else:
        _require_consent(library, () if history or yes else paths, as_json)
        work = [partial(library.add, path, history=history) for path in paths]
    updates = [_run(step, quiet=as_json) for step in work]
    print_updates(updates, as_json)
    return 0


@command.command(
    name="update",
    cls=Command,
    examples=(("assist corpus update", "Read what has changed in every corpus"),),
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
def update(names: tuple[str, ...], as_json: bool) -> int:
    """Read what has changed in some corpora, by name or place, or in all.

    Exit code 1: one of them cannot be read; the others were brought up to date.
    """
    from assistant.copies.corpora import CorpusError, CorpusKind

    library = _library()
    corpora = [library.named(name) for name in names]
    corpora = corpora or [corpus for corpus in library.corpora() if corpus.kind is not CorpusKind.IMPORT]
    updates = []
    failed = False
    for corpus in corpora:
        try:
            updates.append(_run(partial(library.update, corpus), quiet=as_json))
        except CorpusError as error:
            failed = True
            click.echo(f"note: {printable(str(error))}", err=True)
    print_updates(updates, as_json)
    return 1 if failed else 0


@command.command(
    name="remove",
    cls=Command,
    examples=(("assist corpus remove server", "No longer compare with the corpus of that name"),),
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> int:
    """Stop comparing with some corpora, by name or place; their sources are not touched."""
    library = _library()
    for corpus in [library.named(name) for name in names]:
        library.remove(corpus)
        click.echo(f"Removed {printable(corpus.name)}: {count(len(corpus.sources), 'source')}")
    return 0


@command.command(
    name="export",
    cls=Command,
    examples=(("assist corpus export team.corpus --no-text", "Only fingerprints, for colleagues"),),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--no-text", is_flag=True, help="Fingerprints alone: copies are found, their source is not shown."
)
def export(file: Path, names: tuple[str, ...], no_text: bool) -> int:
    """Write some corpora, or all but your own repositories, to one file that `assist corpus import` reads."""
    from assistant.copies.corpora import CorpusKind
    from indexer.discovery.names import format_size

    library = _library()
    corpora = [library.named(name) for name in names]
    corpora = corpora or [corpus for corpus in library.corpora() if corpus.kind is not CorpusKind.OWN]
    if not corpora:
        raise click.UsageError("there is no corpus to export; `assist corpus add` makes one")
    library.export(file, corpora, with_text=not no_text)
    names_text = ", ".join(corpus.name for corpus in corpora)
    click.echo(printable(f"Wrote {names_text} to {file}: {format_size(file.stat().st_size)}"))
    return 0


@command.command(
    name="import",
    cls=Command,
    examples=(("assist corpus import team.corpus", "Compare with what was built elsewhere"),),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", default="", help="What to call it; default: as the file.")
def import_(file: Path, name: str) -> int:
    """Take in what `assist corpus export` wrote, in place of what was imported under the same name before."""
    corpus = _library().import_(file, name)
    click.echo(printable(f"Imported {corpus.name}: {count(len(corpus.sources), 'source')}"))
    return 0


def _require_consent(library: "CorpusLibrary", paths: Sequence[Path], quiet: bool) -> None:
    """Ask before much is read, or something that nobody means to compare with: a home folder, a whole disk.

    :raises click.UsageError: if there is nobody to ask.
    :raises click.Abort: if the answer is no.
    """
    from assistant.cli.common import is_terminal
    from assistant.cli.console import duration
    from indexer.discovery.names import format_size

    home = Path.home()
    known = {corpus.location for corpus in library.corpora()}
    for path in paths:
        place = path.expanduser().resolve()
        if not place.is_dir() or str(place) in known:
            continue
        found = library.estimate(place)
        is_wide = place == home or place in home.parents
        if not is_wide and found.files <= _MANY_FILES and found.source_bytes <= _MANY_BYTES:
            continue
        least = "" if found.is_complete else "more than "
        said = printable(
            f"{path} holds {least}{count(found.files, 'file')} of code, {format_size(found.source_bytes)}: reading "
            f"takes {least or 'some '}{duration(found.duration_s)} and {format_size(found.kept_bytes)} of cache"
        )
        if quiet or not is_terminal():
            raise click.UsageError(f"{said}; name a smaller folder, or add --yes")
        click.confirm(f"{said}. Read it?", abort=True, err=True)


def _indexed() -> list[Path]:
    """Return the folders that have an index and still exist."""
    import os

    from assistant.cli.inventory import list_indexes
    from assistant.settings import load_settings

    found = [item for item in list_indexes(load_settings(os.environ).cache_dir) if not item.is_stale]
    return [item.root for item in found if item.root]


def _library() -> "CorpusLibrary":
    import os

    from assistant.copies.corpora import CorpusLibrary
    from assistant.settings import load_settings

    return CorpusLibrary(load_settings(os.environ), os.environ)


def _run(work: "Callable[..., Update]", *, quiet: bool) -> "Update":
    """Do a piece of work with a progress bar; Ctrl-C keeps what was read.

    :param work: takes ``progress`` and ``wait_s``.
    """
    from assistant.cli.common import Interrupted
    from assistant.cli.interruption import BetweenSteps
    from assistant.cli.progress import progress_bar
    from indexer.fingerprints.errors import StoreBusyError

    with progress_bar("Reading {total} files", quiet=quiet) as bar, BetweenSteps(bar) as progress:
        try:
            try:
                return work(progress=progress, wait_s=_PATIENCE_S)
            except StoreBusyError:
                if not quiet:
                    click.echo("waiting for another process that changes the corpora ...", err=True)
                return work(progress=progress, wait_s=-1)
        except KeyboardInterrupt:
            if not progress.done:
                raise Interrupted("interrupted; the corpora are as they were before") from None
            raise Interrupted(
                f"interrupted; {count(progress.done, 'file')} were read and are kept, "
                "`assist corpus update` reads the rest"
            ) from None
