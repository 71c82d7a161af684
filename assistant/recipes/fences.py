"""Finds fenced blocks in Markdown as models write it, and the file that a block is said to be.

Unlike CommonMark, a fence with a language inside another fence of the same length opens an inner one: models answer
with whole Markdown files and docstrings that hold examples.
"""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})([^`]*)\Z")
_FIELD = re.compile(r"""(?:title|file|filename|path)\s*=\s*["']?([^"'\s}]+)""", re.IGNORECASE)
_PATH = re.compile(r"[\w@.+~-]*(?:/[\w@.+ ~\[\]()-]+)*\.?\w+\Z")
_BEFORE = re.compile(
    r"(?:#{1,6}\s+|[-*]\s+|\d+\.\s+)?(?:\*\*|__)?(?:(?:new |update |updated )?(?:file|path|filename)\s*:?\s*)?"
    r"(?:\*\*|__)?[`'\"]?(?P<path>[^\s`'\"*:]+)[`'\"]?(?:\*\*|__)?\s*:?\s*(?:\*\*)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block."""

    language: str
    """Lower case; may be empty."""
    path: str | None
    """The file that its first line or the line before it names."""
    lines: tuple[str, ...]
    closed: bool
    end: int
    """Number of the line after it, counted from 0."""


def fence_at(lines: list[str], number: int) -> Fence | None:
    """Return the fenced block that starts at a line, counted from 0; None if none does."""
    match = _FENCE.match(lines[number])
    if match is None:
        return None
    indent, mark, info = match.groups()
    depth, inner, end, closed = 1, [], number + 1, False
    while end < len(lines):
        line = lines[end].removeprefix(indent)
        end += 1
        found = _FENCE.match(line)
        if found and found.group(2).startswith(mark[0]) and not found.group(1):
            if found.group(3).strip() and found.group(2) == mark:
                depth += 1
            elif not found.group(3).strip() and len(found.group(2)) >= len(mark):
                depth -= 1
                if depth == 0:
                    closed = True
                    break
        inner.append(line)
    language, path = _info(info.strip())
    return Fence(language, path or path_before(lines, number), tuple(inner), closed, end)


def path_before(lines: list[str], number: int) -> str | None:
    """Return the path that the line before a block names, such as ``**src/a.py**:``; None if it names none."""
    for line in reversed(lines[max(0, number - 2) : number]):
        if line.strip() and not _FENCE.match(line):
            match = _BEFORE.match(line.strip())
            return match.group("path") if match and looks_like_path(match.group("path")) else None
    return None


def looks_like_path(text: str) -> bool:
    """Tell whether a word is rather a path than a word: it has a suffix or a folder."""
    return bool(_PATH.match(text)) and ("/" in text or bool(re.search(r"\w\.\w{1,12}\Z", text)))


def _info(info: str) -> tuple[str, str | None]:
    """Return the language and the path in what follows a fence's mark."""
    field = _FIELD.search(info)
    first, _, rest = info.partition(" ")
    language, colon, tail = first.partition(":")
    path = field.group(1) if field else None
    if path is None and colon and looks_like_path(tail):
        path = tail
    if path is None and rest and looks_like_path(rest.strip("`*\"' ()")):
        path = rest.strip("`*\"' ()")
    if path is None and "/" in first and looks_like_path(first):
        return "", first
    return language.strip("{}.").lower(), path
