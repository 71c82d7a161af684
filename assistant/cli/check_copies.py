"""``assist check-copies``: whether something of what was written is copied from elsewhere, and may stay."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, colour_option, json_option
from assistant.cli.console import count, duration, output
from assistant.cli.copies_check import CopyWork, limited, noted, open_work

if TYPE_CHECKING:
    from assistant.cli.copies_check import Targets
    from assistant.copies.review import Review


@click.command(
    name="check-copies",
    cls=Command,
    examples=(
        ("assist check-copies src", "Every file of a folder"),
        ("assist check-copies --staged", "What is about to be committed; only added lines count"),
        ("assist check-copies --diff HEAD", "What differs from a revision, or in a range such as main..."),
        (
            "assist check-copies --stdin src/tea.py < src/pdf.py",
            "Text from elsewhere, as if it were that file",
        ),
        ("assist check-copies --sarif src > copies.sarif", "For code-scanning services"),
    ),
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--staged", is_flag=True, help="What is staged: the added lines of all files, or of FILEs.")
@click.option(
    "--diff", "revision", metavar="REV", help="What differs from a revision or in a range, likewise."
)
@click.option("--stdin", "from_stdin", is_flag=True, help="Check standard input as if it were FILE.")
@click.option("--all", "shows_all", is_flag=True, help="Show what is allowed, accepted or given credit, too.")
@click.option("--strict", is_flag=True, help="Hints fail the check, too: renamed copies, changed lines.")
@click.option(
    "--duplicates", is_flag=True, help="New lines that repeat your own code, 50 tokens or more, as hints."
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Copies accepted before. Default: .assist-copies-baseline.json in the repository, if there is one.",
)
@limited
@json_option
@click.option("--sarif", is_flag=True, help="Print a SARIF 2.1.0 log instead.")
@colour_option
def command(
    files: tuple[Path, ...],
    staged: bool,
    revision: str | None,
    from_stdin: bool,
    shows_all: bool,
    strict: bool,
    duplicates: bool,
    baseline: Path | None,
    repo: Path | None,
    as_json: bool,
    sarif: bool,
    colour: str,
) -> int:
    """Find code that is copied from installed packages and other corpora, and judge it by your policy.

    Without FILE, --staged or --diff: what differs from the last commit. What is installed for the repository is read
    first if need be; nothing is sent anywhere. What the policy allows is not shown, what it denies or wants reviewed
    fails the check. Exit codes: 0 nothing to act on, 1 something to act on, 2 used wrongly, 3 failed.
    """
    _check_usage(files, staged, revision, from_stdin, as_json and sarif)
    started_s = time.perf_counter()
    if not files:
        from assistant.cli.copies_changes import require_repository

        require_repository(repo)
    work = open_work(repo, duplicates=duplicates, patient=not staged, quiet=as_json or sarif)
    targets = _targets(work, files, staged, revision, from_stdin)
    review = work.review(targets, work.baseline_file(baseline), duplicates=duplicates, strict=strict)
    noted((*work.notes, *review.notes))
    if as_json or sarif:
        _print_json(review, sarif)
    else:
        changed = staged or revision is not None or not files
        _print_text(review, colour, shows_all, changed, time.perf_counter() - started_s)
    return 1 if review.to_act_on else 0


def _check_usage(
    files: Sequence[Path], staged: bool, revision: str | None, from_stdin: bool, two_forms: bool
) -> None:
    if staged + (revision is not None) + from_stdin > 1:
        raise click.UsageError("--staged, --diff and --stdin exclude each other; give one of them")
    if from_stdin and len(files) != 1:
        raise click.UsageError("--stdin needs the name of one FILE, which tells the language")
    if two_forms:
        raise click.UsageError("--json and --sarif exclude each other; give one of them")
    missing = next((file for file in files if not from_stdin and not staged and not file.exists()), None)
    if missing is not None:
        raise click.UsageError(f"{missing} does not exist; name files or folders")


def _targets(
    work: CopyWork, files: Sequence[Path], staged: bool, revision: str | None, from_stdin: bool
) -> "Targets":
    from assistant.cli.copies_changes import since, uncommitted
    from assistant.cli.copies_changes import staged as staged_files
    from assistant.copies.targets import Target, shown_path
    from indexer.discovery import judge_bytes

    rules = work.checker.settings.rules
    shown = [shown_path(work.root, file) for file in files]
    if from_stdin:
        read = judge_bytes(shown[0], sys.stdin.buffer.read())
        return [Target(shown[0], read.text.decode("utf-8", "replace")) if hasattr(read, "text") else read]
    if staged:
        return staged_files(work.root, shown, rules)
    if revision is not None:
        return since(work.root, revision, shown, rules)
    return work.targets(files) if files else uncommitted(work.root, rules)


def _print_json(review: "Review", sarif: bool) -> None:
    import json

    from assistant.copies.records import finding_record
    from assistant.copies.sarif import sarif_log

    if sarif:
        findings = [one for number, one in enumerate(review.findings) if number not in review.accepted]
        click.echo(json.dumps(sarif_log(findings)))
        return
    acted = set(map(id, review.to_act_on))
    record = {
        "files": review.files,
        "to_act_on": len(review.to_act_on),
        "findings": [
            {**finding_record(one), "accepted": number in review.accepted, "fails": id(one) in acted}
            for number, one in enumerate(review.findings)
        ],
        "skipped": [
            {"path": one.path, "reason": one.reason.value, "detail": one.detail} for one in review.skipped
        ],
        "notes": list(review.notes),
    }
    click.echo(json.dumps(record))


def _print_text(review: "Review", colour: str, shows_all: bool, changed: bool, took_s: float) -> None:
    from assistant.cli.copies_text import write_finding

    console = output(colour)
    shown = [*review.to_act_on, *review.hints, *(review.settled if shows_all else ())]
    for number, finding in enumerate(shown):
        if number:
            console.write("")
        write_finding(console, finding)
    left_out = f", {len(review.skipped)} left out" if review.skipped else ""
    where = f"{count(review.files, 'changed file' if changed else 'file')}{left_out} ({duration(took_s)})"
    parts = [f"{count(len(review.to_act_on), 'copy', 'copies')} to act on"] if review.to_act_on else []
    parts += [count(len(review.hints), "hint")] if review.hints else []
    if review.settled:
        parts.append(f"{len(review.settled)} settled{'' if shows_all else ' (--all shows them)'}")
    console.write(f"{', '.join(parts) or 'No copies'} in {where}")
