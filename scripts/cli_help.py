"""Write the help of every command into ``docs/cli.md``, between its marks: ``python scripts/cli_help.py``.

The text around the marks is written by hand. A test compares the file with what this makes of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
COLUMNS = 100

_BLOCK = re.compile(r"(<!-- help: (?P<words>[a-z -]*?) ?-->\n).*?(<!-- end of help -->)", re.DOTALL)


def help_of(words: str) -> str:
    """The real command's help for some words, at a fixed width."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *words.split(), "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(COLUMNS), "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def with_help(page: str) -> str:
    """A page with every marked block filled with the help that it names."""
    return _BLOCK.sub(
        lambda match: f"{match.group(1)}\n```text\n{help_of(match['words'])}\n```\n\n{match.group(3)}", page
    )


def documented(page: str) -> list[str]:
    """The commands whose help a page has; "" stands for that of `assist` itself."""
    return [match["words"] for match in _BLOCK.finditer(page)]


if __name__ == "__main__":
    PAGE.write_text(with_help(PAGE.read_text("utf-8")), "utf-8")
