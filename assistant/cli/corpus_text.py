"""What ``assist corpus`` prints: the corpora that there are, and what was read of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.console import count, printable

if TYPE_CHECKING:  # the library is not needed to print help
    from assistant.copies.corpora import Listed, Update


def show_corpora(listed: "Sequence[Listed]", as_json: bool) -> None:
    """Print the corpora with their sizes, and what is wrong with them."""
    if as_json:
        import json

        click.echo(json.dumps({"corpora": [_record(item) for item in listed]}))
        return
    listed = [item for item in listed if item.files or item.problem or not item.corpus.automatic]
    if not listed:
        click.echo(
            "Code is compared with nothing yet. What is installed for a repository is added by itself when copies\n"
            "are looked for; `assist corpus add` adds folders, git repositories and archives."
        )
        return
    rows = [_row(item) for item in listed]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for item, row in zip(listed, rows, strict=True):
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        if item.problem:
            click.echo(f"  {printable(item.problem)}")


def _row(item: "Listed") -> tuple[str, str, str, str]:
    from indexer.discovery.names import format_size

    corpus = item.corpus
    kind = corpus.kind.value
    sources = f"{count(item.origins, 'package')}, " if kind == "installed" else ""
    files = count(item.files, "version" if kind == "history" else "file")
    size = f"{sources}{files}, {format_size(item.source_bytes)}"
    return printable(corpus.name), kind, size, printable(corpus.location)


def print_updates(updates: "Sequence[Update]", as_json: bool) -> None:
    """Print what was read of some corpora."""
    if as_json:
        import json

        click.echo(json.dumps({"updated": [_update_record(item) for item in updates]}))
        return
    for item in updates:
        click.echo(printable(_said(item)))


def _said(item: "Update") -> str:
    from assistant.cli.console import duration
    from indexer.discovery.names import format_size

    taken = item.taken
    changes = [
        (taken.read_files, f"{count(taken.read_files, 'file')} read ({format_size(taken.read_bytes)})"),
        (taken.unchanged_files, f"{taken.unchanged_files:,} unchanged"),
        (taken.removed_files, f"{taken.removed_files:,} removed"),
        (taken.left_out, f"{taken.left_out:,} left out"),
    ]
    said = ", ".join(text for number, text in changes if number)
    if not said:
        said = "up to date" if taken.sources else "nothing was found to compare with"
    return f"{item.corpus.name}: {said} in {duration(item.took_s)}"


def _record(item: "Listed") -> dict[str, Any]:
    corpus = item.corpus
    return {
        "name": corpus.name,
        "kind": corpus.kind.value,
        "location": corpus.location,
        "automatic": corpus.automatic,
        "sources": item.origins,
        "files": item.files,
        "source_bytes": item.source_bytes,
        "updated_ns": corpus.updated_ns,
        "problem": item.problem,
    }


def _update_record(item: "Update") -> dict[str, Any]:
    taken = item.taken
    return {
        "name": item.corpus.name,
        "kind": item.corpus.kind.value,
        "location": item.corpus.location,
        "sources": len(taken.sources),
        "read_files": taken.read_files,
        "read_bytes": taken.read_bytes,
        "unchanged_files": taken.unchanged_files,
        "removed_files": taken.removed_files,
        "left_out": taken.left_out,
        "took_s": round(item.took_s, 3),
    }
