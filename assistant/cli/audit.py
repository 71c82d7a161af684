"""``assist audit``: what was sent to language models: when, where to, which lines, how much, what was redacted."""

from typing import TYPE_CHECKING, Any

import click

from assistant.cli.command import Command, json_option
from assistant.cli.console import count, printable

if TYPE_CHECKING:  # the log is not needed to print help
    from assistant.privacy.audit import Entry

_FILES_SHOWN = 4


@click.command(
    name="audit",
    cls=Command,
    examples=(
        ("assist audit", "The last requests, newest last"),
        ("assist audit -n 1 --full", "Everything that is known of the last one"),
        ("assist audit --json | jq .url", "All of them for scripts, one JSON object a line"),
    ),
)
@click.option(
    "-n", "number", type=click.IntRange(min=1), metavar="NUMBER", help="How many requests. [default: 20]"
)
@click.option("--full", is_flag=True, help="Show every file, and the text where audit_full_text kept it.")
@json_option
def command(number: int | None, full: bool, as_json: bool) -> None:
    """Show what was sent: when, where to, which files and lines, how many bytes, what was redacted.

    The log is on this machine only. What each column means, and how to keep the full text: docs/privacy.md.
    """
    import os

    from assistant.privacy.audit import AuditLog
    from assistant.privacy.settings import state_folder

    log = AuditLog(state_folder(os.environ))
    entries = log.entries(number or (None if as_json else 20))
    if as_json:
        import json

        for entry in entries:
            click.echo(json.dumps(entry.as_record()))
    elif not entries:
        click.echo(f"Nothing was sent yet, or its record is gone; it would be in {printable(str(log.file))}.")
    else:
        click.echo("\n".join(_shown(entry, full=full) for entry in entries))


def _shown(entry: "Entry", *, full: bool) -> str:
    from indexer.discovery.names import format_size

    record = entry.as_record()
    sizes = f"{format_size(record.get('bytes_out', 0))} out, {format_size(record.get('bytes_in', 0))} in"
    time = str(record.get("time", ""))[:19].replace("T", " ")
    lines = [f"{time} UTC  {record.get('backend')}  {record.get('method')} {record.get('url')}"]
    lines.append(f"  {record.get('outcome')}, {sizes}" + (f", {record['ms']:,} ms" if "ms" in record else ""))
    lines += _files(record, full=full)
    if redacted := record.get("redacted"):
        lines.append(
            "  redacted: " + ", ".join(f"{number} x {kind}" for kind, number in sorted(redacted.items()))
        )
    if left := record.get("left_out"):
        lines.append("  left out: " + ", ".join(f"{item['path']} ({item['reason']})" for item in left))
    shown = [printable(line) for line in lines]
    if full:
        shown += [f"  | {printable(line)}" for line in str(record.get("text", "")).splitlines()]
    return "\n".join(shown)


def _files(record: dict[str, Any], *, full: bool) -> list[str]:
    files = record.get("files", [])
    shown = files if full else files[:_FILES_SHOWN]
    lines = [f"  {item['path']}:{item['lines'][0]}-{item['lines'][1]}" for item in shown]
    if len(files) > len(shown):
        lines.append(f"  and {count(len(files) - len(shown), 'more passage')}: --full")
    return lines
