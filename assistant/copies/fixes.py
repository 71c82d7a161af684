"""What can be done about a copy, as edits of its file: give credit, or accept it with a reason.

Editors offer them as quick fixes; ``assist copies attribute`` prints or applies one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.copies.comments import comment
from assistant.copies.model import CopyFinding
from assistant.copies.suppress import MARK
from indexer.languages import language_of


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines to put in before a line of a text.

    :ivar line: 1-based; what stands there now comes after.
    :ivar text: whole lines, with the text's own line ends.
    """

    line: int
    text: str
    title: str

    def applied(self, text: str) -> str:
        """Return the text with the lines put in."""
        lines = text.splitlines(keepends=True)
        at = min(self.line - 1, len(lines))
        if at and not lines[at - 1].endswith(("\n", "\r")):
            lines[at - 1] += self.text[-1:]
        return "".join([*lines[:at], self.text, *lines[at:]])


def attribution_edit(text: str, finding: CopyFinding) -> Edit:
    """Return the edit that puts the credit above a copy which the licence of its best source asks for."""
    source = finding.source
    return _above(text, finding, source.attribution.lines, f"Give credit to {source.title}")


def suppression_edit(text: str, finding: CopyFinding, reason: str) -> Edit:
    """Return the edit that accepts a copy.

    :param reason: why it is fine; a comment without one does not count.
    """
    return _above(text, finding, [f"{MARK} {reason}"], "Accept this copy with a reason")


def _above(text: str, finding: CopyFinding, said: Sequence[str], title: str) -> Edit:
    lines = text.splitlines()
    line = _beginning(lines, finding.start_line)
    indent = re.match(r"[ \t]*", lines[line - 1] if line <= len(lines) else "")
    end = "\r\n" if "\r\n" in text else "\n"
    language = language_of(finding.path, text[:200].encode("utf-8", "replace")).name
    margin = indent.group() if indent else ""
    return Edit(line, "".join(f"{margin}{comment(one, language)}{end}" for one in said), title)


def _beginning(lines: Sequence[str], line: int) -> int:
    """Return the line before which a comment may stand: the first of those that a decorator or a blank begins."""
    line = min(max(line, 1), max(len(lines), 1))
    while line < len(lines) and not lines[line - 1].strip():
        line += 1
    return line
