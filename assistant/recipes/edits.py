r"""Reads what a model answered when it was asked for a change: diffs, search-and-replace blocks, whole pieces of code.

Models get the content of a diff right far more often than its bookkeeping. So line numbers and counts are hints only, a
missing prefix or header is tolerated, and where a line can be read in two ways both readings are kept: ``rewriting``
takes the one that fits the file. Pure text in, values out; nothing is looked up.

Lines are without their ends; ``\r\n`` in an answer counts as ``\n``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from assistant.recipes.fences import Fence, fence_at, path_before


class Reading(NamedTuple):
    """One way to read a hunk."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    skipped: int = 0
    """How many blank lines at the start of the hunk are left out."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change of one place."""

    readings: tuple[Reading, ...]
    """What may be meant, the likeliest first; at least one."""
    line: int | None = None
    """Where the lines before start in the file, as the answer has it; None if its own counts contradict it."""
    final_newline: bool | None = None
    """Whether the file ends in a line break afterwards; None: as it was."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Changes of one file."""

    path: str | None
    """As the answer has it, without ``a/`` or ``b/``; None if it names no file."""
    hunks: tuple[Hunk, ...]
    deletes: bool = False
    """The answer removes the file."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of code that is no diff: a function, a class, a whole file."""

    path: str | None
    language: str
    """As the fence has it; may be empty."""
    lines: tuple[str, ...]
    closed: bool
    """Whether the fence ends; if not, the answer was cut."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything in an answer that can be a change."""

    edits: tuple[FileEdit, ...]
    blocks: tuple[Block, ...]


_SEARCH = re.compile(r"(<{5,9}|-{5,9}) ?(?:SEARCH|ORIGINAL|OLD|BEFORE|HEAD)\b.*\Z|<{5,9}\Z", re.IGNORECASE)
_REPLACE_END = re.compile(r"(>{5,9}|\+{5,9})(?: ?(?:REPLACE|UPDATED|NEW|AFTER|[\w./-]+).*)?\Z", re.IGNORECASE)
_DIVIDER = re.compile(r"={5,9}\Z")
_HUNK = re.compile(r"@@+(?: -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@+)?")
_HUNK_LINE = re.compile(r"@@(?: |\Z|@)")
_PATCH_FILE = re.compile(r"\*\*\* (Update|Add|Delete) File: (.+)")
_PATCH_FRAME = re.compile(r"\*\*\* (?:Begin Patch|End Patch|End of File)\b")
_EXTENDED = re.compile(
    r"(?:index [0-9a-f]+\.\.|new file mode|deleted file mode|old mode|new mode|similarity index|rename |copy )"
)
_MAX_READINGS = 20
_DIFF_LANGUAGES = frozenset({"diff", "patch", "udiff"})


def parse_answer(answer: str) -> Proposal:
    """Find the changes in an answer, in their order. An answer without any gives an empty proposal."""
    lines = answer.replace("\r\n", "\n").split("\n")
    edits: list[FileEdit] = []
    blocks: list[Block] = []
    number = 0
    while number < len(lines):
        if found := _search_replace(lines, number, path_before(lines, number)):
            edit, number = found
            edits.append(edit)
        elif _starts_diff(lines, number):
            diff, number = _Diff(lines, number, fenced=False).read()
            edits += diff
        elif fence := fence_at(lines, number):
            number = fence.end
            _read_fence(fence, edits, blocks)
        else:
            number += 1
    return Proposal(tuple(edit for edit in edits if edit.hunks or edit.deletes), tuple(blocks))


def _read_fence(fence: Fence, edits: list[FileEdit], blocks: list[Block]) -> None:
    inner, number, path = list(fence.lines), 0, fence.path
    replaced = []
    while number < len(inner):
        if found := _search_replace(inner, number, path_before(inner, number) or path):
            edit, number = found
            replaced.append(edit)
        else:
            number += 1
    if replaced:
        edits += replaced
    elif fence.language in _DIFF_LANGUAGES or _looks_like_diff(inner):
        edits += _Diff(inner, 0, fenced=True, path=path).read()[0]
    elif any(line.strip() for line in inner):
        blocks.append(Block(path, fence.language, fence.lines, fence.closed))


def _looks_like_diff(lines: list[str]) -> bool:
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return bool(lines) and _starts_diff(lines, first)


def _starts_diff(lines: list[str], number: int) -> bool:
    line = lines[number]
    return (
        line.startswith("diff --git ")
        or line.startswith("*** Begin Patch")
        or _PATCH_FILE.match(line) is not None
        or _is_header(lines, number)
        or (_HUNK_LINE.match(line) is not None and _is_prefixed(lines, number + 1))
    )


def _is_header(lines: list[str], number: int) -> bool:
    return (
        lines[number].startswith("--- ")
        and number + 1 < len(lines)
        and lines[number + 1].startswith("+++ ")
        and (number + 2 == len(lines) or not _is_header(lines, number + 1))
    )


def _is_prefixed(lines: list[str], number: int) -> bool:
    return number < len(lines) and lines[number][:1] in (" ", "+", "-", "")


def _search_replace(lines: list[str], number: int, path: str | None) -> tuple[FileEdit, int] | None:
    """Read a block from its first marker to its last; a divider may also be a line of the code itself."""
    opening = _SEARCH.match(lines[number])
    if opening is None:
        return None
    closing = ">" if lines[number].startswith("<") else "+"
    end = number + 1
    while end < len(lines):
        if lines[end].startswith(closing) and _REPLACE_END.match(lines[end]):
            break
        if _SEARCH.match(lines[end]):
            return None  # the block before has no end
        end += 1
    else:
        return None
    body = lines[number + 1 : end]
    readings = tuple(
        Reading(tuple(body[:at]), tuple(body[at + 1 :]))
        for at, line in reversed(list(enumerate(body)))  # the most lines that the file has decide
        if _DIVIDER.match(line)
    )
    if not readings:
        return None
    return FileEdit(path, (Hunk(readings[:_MAX_READINGS]),)), end + 1


class _Diff:
    """Reads one run of diff lines."""

    def __init__(self, lines: list[str], number: int, *, fenced: bool, path: str | None = None) -> None:
        self._lines, self._number, self._fenced = lines, number, fenced
        self._path = path
        self._deletes = False
        self._hunks: list[Hunk] = []
        self._edits: list[FileEdit] = []

    def read(self) -> tuple[list[FileEdit], int]:
        """Return the edits and the number of the line after the diff."""
        while self._number < len(self._lines):
            line = self._lines[self._number]
            if _is_header(self._lines, self._number):
                self._header(line, self._lines[self._number + 1])
                self._number += 2
            elif match := _PATCH_FILE.match(line):
                self._begin(match.group(2).strip(), deletes=match.group(1) == "Delete")
                self._number += 1
            elif _HUNK_LINE.match(line):
                self._number += 1
                self._hunk(_HUNK.match(line))
            elif line.startswith(("diff --git ", "--- ", "+++ ")) or _EXTENDED.match(line):
                self._loose_header(line)
                self._number += 1
            elif _PATCH_FRAME.match(line) or (self._fenced and not line.strip()):
                self._number += 1
            elif self._fenced or (self._path is not None and not self._hunks and line[:1] in ("+", "-", " ")):
                if not self._hunk(None):
                    self._number += 1
            else:
                break
        self._end_file()
        return self._edits, self._number

    def _header(self, old: str, new: str) -> None:
        before, after = _path_of(old[4:]), _path_of(new[4:])
        self._begin(before if after is None else after, deletes=after is None and before is not None)

    def _loose_header(self, line: str) -> None:
        """Take what a header without its other half tells."""
        if line.startswith("diff --git "):
            match = re.match(r'"?a/(.+?)"? "?b/\1"?\Z', line[11:])
            self._begin(match.group(1) if match else None, deletes=False)
        elif line.startswith("deleted file mode"):
            self._deletes = True
        elif line.startswith(("--- ", "+++ ")) and self._path is None:
            self._path = _path_of(line[4:])

    def _begin(self, path: str | None, *, deletes: bool) -> None:
        self._end_file()
        self._path, self._deletes = path, deletes

    def _end_file(self) -> None:
        if self._hunks or self._deletes:
            self._edits.append(FileEdit(self._path, tuple(self._hunks), self._deletes))
        self._hunks, self._deletes = [], False

    def _hunk(self, header: re.Match[str] | None) -> bool:
        """Read the lines of a hunk; return whether there are any."""
        start, _, old, new = _numbers(header)
        body = list(self._body(old, new))
        self._number += len(body)
        if not body:
            return False
        hunk = _hunk_of(body, start, old, new)
        if hunk is not None:
            self._hunks.append(hunk)
        return True

    def _body(self, old: int | None, new: int | None) -> Iterator[str]:
        """Yield the lines that belong to a hunk; counts decide only where the text leaves it open."""
        lines, number = self._lines, self._number
        while number < len(lines):
            line = lines[number]
            open_counts = bool(old and new and old > 0 and new > 0)
            if _HUNK_LINE.match(line) or line.startswith("diff --git ") or _PATCH_FILE.match(line):
                return
            if _PATCH_FRAME.match(line) or (_is_header(lines, number) and not open_counts):
                return
            if not self._fenced:
                if line[:1] not in ("", " ", "+", "-", "\\"):
                    return
                if not line and not _goes_on(lines, number, old, new):
                    return
            if old is not None and new is not None:
                old -= line[:1] in ("", " ", "-")
                new -= line[:1] in ("", " ", "+")
            yield line
            number += 1


def _goes_on(lines: list[str], number: int, old: int | None, new: int | None) -> bool:
    """Tell whether a hunk goes on after an empty line, which may be context or the end of the diff."""
    if old is not None and new is not None:
        return old > 0 and new > 0
    following = next((line for line in lines[number:] if line), "x")
    return following[0] in " +-\\@"


def _numbers(header: re.Match[str] | None) -> tuple[int | None, int | None, int | None, int | None]:
    """Return (old start, new start, old count, new count) of a hunk's header."""
    if header is None or header.group(1) is None:
        return None, None, None, None
    start, old, new_start, new = header.groups()
    return int(start), int(new_start), int(old or 1), int(new or 1)


def _path_of(text: str) -> str | None:
    """Return the path in a ``---`` or ``+++`` line; None for ``/dev/null``."""
    text = text.split("\t")[0].strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = unquoted(text)
    if text == "/dev/null":
        return None
    return text[2:] if text[:2] in ("a/", "b/") else text.removeprefix("./")


def unquoted(text: str) -> str:
    """Read a path as git quotes it."""
    raw = bytearray()
    pattern = re.compile(r"\\([0-7]{3}|.)|([^\\])", re.DOTALL)
    names = {"n": b"\n", "t": b"\t", "r": b"\r", "a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}
    for match in pattern.finditer(text[1:-1]):
        escaped, plain = match.groups()
        if plain is not None:
            raw += plain.encode("utf-8", "surrogateescape")
        elif len(escaped) == 3:
            raw.append(int(escaped, 8) & 255)
        else:
            raw += names.get(escaped, escaped.encode())
    return raw.decode("utf-8", "surrogateescape")


def _hunk_of(body: list[str], start: int | None, old: int | None, new: int | None) -> Hunk | None:
    final_newline: bool | None = None
    for number, line in enumerate(body):
        if line.startswith("\\") and number:
            final_newline = body[number - 1][:1] == "-"
    marked = [line for line in body if not line.startswith("\\")]
    while marked and not marked[-1] and (old is None or len(_reading(marked, literal=False).before) > old):
        marked.pop()  # what stands between the last line and the end of the fence
    strict, literal = _reading(marked, literal=False), _reading(marked, literal=True)
    readings = [strict, literal, _without_blank_ends(strict), _without_blank_ends(literal)]
    if strict.before == strict.after and final_newline is None:
        return None
    agrees = (old, new) == (len(strict.before), len(strict.after))
    return Hunk(tuple(dict.fromkeys(readings)), start if agrees else None, final_newline)


def _reading(body: list[str], *, literal: bool) -> Reading:
    """Read the lines of a hunk; ``literal``: context lines are as in the file, without the blank before them."""
    before, after = [], []
    for line in body:
        prefix, rest = line[:1], line[1:]
        if prefix == "-":
            before.append(rest)
        elif prefix == "+":
            after.append(rest)
        else:
            text = rest if prefix == " " and not literal else line
            before.append(text)
            after.append(text)
    return Reading(tuple(before), tuple(after))


def _without_blank_ends(reading: Reading) -> Reading:
    """Leave out blank context at both ends, which models add and forget."""
    before, after, skipped = list(reading.before), list(reading.after), 0
    while before and after and not before[-1].strip() and not after[-1].strip():
        before.pop()
        after.pop()
    while before and after and not before[0].strip() and not after[0].strip():
        del before[0], after[0]
        skipped += 1
    return Reading(tuple(before), tuple(after), skipped)
