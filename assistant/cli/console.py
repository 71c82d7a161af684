"""What a terminal shows: colours where they are wanted, nothing that could harm it, numbers for people."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

import click

_CODES = {
    "path": "1;36",
    "name": "1",
    "dim": "2",
    "match": "1;33",
    "number": "2",
    "good": "32",
    "warning": "33",
    "error": "1;31",
}

# Control characters (a line feed in a path, an escape sequence in a file), marks that reorder text, lone surrogates.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Console:
    """How text is written to one stream."""

    colour: bool
    width: int
    """Columns; lines longer than that are cut where a terminal shows them."""

    @classmethod
    def for_stream(
        cls, stream: TextIO, choice: str = "auto", environ: Mapping[str, str] = os.environ
    ) -> "Console":
        """Return how to write to a stream.

        :param choice: ``always``, ``never``, or ``auto``: only to a terminal, and as ``NO_COLOR``,
            ``FORCE_COLOR`` and ``TERM`` say.
        """
        terminal = stream.isatty()
        width = 500
        if terminal:
            import shutil

            width = max(40, shutil.get_terminal_size((100, 24)).columns)
        if choice != "auto":
            return cls(choice == "always", width)
        if environ.get("NO_COLOR"):
            return cls(False, width)
        if environ.get("FORCE_COLOR", "0") != "0":
            return cls(True, width)
        return cls(terminal and environ.get("TERM") != "dumb", width)

    def paint(self, text: str, style: str) -> str:
        """Return a text in one of the styles, plain if colours are off."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text

    def highlight(self, text: str, pattern: re.Pattern[str] | None) -> str:
        """Return a text with the matches of a pattern painted."""
        if pattern is None or not self.colour:
            return text
        return pattern.sub(lambda match: self.paint(match.group(), "match"), text)

    def write(self, text: str) -> None:
        """Print a text to standard output."""
        click.echo(text, color=self.colour)


def output(choice: str = "auto") -> Console:
    """Return the console of standard output."""
    return Console.for_stream(sys.stdout, choice)


def printable(text: str) -> str:
    r"""Return a text that a terminal shows as one line: what could break it is written as ``\n`` or ``\xff``."""
    return _UNSAFE.sub(_escape, text)


def safe(text: str) -> str:
    """Return a text of several lines without what a terminal would obey; tabs become blanks."""
    return "\n".join(printable(line.replace("\t", "    ")) for line in text.split("\n"))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a path that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return match.group().encode("unicode_escape", "backslashreplace").decode("ascii")


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number of things: ``1 file``, ``2,146 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Write a time span: ``35 ms``, ``3.1 s``, ``4 minutes``, ``2 days``."""
    if seconds < 1:
        return f"{1000 * max(seconds, 0):.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    size, noun = next(unit for unit in _UNITS if seconds >= unit[0])
    return count(int(seconds // size), noun)


def share(part: float, whole: float) -> str:
    """Write a share in percent; what is not everything is never shown as 100 %."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 1:
        return "<1 %"
    return f"{min(round(percent), 99) if part < whole else 100} %"
