"""Tells whether a quoted block of code is what the file says.

White space does not count, nor do line numbers in front of the lines. ``...`` (also in a comment) stands for
anything: what is between the elisions must follow in the file in this order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.resolution import Resolved

_NUMBERED = re.compile(r"^\s{0,8}(\d{1,6})\s?(?:[:|\u2502]|\s)\s?")
_ELISION_LINE = re.compile(
    r"^\s*(?:#|//|/\*|--|;+|%|<!--)?\s*[\[({]?\s*(?:\.\.\.|\u2026)[^\n]{0,60}$", re.MULTILINE
)
_INLINE_ELISION = re.compile(r"\.\.\.|\u2026")
_HEADER = re.compile(
    r"^\s*(?:#|//|/\*|--|<!--|;+|%)\s*(?:file\s*:\s*|in\s+|from\s+)?(?P<reference>\S.*?)\s*(?:\*/|-->)?\s*$"
)
_NOT_QUOTED = frozenset("diff patch console shell-session bash sh shell text output mermaid".split())


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code in an answer: its info string and its text without the fences."""

    info: str
    text: str

    @property
    def language(self) -> str:
        """The first word of the info string, lower-cased."""
        return self.info.split(" ")[0].split(":")[0].lower().strip("{}.")

    def named_source(self) -> tuple[str, bool]:
        """Return what in the block itself says where it is from, and whether that is the block's first line.

        A word of the info string (``python src/a.py:1-9``, ``40:88:src/a.py``, ``title="src/a.py"``), or a comment in
        the first line. Empty if nothing has the form of a path.
        """
        for word in self.info.split():
            if swapped := re.fullmatch(r"(\d+):(\d+):(\S+)", word):
                return f"{swapped[3]}:{swapped[1]}-{swapped[2]}", False
            word = re.sub(r"^(?:title|file|filename|path)=", "", word).strip("\"'{}")
            word = word.partition(":")[2] if re.match(r"^[a-z+#]+:[^\d]", word) else word
            if re.search(r"[/.]\w", word):
                return word, False
        header = _HEADER.match(self.text.split("\n", 1)[0])
        return (
            (header["reference"], True)
            if header and re.search(r"[/.]\w", header["reference"])
            else ("", False)
        )

    def is_code(self) -> bool:
        """Whether the block can be a quotation of a file; shell sessions, diffs and output are something else."""
        return self.language not in _NOT_QUOTED and bool(self.text.strip())


@dataclass(frozen=True, slots=True)
class Difference:
    """The first line of a block that is not in the file (as the block has it), and the share of lines that are."""

    line: str
    share_found: float


def differs(text: str, place: Resolved) -> Difference | None:
    """Compare a quoted block with its file: with the cited lines first, then with the whole file.

    :return: None if it is a true quotation.
    """
    cited = place.file.lines[place.start_line - 1 : place.end_line]
    quoted = _without_numbers(text)
    for lines in (cited, place.file.lines):
        if _follows(quoted, lines):
            return None
    lines = [line for line in quoted.split("\n") if _bare(line)]
    there = "".join(map(_bare, place.file.lines))
    found = [_bare(line) in there or bool(_INLINE_ELISION.search(line)) for line in lines]
    first = next(
        (line for line, is_there in zip(lines, found, strict=True) if not is_there), lines[0] if lines else ""
    )
    return Difference(first.strip(), sum(found) / len(found) if found else 1.0)


def _follows(quoted: str, lines: Sequence[str]) -> bool:
    there = "".join(map(_bare, lines))
    if _bare(quoted) in there:
        return True
    fragments = _ELISION_LINE.split(quoted)
    return _in_order(fragments, there) or _in_order(
        [piece for fragment in fragments for piece in _INLINE_ELISION.split(fragment)], there
    )


def _in_order(fragments: Sequence[str], there: str) -> bool:
    position = 0
    for fragment in map(_bare, fragments):
        at = there.find(fragment, position)
        if at < 0:
            return False
        position = at + len(fragment)
    return True


def _bare(text: str) -> str:
    return "".join(text.split())


def _without_numbers(text: str) -> str:
    """Drop line numbers if every line with text has one and they ascend."""
    lines = text.split("\n")
    matches = [_NUMBERED.match(line) for line in lines if line.strip()]
    numbers = [int(match[1]) for match in matches if match]
    if not numbers or len(numbers) != len(matches) or numbers != sorted(set(numbers)):
        return text
    return "\n".join(_NUMBERED.sub("", line) for line in lines)
