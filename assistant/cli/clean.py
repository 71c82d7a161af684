"""``assist clean``: remove indexes. They are caches: the next search makes them again."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, repo_option
from assistant.cli.console import count, printable

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.cli.inventory import StoredIndex


@click.command(
    name="clean",
    cls=Command,
    examples=(
        ("assist clean", "Remove the index of this repository"),
        ("assist clean --stale", "Remove the indexes of folders that no longer exist"),
        ("assist clean --all --yes", "Remove every index, without asking"),
    ),
)
@repo_option
@click.option("--all", "every", is_flag=True, help="Remove the indexes of all repositories; asks first.")
@click.option("--stale", is_flag=True, help="Remove the indexes whose folder no longer exists.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def command(repos: tuple[Path, ...], every: bool, stale: bool, yes: bool) -> None:
    """Remove the index of a repository, or several; sources are never touched."""
    if every + stale + bool(repos) > 1:
        raise click.UsageError("--all, --stale and --repo exclude each other; give one of them")
    from assistant.cli.common import make_engine
    from assistant.cli.inventory import index_of, list_indexes
    from assistant.cli.roots import roots_of

    engine = make_engine()
    if every or stale:
        found = list_indexes(engine.settings.cache_dir)
        chosen = found if every else [item for item in found if item.is_stale]
    else:
        chosen = [index_of(engine.directory(root), root) for root in roots_of(repos)]
        chosen = [item for item in chosen if item.exists]
    if not chosen:
        click.echo("There is nothing to remove.")
        return
    if every and not yes:
        _ask(len(chosen), sum(item.size_bytes for item in chosen))
    _remove(chosen)


def _ask(number: int, size_bytes: int) -> None:
    from assistant.cli.common import is_terminal
    from indexer.discovery.names import format_size

    if not is_terminal():
        raise click.UsageError("--all asks before it removes anything; add --yes where nobody can answer")
    click.confirm(
        f"Remove {count(number, 'index', 'indexes')} ({format_size(size_bytes)})?", abort=True, err=True
    )


def _remove(chosen: "Iterable[StoredIndex]") -> None:
    from indexer.discovery.names import format_size

    for item in chosen:
        item.remove()
        name = printable(str(item.root)) if item.root else "an unknown folder"
        click.echo(f"Removed the index of {name}: {format_size(item.size_bytes)}")
