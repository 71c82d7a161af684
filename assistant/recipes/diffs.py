"""Reads the diffs that git writes, keeping for each line where it stands in the new version of its file."""

import re
from dataclasses import dataclass

from assistant.recipes.edits import unquoted

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")
_RENAMED = "renamed from "


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk."""

    mark: str
    """``+``, ``-`` or a blank."""
    text: str
    new_line: int | None
    """1-based line in the new version; None for a removed line."""


@dataclass(frozen=True, slots=True)
class DiffFile:
    """The changes of one file."""

    path: str
    """In the new version; of a removed file in the old one."""
    status: str
    """``modified``, ``added``, ``removed``, ``renamed from OLD``, ``binary``."""
    lines: tuple[DiffLine, ...]

    @property
    def former(self) -> str:
        """The path before a rename; empty if there was none."""
        return self.status.removeprefix(_RENAMED) if self.status.startswith(_RENAMED) else ""

    @property
    def new_lines(self) -> frozenset[int]:
        """The lines of the new version that the diff shows."""
        return frozenset(line.new_line for line in self.lines if line.new_line is not None)

    def numbered(self) -> str:
        """Return the changes with the line numbers of the new version."""
        width = len(str(max(self.new_lines, default=0)))
        shown, previous = [], None
        for line in self.lines:
            if previous is not None and line.new_line is not None and line.new_line > previous + 1:
                shown.append("...")
            previous = line.new_line if line.new_line is not None else previous
            number = "" if line.new_line is None else str(line.new_line)
            shown.append(f"{number:>{width}} {line.mark} {line.text}")
        return "\n".join(shown)


def parse_diff(text: str) -> list[DiffFile]:
    """Read a diff as git writes it, with prefixes ``a/`` and ``b/``."""
    lines = text.split("\n")
    files: list[DiffFile] = []
    number = 0
    while number < len(lines):
        if lines[number].startswith("diff --git "):
            file, number = _file(lines, number)
            files.append(file)
        else:
            number += 1
    return files


def _file(lines: list[str], number: int) -> tuple[DiffFile, int]:
    path, status = _path_of_header(lines[number]), "modified"
    number += 1
    old: str | None = None
    while number < len(lines) and not lines[number].startswith(("@@ ", "diff --git ")):
        line = lines[number]
        if line.startswith("new file mode"):
            status = "added"
        elif line.startswith("deleted file mode"):
            status = "removed"
        elif line.startswith("rename from "):
            status = f"{_RENAMED}{_name(line[12:])}"
        elif line.startswith("rename to "):
            path = _name(line[10:])
        elif line.startswith(("Binary files ", "GIT binary patch")):
            status = "binary"
        elif line.startswith("--- "):
            old = _name(line[4:], prefix=True)
        elif line.startswith("+++ "):
            new = _name(line[4:], prefix=True)
            path = new if new != "/dev/null" else old or path
        number += 1
    shown: list[DiffLine] = []
    while number < len(lines) and (match := _HUNK.match(lines[number])):
        number = _hunk(lines, number + 1, match, shown)
    return DiffFile(path, status, tuple(shown)), number


def _hunk(lines: list[str], number: int, header: re.Match[str], shown: list[DiffLine]) -> int:
    old, new_line, new = int(header.group(2) or 1), int(header.group(3)), int(header.group(4) or 1)
    while number < len(lines) and (old > 0 or new > 0):
        mark, text = lines[number][:1] or " ", lines[number][1:].removesuffix("\r")
        number += 1
        if mark == "\\":
            continue
        shown.append(DiffLine(mark, text, None if mark == "-" else new_line))
        old -= mark != "+"
        new -= mark != "-"
        new_line += mark != "-"
    while number < len(lines) and lines[number].startswith("\\"):
        number += 1
    return number


def _path_of_header(line: str) -> str:
    rest = line[len("diff --git ") :]
    if rest.startswith('"'):
        return _name(rest[rest.index(' "', 1) + 1 :] if ' "' in rest[1:] else rest, prefix=True)
    half = len(rest) // 2  # "a/X b/X": both halves are of one length unless the file is renamed
    return rest[half + 3 :]


def _name(text: str, *, prefix: bool = False) -> str:
    text = text.split("\t")[0] if not text.startswith('"') else text.rstrip("\t")
    if text.startswith('"'):
        text = unquoted(text)
    return text[2:] if prefix and text[:2] in ("a/", "b/") else text
