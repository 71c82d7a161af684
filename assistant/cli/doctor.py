"""``assist doctor``: what is installed, what works, and what to do about what does not."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, colour_option, json_option, repo_option

if TYPE_CHECKING:  # the checks load everything that there is
    from assistant.cli.checks import Check


@click.command(
    name="doctor",
    cls=Command,
    examples=(
        ("assist doctor", "Look at the installation and at the index of this repository"),
        ("assist doctor --json", "The same for a bug report or a script"),
        ("assist doctor --quality", "How well search answers queries that this repository itself gives"),
        ("assist doctor --quality --min 0.7 --json", "The same in CI, failing below a score"),
    ),
)
@repo_option
@click.option("--quality", is_flag=True, help="Measure how well search works on the repository.")
@click.option(
    "--min",
    "least",
    metavar="SCORE",
    type=click.FloatRange(0, 1),
    help="With --quality: exit with 1 if the score is lower, 0 to 1.",
)
@click.option(
    "--worst",
    metavar="N",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    help="With --quality: how many of the queries that were answered worst to show.",
)
@json_option
@colour_option
def command(
    repos: tuple[Path, ...], quality: bool, least: float | None, worst: int, as_json: bool, colour: str
) -> int:
    """Check the installation, the cache folder, the terminal and the index of a repository.

    Every problem comes with what to do about it. Exit code 1 means that something needs to be done.

    --quality derives queries from the repository, asks them of a copy and scores the answers: the first sentence of
    documentation, which is masked in the copy, for what it documents; subjects of the latest commits for the files
    that they changed, in the tree before them; names and their words for their definitions.
    """
    if quality:
        from assistant.cli.quality import report_quality

        return report_quality(repos, least, worst, as_json=as_json, colour=colour)
    if least is not None:
        raise click.UsageError("--min is a score of --quality; give both")
    from assistant.cli.checks import all_checks

    checks = all_checks(repos)
    if as_json:
        import json

        shown = [
            {"name": check.name, "ok": check.ok, "detail": check.detail, "action": check.action}
            for check in checks
        ]
        click.echo(json.dumps({"ok": all(check.ok for check in checks), "checks": shown}, indent=2))
    else:
        _print(checks, colour)
    return 0 if all(check.ok for check in checks) else 1


def _print(checks: "Sequence[Check]", colour: str) -> None:
    from assistant.cli.console import count, output, printable

    console = output(colour)
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark = console.paint("ok     ", "good") if check.ok else console.paint("problem", "error")
        console.write(f"{mark}  {check.name:<{width}}  {printable(check.detail)}")
        if check.action:
            console.write(f"{'':9}{'':{width}}  {'to do: ' if not check.ok else ''}{check.action}")
    problems = sum(not check.ok for check in checks)
    console.write("Everything works." if not problems else f"{count(problems, 'problem')} to solve.")
