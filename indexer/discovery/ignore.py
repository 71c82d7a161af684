"""Ignore files: the patterns of every ``.gitignore`` or ``.assistignore`` on the way to a path.

The semantics are git's; the library ``pathspec`` reads the patterns. What is added here is git's order of
judgement, which needs a walk from the top: each folder is judged before what it holds, a folder that is left
out takes everything below with it, the innermost ignore file decides, and within a file the last pattern that
matches. Most patterns are plain names ("build/") or suffixes ("*.log"): those are looked up in a dictionary,
not tried one by one.
"""

import os
import re
import stat
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from indexer.errors import ExcludePatternError

_MAX_IGNORE_FILE_BYTES = 1_000_000
_GLOB_CHARACTERS = re.compile(r"[*?\[\]\\]")

_POSIX_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "xdigit": "0-9A-Fa-f",
    "space": " \t\r\f\v",
    "blank": " \t",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file. ``regex`` matches the path itself, or, with a group, a folder above it."""

    index: int
    line: str
    ignores: bool
    only_folders: bool
    only_name: bool  # no slash inside: matched against the last part of the path
    regex: re.Pattern[str]

    def matches(self, path: str, name: str) -> bool:
        """Tell whether the pattern names exactly this path, folder or not."""
        match = self.regex.match(name if self.only_name else path)
        return match is not None and match.lastindex is None


def parse_pattern(index: int, line: str) -> Pattern | None:
    """Read one line.

    :return: None for a comment, an empty line or, as git does, a pattern that can match nothing.
    :raises GitIgnorePatternError: the line cannot be read.
    """
    stripped = line if line.endswith("\\ ") else line.rstrip(" \t")
    body = stripped.removeprefix("!")
    only_folders = body.endswith("/") and len(body) > 1
    if only_folders:
        stripped = stripped[:-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of `re`, about "[" inside a bracket expression
            compiled = GitIgnoreSpecPattern(_without_classes(stripped))
    except re.error as error:
        raise GitIgnorePatternError(f"{line!r}: {error}") from error
    if compiled.include is None or compiled.regex is None:
        return None
    only_name = "/" not in stripped
    return Pattern(index, line, compiled.include, only_folders, only_name, compiled.regex)


def _without_classes(line: str) -> str:
    """Write POSIX character classes, unknown to pathspec, as ranges: ``[[:digit:]]`` is ``[0-9]``."""
    if "[:" in line:
        for name, characters in _POSIX_CLASSES.items():
            line = line.replace(f"[:{name}:]", characters)
    return line


class PatternList:
    """The patterns of one ignore file, in order."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the lines; one that cannot be read matches nothing."""
        self._by_name: dict[str, list[Pattern]] = {}
        self._by_suffix: dict[str, list[Pattern]] = {}
        self._others: list[Pattern] = []
        for index, line in enumerate(lines):
            try:
                pattern = parse_pattern(index, line)
            except GitIgnorePatternError:
                continue
            if pattern is not None:
                self._add(pattern)
        self._others.reverse()

    def __bool__(self) -> bool:
        return bool(self._by_name or self._by_suffix or self._others)

    def _add(self, pattern: Pattern) -> None:
        body = pattern.line.rstrip(" \t").removeprefix("!").removesuffix("/")
        if pattern.only_name and not _GLOB_CHARACTERS.search(body):
            self._by_name.setdefault(body, []).append(pattern)
        elif pattern.only_name and body.startswith("*.") and not _GLOB_CHARACTERS.search(body[1:]):
            self._by_suffix.setdefault(body[1:], []).append(pattern)
        else:
            self._others.append(pattern)

    def last_match(self, path: str, name: str, is_folder: bool) -> Pattern | None:
        """Return the last pattern that names the path.

        :param path: relative to the ignore file's folder, without a final '/'.
        :param name: the last part of the path.
        """
        best: Pattern | None = None
        found = [*self._by_name.get(name, ())]
        if self._by_suffix:
            dot = name.find(".")
            while dot >= 0:
                found += self._by_suffix.get(name[dot:], ())
                dot = name.find(".", dot + 1)
        for pattern in found:
            if (is_folder or not pattern.only_folders) and (best is None or pattern.index > best.index):
                best = pattern
        for pattern in self._others:  # last line first
            if best is not None and pattern.index < best.index:
                break
            if (is_folder or not pattern.only_folders) and pattern.matches(path, name):
                return pattern
        return best


@dataclass(frozen=True, slots=True)
class _Level:
    """The patterns that hold below one folder of the tree."""

    prefix_chars: int  # of a path, up to and with the folder's '/'
    source: str
    patterns: PatternList


class IgnoreTree:
    """Every ignore file of one name below a folder, read as it is needed.

    :param top: the folder where the rules begin.
    :param file_name: ".gitignore" or ".assistignore"; "" for none, only the given patterns.
    :param offset: from ``top`` to the folder that paths are relative to: "" or ending in '/'.
    :param patterns: outermost patterns, relative to ``top``, each with where it comes from, for messages.
    """

    def __init__(
        self, top: str, file_name: str, offset: str = "", patterns: Iterable[tuple[PatternList, str]] = ()
    ) -> None:
        self._top = os.path.join(top, "")
        self._file_name = file_name
        self._offset = offset
        self.unreadable: list[tuple[str, str]] = []  # ignore files that could not be read, with the reason
        outermost = tuple(_Level(0, source, found) for found, source in patterns if found)
        self._levels: dict[str, tuple[_Level, ...] | str] = {}  # by folder; a str: what leaves the folder out
        self._levels[""] = self._with_file(outermost, "")

    def ignored_by(self, path: str, is_folder: bool) -> str | None:
        """Tell which file and pattern leave a path, or a folder above it, out; None when none does.

        :param path: without a final '/'.
        """
        path = self._offset + path
        cut = path.rfind("/") + 1
        levels = self._levels.get(path[:cut])
        if levels is None:
            levels = self._enter(path[:cut])
        if isinstance(levels, str):
            return levels
        return _judge(levels, path, is_folder) if levels else None

    def enter(self, folder: str, has_file: bool) -> None:
        """Say that a folder was listed and whether it holds an ignore file, which saves looking for one.

        :param folder: ending in '/'; one that no rule leaves out, after the folder above it.
        """
        folder = self._offset + folder
        if not has_file and folder not in self._levels:
            above = self._levels.get(folder[: folder.rfind("/", 0, -1) + 1])
            if above is not None:
                self._levels[folder] = above

    def root_ignored_by(self) -> str | None:
        """Tell what leaves the folder that paths are relative to out as a whole; None when nothing does."""
        levels = self._enter(self._offset)
        return levels if isinstance(levels, str) else None

    def _enter(self, folder: str) -> tuple[_Level, ...] | str:
        """Return what holds below a folder (ending in '/'): its levels, or what leaves the folder out."""
        known = folder
        while known not in self._levels:
            known = known[: known.rfind("/", 0, -1) + 1]
        levels = self._levels[known]
        start = len(known)
        while start < len(folder) and not isinstance(levels, str):
            end = folder.index("/", start)
            start = end + 1
            levels = _judge(levels, folder[:end], True) or self._with_file(levels, folder[:start])
            self._levels[folder[:start]] = levels
        return levels

    def _with_file(self, levels: tuple[_Level, ...], folder: str) -> tuple[_Level, ...]:
        if not self._file_name:
            return levels
        source = folder + self._file_name
        try:
            patterns = PatternList(read_lines(self._top + source))
        except FileNotFoundError:
            return levels
        except OSError as error:
            self.unreadable.append((source, error.strerror or str(error)))
            return levels
        return (*levels, _Level(len(folder), source, patterns)) if patterns else levels


def _judge(levels: tuple[_Level, ...], path: str, is_folder: bool) -> str | None:
    if "\n" in path:  # no pattern can hold a line end, but `*` matches one; a regex's "." does not
        path = path.replace("\n", "\r")
    name = path[path.rfind("/") + 1 :]
    for level in reversed(levels):
        pattern = level.patterns.last_match(path[level.prefix_chars :], name, is_folder)
        if pattern is not None:
            return f"{level.source}: {pattern.line}" if pattern.ignores else None
    return None


def read_lines(path: str) -> list[str]:
    """Read an ignore file.

    :raises OSError: the file is missing, is no regular file or is absurdly large.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        if status.st_size > _MAX_IGNORE_FILE_BYTES:
            raise OSError(0, "too large for an ignore file")
        content = file.read(_MAX_IGNORE_FILE_BYTES).removeprefix(b"\xef\xbb\xbf")
    return [os.fsdecode(line.removesuffix(b"\r")) for line in content.split(b"\n")]


def exclude_patterns(lines: Iterable[str]) -> PatternList:
    """Read the patterns of the ``exclude`` setting.

    :raises ExcludePatternError: a pattern cannot be read.
    """
    lines = list(lines)
    for index, line in enumerate(lines):
        try:
            parse_pattern(index, line)
        except GitIgnorePatternError as error:
            raise ExcludePatternError(
                f"exclude pattern {line!r} is not a gitignore pattern; correct it in the settings"
            ) from error
    return PatternList(lines)
