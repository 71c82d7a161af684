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
    ),
)
@repo_option
@json_option
@colour_option
def command(repos: tuple[Path, ...], as_json: bool, colour: str) -> int:
    """Check the installation, the cache folder, the terminal and the index of a repository.

    Every problem comes with what to do about it. Exit code 1 means that something needs to be done.
    """
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
