"""What the commands have in common as commands: examples in the help, the options that several take."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])

_EXCLUSION = re.compile(r"-[A-Za-z]+:.")

Examples = Sequence[tuple[str, str]]
"""Pairs of a command line and what it is for."""


class WithExamples(click.Command):
    """What makes the help of a command end in examples."""

    def __init__(self, *args: Any, examples: Examples = (), **kwargs: Any) -> None:  # noqa: ANN401 - click's signature
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples"):
            for number, (line, purpose) in enumerate(self.examples):
                if number:
                    formatter.write_paragraph()
                formatter.write_text(f"{purpose}:")
                formatter.write(f"{'':{formatter.current_indent + 2}}{line}\n")


class Command(WithExamples):
    """A command as this command line has them."""


def repo_option(command: F) -> F:
    """Add ``--repo``, which may be repeated."""
    return click.option(
        "--repo",
        "repos",
        metavar="DIR",
        multiple=True,
        type=click.Path(path_type=Path),
        help="A repository or folder; may be repeated. Default: the repository around the current folder.",
    )(command)


def colour_option(command: F) -> F:
    """Add ``--color``."""
    return click.option(
        "--color",
        "colour",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colours; auto: on a terminal, and as NO_COLOR and FORCE_COLOR say.",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")(command)


class QueryCommand(Command):
    """A command with an argument ``query``, in which ``-path:tests`` is a filter and no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; where in a query its filters stand makes no difference."""
        filters = [arg for arg in args if _EXCLUSION.match(arg)]
        rest = super().parse_args(ctx, [arg for arg in args if not _EXCLUSION.match(arg)])
        ctx.params["query"] = (*ctx.params.get("query", ()), *filters)
        return rest


def query_text(words: Sequence[str]) -> str:
    """Return the query that the words of a command line make; ``-`` reads it from standard input.

    :raises click.UsageError: if there is none.
    """
    import sys

    text = sys.stdin.read() if list(words) == ["-"] else " ".join(words)
    if not text.strip():
        raise click.UsageError(
            "there is no query; say what to look for, or give - to read it from standard input"
        )
    return text
