"""Lines of a conversation: from a terminal with editing and history, or from a pipe."""

import contextlib
import sys
from collections.abc import Iterator

import click

_PROMPT = "> "
_MAX_CHARS = 200_000
"""Of one turn; a file piped in by mistake is not held in memory as one."""


class Lines:
    """What the user types. A text pasted at a terminal is one turn, however many lines it has."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        if self.is_terminal:
            with contextlib.suppress(
                ImportError
            ):  # line editing comes with importing it; Windows edits by itself
                import readline  # noqa: F401

    def __iter__(self) -> Iterator[str]:
        """Yield turns until the input ends; Ctrl-C at the prompt drops the line, twice in a row it ends."""
        if not self.is_terminal:
            while line := sys.stdin.readline(_MAX_CHARS):
                yield line
            return
        dropped = False
        while True:
            try:
                text = input(_PROMPT)
                while _more_waits() and len(text) < _MAX_CHARS:
                    text += "\n" + input()
            except EOFError:
                click.echo()
                return
            except KeyboardInterrupt:
                click.echo()
                if dropped:
                    return
                dropped = True
                click.echo("Ctrl-C again, or /quit, ends the conversation.")
                continue
            dropped = False
            yield text


def _more_waits() -> bool:
    """Tell whether lines are already there: no one types that fast, so they were pasted."""
    import select

    try:
        return bool(select.select([sys.stdin], [], [], 0.02)[0])
    except (OSError, ValueError):  # Windows selects on sockets only
        return False
