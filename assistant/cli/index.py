"""``assist index``: build or refresh an index, and keep it fresh."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, repo_option
from assistant.cli.console import duration, printable

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.engine import Engine


@click.command(
    name="index",
    cls=Command,
    examples=(
        ("assist index", "Index the repository around the current folder, or take in what changed"),
        ("assist index --repo ../server --repo ../client", "Two others"),
        ("assist index --watch", "Follow the files and keep the index up to date until Ctrl-C"),
    ),
)
@repo_option
@click.option("--watch", "-w", is_flag=True, help="Then follow the files, until Ctrl-C.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong.")
def command(repos: tuple[Path, ...], watch: bool, quiet: bool) -> None:
    """Build the index of a repository, or bring it up to date.

    `ask` and `search` do this by themselves; call it to index ahead of time, or with --watch. Only files that
    changed are read again. The index lies in your cache folder, never in the repository.
    """
    from assistant.cli.common import make_engine
    from assistant.cli.roots import roots_of

    engine = make_engine()
    roots = roots_of(repos)
    for root in roots:
        _index(engine, root, quiet=quiet)
    if watch:
        from assistant.cli.watch import follow

        follow(engine, roots, quiet=quiet)


def _index(engine: "Engine", root: Path, *, quiet: bool) -> None:
    from assistant.cli.common import files_and_chunks, require_files, update_with_progress

    started = time.perf_counter()
    report = update_with_progress(engine, root, quiet=quiet)
    require_files(engine, root)
    vectors = _fill(engine, root, quiet=quiet)
    took = duration(time.perf_counter() - started)
    if quiet:
        return
    if report.analysed or report.removed or vectors:
        click.echo(f"{printable(str(root))}: {files_and_chunks(report.generation.facts)} in {took}")
    else:
        click.echo(
            f"{printable(str(root))}: {files_and_chunks(report.generation.facts)}, up to date ({took})"
        )


def _fill(engine: "Engine", root: Path, *, quiet: bool) -> bool:
    """Compute missing vectors; return whether there were any."""
    from assistant.cli.common import interrupted_fill
    from assistant.cli.progress import progress_bar

    snapshot = engine.snapshot(root)
    if snapshot is None or snapshot.vector_coverage() >= 1:
        return False
    try:
        with progress_bar("Computing {total} vectors", quiet=quiet) as progress:
            return engine.fill(root, progress) is not None
    except KeyboardInterrupt:
        raise interrupted_fill(engine, root) from None
