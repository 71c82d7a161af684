"""Writes a change of files as a unified diff that ``git apply`` and ``patch`` take, with the file's own line ends."""

import difflib
from dataclasses import dataclass

from assistant.recipes.texts import kept_lines

_NO_NEWLINE = "\\ No newline at end of file\n"
_MAX_EXACT_LINES = 20_000


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a file holds before and after."""

    path: str
    """Relative to the repository, '/'-separated."""
    old: str | None
    """None: there is no such file yet."""
    new: str | None
    """None, only in a reverse: the file goes away."""

    def reversed(self) -> "FileChange":
        """Return the change that takes this one back."""
        return FileChange(self.path, self.new, self.old)


def unified_diff(change: FileChange, context_lines: int = 3) -> str:
    """Return a change as a diff; empty if nothing changes."""
    if change.old == change.new:
        return ""
    old, new = kept_lines(change.old or ""), kept_lines(change.new or "")
    parts = [f"diff --git {quoted('a/' + change.path)} {quoted('b/' + change.path)}\n"]
    if change.old is None:
        parts.append("new file mode 100644\n")
    if change.new is None:
        parts.append("deleted file mode 100644\n")
    groups = _groups(old, new, context_lines) if old or new else []
    if groups:
        parts.append(
            f"--- {_header('a/', change.path, change.old)}\n+++ {_header('b/', change.path, change.new)}\n"
        )
    for group in groups:
        old_start, old_end = group[0][1], group[-1][2]
        new_start, new_end = group[0][3], group[-1][4]
        parts.append(f"@@ -{_range(old_start, old_end)} +{_range(new_start, new_end)} @@\n")
        for kind, first, last, new_first, new_last in group:
            if kind == "equal":
                parts += _marked(" ", old[first:last])
                continue
            parts += _marked("-", old[first:last])
            parts += _marked("+", new[new_first:new_last])
    return "".join(parts)


_Opcode = tuple[str, int, int, int, int]


def _groups(old: list[str], new: list[str], context_lines: int) -> list[list[_Opcode]]:
    """Compare lines, without what both texts begin and end with, which is most of a large file."""
    limit = min(len(old), len(new))
    head = next((number for number in range(limit) if old[number] != new[number]), limit)
    tail = next(
        (number for number in range(limit - head) if old[-1 - number] != new[-1 - number]), limit - head
    )
    head, tail = max(0, head - context_lines), max(0, tail - context_lines)
    middle = difflib.SequenceMatcher(
        None,
        old[head : len(old) - tail],
        new[head : len(new) - tail],
        autojunk=len(old) + len(new) - 2 * (head + tail) > _MAX_EXACT_LINES,
    )
    return [
        [(kind, a + head, b + head, c + head, d + head) for kind, a, b, c, d in group]
        for group in middle.get_grouped_opcodes(context_lines)
    ]


def _marked(prefix: str, lines: list[str]) -> list[str]:
    return [prefix + line if line.endswith("\n") else f"{prefix}{line}\n{_NO_NEWLINE}" for line in lines]


def _range(start: int, end: int) -> str:
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _header(prefix: str, path: str, text: str | None) -> str:
    if text is None:
        return "/dev/null"
    name = quoted(prefix + path)
    return f"{name}\t" if " " in path and not name.startswith('"') else name


def quoted(path: str) -> str:
    """Return a path as git writes it in a diff."""
    if not any(
        char in '"\\' or ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xDC80 <= ord(char) <= 0xDCFF
        for char in path
    ):
        return path
    parts = []
    for byte in path.encode("utf-8", "surrogateescape"):
        if byte in b'"\\':
            parts.append("\\" + chr(byte))
        elif 32 <= byte < 127:
            parts.append(chr(byte))
        else:
            parts.append(f"\\{byte:03o}")
    return f'"{"".join(parts)}"'
