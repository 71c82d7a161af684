"""Cursor positions in lines that later commits added to public repositories, with what their authors wrote there.

The last ``n_commits`` commits (first parents only, merges left out) are what is to be written; the tree before the
first of them is what may be known. Of each of these commits, every code file that it adds lines to is taken as it is
right after the commit. A position is the start of a token in an added line, comments left out (lines that only hold
comments have none); all positions of a repository are pooled and some are drawn uniformly with a fixed seed.

At a position the editor holds the file up to the cursor, nothing more of the cursor's line nor of the added lines
that follow it without a break, and then the rest of the file: what a hunk adds is being typed, what stands behind it
is there. Other hunks of the same commit are part of the file.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.discovery import Role, role_of
from indexer.languages import LanguageKind, language_of
from indexer.lexing import TokenKind, lex

MAX_FILE_BYTES = 400_000
MAX_LINE_CHARS = 500
"""Longer lines are written by programs; in one such file are more tokens than in all commits together."""
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_LEFT_OUT = Role.VENDORED | Role.GENERATED


@dataclass(frozen=True, slots=True)
class Position:
    """One cursor.

    :param before: the file up to the cursor.
    :param after: the text behind the added lines; starts with a line feed, or is empty.
    :param rest: the rest of the cursor's line as its author wrote it, without a comment at its end and blanks.
    :param ends: offsets into ``rest`` where a token ends, ascending; the first is the next token's.
    """

    path: str
    language: str
    before: str
    after: str
    rest: str
    ends: tuple[int, ...]

    @property
    def next_token(self) -> str:
        """The token at the cursor."""
        return self.rest[: self.ends[0]]


def base_files(repository: Path, commit: str) -> Iterator[tuple[str, str, str]]:
    """Yield path, language and text of every code file of a commit that an index would hold."""
    listed = _git(repository, "ls-tree", "-r", "-z", "--name-only", commit).decode("utf-8", "replace")
    paths = [path for path in listed.split("\0") if path and "\n" not in path and _is_code(path)]
    for path, text in zip(paths, _texts(repository, [f"{commit}:{path}" for path in paths]), strict=True):
        if text is not None:
            yield path, language_of(path).name, text


def base_commit(repository: Path, n_commits: int) -> str:
    """Return the commit before the last ``n_commits`` (first parents), or the oldest there is."""
    listed = _git(repository, "rev-list", "--first-parent", f"--max-count={n_commits + 1}", "HEAD")
    return listed.decode().split()[-1]


def positions(repository: Path, base: str, n_positions: int, seed: int) -> list[Position]:
    """Draw positions uniformly from the tokens of all lines added since a commit."""
    places: list[tuple[str, str, int, int]] = []
    texts: dict[tuple[str, str], str] = {}
    for commit in _git(repository, "rev-list", "--no-merges", "--reverse", f"{base}..HEAD").decode().split():
        added = list(_added_lines(repository, commit))
        found = _texts(repository, [f"{commit}:{path}" for path, _ in added])
        for (path, lines), text in zip(added, found, strict=True):
            if text is not None:
                texts[commit, path] = text
                places += [(commit, path, start, end) for start, end in _starts(text, path, lines)]
    drawn = random.Random(seed).sample(places, min(n_positions, len(places)))
    drawn.sort()
    return [_position(texts[commit, path], path, start, end) for commit, path, start, end in drawn]


def _starts(text: str, path: str, hunks: list[range]) -> Iterator[tuple[int, int]]:
    """Yield the start of each token in added lines, and where the text that comes after its hunk starts."""
    lexed = lex(text, language_of(path).name)
    line_starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n"), len(text) + 1]
    behind = {}
    for hunk in hunks:
        end = line_starts[min(hunk.stop, len(line_starts)) - 1] - 1  # the line feed before what follows
        behind.update(dict.fromkeys(hunk, min(end, len(text))))
    code = (lexed.kinds != TokenKind.COMMENT) & (lexed.ends > lexed.starts)
    for line in list(behind):
        if line_starts[line] - line_starts[line - 1] > MAX_LINE_CHARS:
            del behind[line]
    for start, line in zip(lexed.starts[code].tolist(), lexed.lines[code].tolist(), strict=True):
        if line in behind:
            yield start, behind[line]


def _position(text: str, path: str, start: int, behind: int) -> Position:
    language = language_of(path).name
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    lexed = lex(text, language)
    ends = [
        end - start
        for begin, end, kind in zip(
            lexed.starts.tolist(), lexed.ends.tolist(), lexed.kinds.tolist(), strict=True
        )
        if start <= begin < line_end and kind != TokenKind.COMMENT
    ]
    kept = [end for end in ends if end <= line_end - start] or [line_end - start]
    rest = text[start : start + kept[-1]] if kept[-1] == ends[-1] else text[start:line_end].rstrip()
    return Position(path, language, text[:start], text[behind:], rest, tuple(kept))


def _added_lines(repository: Path, commit: str) -> Iterator[tuple[str, list[range]]]:
    """Yield the code files that a commit adds lines to, with the added lines, 1-based."""
    listed = _git(repository, "diff-tree", "-r", "-z", "--name-only", "--no-commit-id", "--root", commit)
    paths = [path for path in listed.decode("utf-8", "replace").split("\0") if path and _is_code(path)]
    if not paths:
        return
    how = ("-r", "-p", "-U0", "--no-renames", "--no-color", "--root")
    try:
        diff = _git(repository, "--literal-pathspecs", "diff-tree", *how, commit, "--", *paths)
    except subprocess.CalledProcessError:  # a partial clone lacks one of the files
        return
    for part in re.split(rb"^diff --git ", diff, flags=re.MULTILINE)[1:]:
        named = re.search(rb"^\+\+\+ b/(.*?)\t?$", part, re.MULTILINE)
        if named is None:
            continue
        path = named.group(1).decode("utf-8", "replace")
        if not _is_code(path):  # git quotes names with odd characters; they are left out
            continue
        counted = [(int(first), int(count or b"1")) for first, count in _HUNK.findall(part)]
        hunks = [range(first, first + count) for first, count in counted if count]
        if hunks:
            yield path, hunks


def _is_code(path: str) -> bool:
    return language_of(path).kind is LanguageKind.CODE and not role_of(path) & _LEFT_OUT


def _texts(repository: Path, names: list[str]) -> Iterator[str | None]:
    """Yield the text of every named object; None for what is missing, too long or no text."""
    command = ("git", "-C", str(repository), "cat-file", "--batch")
    asked = "".join(f"{name}\n" for name in names).encode()
    said = subprocess.run(command, input=asked, check=True, capture_output=True).stdout
    at = 0
    for _ in names:
        head_end = said.index(b"\n", at)
        head = said[at:head_end].split(b" ")
        at = head_end + 1
        if len(head) != 3 or not head[2].isdigit():  # "<name> missing"
            yield None
            continue
        raw = said[at : at + int(head[2])]
        at += len(raw) + 1
        is_text = head[1] == b"blob" and len(raw) <= MAX_FILE_BYTES and b"\0" not in raw
        yield raw.decode("utf-8", "replace") if is_text else None


def _git(repository: Path, *arguments: str) -> bytes:
    command = ("git", "-C", str(repository), "-c", "core.quotepath=off", *arguments)
    return subprocess.run(command, check=True, capture_output=True).stdout
