"""``assist copies``: what to do about copies that a check has found: look at them, give credit, accept, report."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, WithExamples, colour_option
from assistant.cli.console import count, output, printable, safe
from assistant.cli.copies_check import limited, noted, open_work

if TYPE_CHECKING:
    from assistant.cli.copies_check import CopyWork


class _Group(WithExamples, click.Group):
    """A group whose subcommands act on findings."""


@click.group(
    name="copies",
    cls=_Group,
    examples=(
        ("assist copies report src", "Write copies.html: passages side by side, by licence and verdict"),
        ("assist copies baseline src", "Accept what is there now; what is new fails from then on"),
    ),
)
def command() -> None:
    """Look at copies that `assist check-copies` has found, give credit, accept them, report them."""


@command.command(
    name="show",
    cls=Command,
    examples=(("assist copies show src/tea.py:5", "Both passages, the licence, the credit"),),
)
@click.argument("place", metavar="FILE:LINE")
@limited
@colour_option
def show(place: str, repo: Path | None, colour: str) -> int:
    """Show a copy whole, beside its source, with what is known of the licence and the credit that it asks for."""
    from assistant.cli.copies_text import write_finding

    work = open_work(repo)
    noted(work.notes)
    _, _, finding = work.at(place)
    console = output(colour)
    write_finding(console, finding, lines=10_000)
    for source in finding.sources:
        console.write("")
        console.write(console.paint(printable(f"{source.title}, {source.lines}"), "name"))
        facts = [source.url, source.file, *source.licence.evidence, *source.ruling.notes]
        for fact in filter(None, facts):
            console.write(f"   {printable(fact)}")
    console.write("")
    for line in finding.source.attribution.lines:
        console.write(printable(line))
    return 0


@command.command(
    name="attribute", cls=Command, examples=(("assist copies attribute src/tea.py:5", "As a diff"),)
)
@click.argument("place", metavar="FILE:LINE")
@click.option(
    "--apply", "applies", is_flag=True, help="Write it to the file; the default is to print a diff."
)
@limited
@colour_option
def attribute(place: str, applies: bool, repo: Path | None, colour: str) -> int:
    """Put a comment above a copy with the credit that its licence asks for: source, copyright, licence.

    A credit does not make allowed what the policy denies.
    """
    from assistant.copies.fixes import attribution_edit
    from assistant.copies.targets import shown_path
    from assistant.recipes.patches import FileChange, unified_diff

    work = open_work(repo)
    noted(work.notes)
    file, text, finding = work.at(place)
    if finding.attributed:
        at = f"{printable(finding.path)}:{finding.start_line}-{finding.end_line}"
        click.echo(f"There is a credit already: the copy is at {at}.")
        return 0
    edit = attribution_edit(text, finding)
    change = FileChange(shown_path(work.root, file), text, edit.applied(text))
    console = output(colour)
    styles = {"+": "good", "-": "error", "@": "path"}
    for line in unified_diff(change).removesuffix("\n").split("\n"):
        console.write(console.paint(safe(line), styles[line[0]]) if line[:1] in styles else safe(line))
    if not applies:
        click.echo("Nothing was written; --apply writes it.", err=True)
        return 0
    moved_by = edit.text.count("\n") if edit.line <= finding.start_line else 0
    where = f"{printable(finding.path)}:{finding.start_line + moved_by}-{finding.end_line + moved_by}"
    _apply(work.root, file, change)
    click.echo(f"The copy is at {where} now.", err=True)
    return 0


def _apply(root: Path, file: Path, change: object) -> None:
    from assistant.privacy.settings import state_folder
    from assistant.recipes.patches import FileChange
    from assistant.recipes.writing import apply_change
    from indexer.discovery import SkippedFile, read_source

    assert isinstance(change, FileChange)
    if not file.resolve().is_relative_to(root):
        raise click.UsageError(
            f"{printable(str(file))} lies outside of {root}; name its repository with --repo"
        )
    source = read_source(root, change.path)
    encoding = "utf-8" if isinstance(source, SkippedFile) else source.encoding
    applied = apply_change(root, change, encoding, state_folder(os.environ), lambda path: None)
    click.echo(f"Written to {printable(applied.path)}. To undo: {printable(applied.undo)}", err=True)


@command.command(
    name="baseline",
    cls=Command,
    examples=(("assist copies baseline", "Accept all copies that the repository has now"),),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[PATH]...")
@click.option("--output", "file", type=click.Path(path_type=Path), metavar="FILE", help="Where to write it.")
@limited
def baseline(paths: tuple[Path, ...], file: Path | None, repo: Path | None) -> int:
    """Write a baseline: the copies that are in the repository or in PATHs now fail no check from then on.

    To be committed as .assist-copies-baseline.json. It holds hashes of lines, no code.
    """
    from assistant.copies.baseline import BASELINE_FILE, Baseline
    from assistant.copies.files import write_text

    work = open_work(repo)
    found = work.review(work.targets(paths), strict=True)
    noted((*work.notes, *found.notes))
    target = file or work.root / BASELINE_FILE
    write_text(target, Baseline.of(found.to_act_on).to_json())
    accepted = count(len(found.to_act_on), "copy", "copies")
    click.echo(printable(f"Accepted {accepted} in {count(found.files, 'file')}: {target}"))
    return 0


def _made(work: "CopyWork") -> str:
    """Say when a report is made, by what, and against how much."""
    from datetime import UTC, datetime

    from assistant import __version__
    from indexer.discovery.names import format_size

    others = [one for one in work.checker.library.store.origins() if not one.origin.key.startswith("own:")]
    size = format_size(sum(one.source_bytes for one in others))
    sources = f"{count(len(others), 'source')}, {count(sum(one.files for one in others), 'file')}, {size}"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, assist {__version__}, compared with {sources}"


@command.command(
    name="report",
    cls=Command,
    examples=(("assist copies report", "Everything in this repository, as copies.html"),),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[PATH]...")
@click.option(
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    default=Path("copies.html"),
    show_default=True,
    help="Where to write it.",
)
@limited
def report(paths: tuple[Path, ...], file: Path, repo: Path | None) -> int:
    """Write all copies to one HTML file: passages side by side, by verdict and licence. It fetches nothing."""
    from assistant.copies.files import write_text
    from assistant.copies.report import html_report

    work = open_work(repo)
    found = work.review(work.targets(paths), work.baseline_file(None))
    noted((*work.notes, *found.notes))
    write_text(file, html_report(found, work.root.name, _made(work)))
    copies = count(len(found.findings), "copy", "copies")
    click.echo(printable(f"Wrote {file}: {copies} in {count(found.files, 'file')}"))
    return 0
