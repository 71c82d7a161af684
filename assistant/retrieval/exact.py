"""Exact strings and regular expressions: narrowed by the index, verified in the files themselves, within bounds.

A literal's inner words must stand whole in any text that contains it, so only files with all their terms are read; of
those, only files whose bytes hold the longest text that is certain are decoded. The rest is matched by the ``regex``
package, which can give up after a time where the standard library's engine cannot: no pattern hangs a search.
"""

import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.retrieval.patterns import Certain, certain_of_literal, certain_of_regex
from assistant.retrieval.query import Query
from assistant.retrieval.repository import Repository

_ALL = 2**31 - 1
_MAX_LINES = 1_000
_FILE_SECONDS = 1.0

# What the `regex` package reads as approximate matching, `(foo){e<=1}`, is text to everyone else.
_NO_QUANTIFIER = re.compile(r"(\\.)|\{(?!\d+(?:,\d*)?\}|,\d*\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FileMatches:
    """Lines of one file that match, 1-based and ascending."""

    file: int
    lines: tuple[int, ...]
    """At most 1,000."""
    changed: bool
    """The file is no longer as it was indexed, so chunks need not fit its lines."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One thing to find."""

    find: Callable[[str, int, float], int]
    """Takes a text, a position and seconds; returns where the next match starts, -1 if there is none.

    Raises TimeoutError.
    """
    certain: Certain


class Budget:
    """What one search may spend, over all its repositories."""

    def __init__(self, seconds: float = 5.0, matching_files: int = 500) -> None:
        self.seconds = seconds
        self._deadline = time.monotonic() + seconds
        self._files_left = matching_files
        self.unread = 0
        """Files that were not looked at because the time or the number of matches had run out."""
        self.too_slow = 0
        """Files that took so long to match that they were left out."""
        self.out_of_time = False

    def left_s(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self._deadline - time.monotonic())

    def spent(self) -> bool:
        """Tell whether the search has to stop."""
        self.out_of_time = self.out_of_time or not self.left_s()
        return self.out_of_time or self._files_left <= 0

    def take_file(self) -> None:
        """Count a file with matches."""
        self._files_left -= 1

    def notes(self) -> tuple[str, ...]:
        """Say, for people, what was left out."""
        notes = []
        if self.unread and self.out_of_time:
            notes.append(
                f"stopped after {self.seconds:g} s with {self.unread:,} files unread;"
                " narrow the search with path: or lang:"
            )
        elif self.unread:
            notes.append(
                f"so many files match that {self.unread:,} were not read; narrow the search with path: or lang:"
            )
        if self.too_slow:
            files = "1 file" if self.too_slow == 1 else f"{self.too_slow:,} files"
            notes.append(
                f"{files} took longer than {_FILE_SECONDS:g} s to match;"
                " to have all searched, make the regular expression simpler, e.g. without nested repetitions"
            )
        return tuple(notes)


def matchers_of(query: Query) -> list[Matcher]:
    """Return what a query wants found: all its literals and its regular expression."""
    matchers = [_literal_matcher(literal) for literal in query.literals]
    if query.regex is not None:
        matchers.append(_regex_matcher(query.regex))
    return matchers


def _literal_matcher(literal: str) -> Matcher:
    if "\n" in literal:
        pattern = re.compile(
            r"\r?\n".join(re.escape(line.removesuffix("\r")) for line in literal.split("\n"))
        )

        def find(text: str, position: int, seconds: float) -> int:
            match = pattern.search(text, position)
            return match.start() if match else -1

    else:

        def find(text: str, position: int, seconds: float) -> int:
            return text.find(literal, position)

    return Matcher(find, certain_of_literal(literal))


def _regex_matcher(pattern: re.Pattern[str]) -> Matcher:
    import regex  # 40 ms, which only these queries pay

    text = _NO_QUANTIFIER.sub(lambda match: match.group(1) or r"\{", pattern.pattern)
    flags = regex.VERSION0 | regex.MULTILINE | (regex.IGNORECASE if pattern.flags & re.IGNORECASE else 0)
    compiled = regex.compile(text, flags)

    def find(text: str, position: int, seconds: float) -> int:
        match = compiled.search(text, position, timeout=seconds)
        return match.start() if match else -1

    return Matcher(find, certain_of_regex(pattern))


def find_matches(
    repository: Repository,
    matchers: Sequence[Matcher],
    terms: Collection[str],
    files: Sequence[int],
    budget: Budget,
) -> Iterator[FileMatches]:
    """Yield the files in which everything matches, with the lines on which any match starts.

    :param terms: index terms of the matchers' certain words.
    :param files: rows of the files that may answer, in the order in which they are read.
    """
    files = _narrowed(repository, terms, files)
    for number, file in enumerate(files):
        if budget.spent():
            budget.unread += len(files) - number
            return
        if found := _matches_of(repository, matchers, file, budget):
            budget.take_file()
            yield found


def _narrowed(repository: Repository, terms: Collection[str], files: Sequence[int]) -> Sequence[int]:
    if not terms:
        return files
    snapshot = repository.snapshot
    uids = snapshot.lexical.all_of("file_text", terms, _ALL).uids
    holding = repository.split_lines_files.union(snapshot.file_rows(uids).tolist())
    holding |= {row for path in repository.texts.open_paths() if (row := snapshot.file_row(path)) is not None}
    return [file for file in files if file in holding]


def _matches_of(
    repository: Repository, matchers: Sequence[Matcher], file: int, budget: Budget
) -> FileMatches | None:
    snapshot = repository.snapshot
    path = snapshot.paths[file]
    for certain in {matcher.certain for matcher in matchers}:
        if certain.needle and not repository.texts.may_contain(path, certain.needle, lowered=certain.lowered):
            return None
    source = repository.texts.read(path)
    if source is None:
        return None
    text = source.text.decode("utf-8", "replace")
    try:
        lines = _matching_lines(text, matchers, min(_FILE_SECONDS, budget.left_s()))
    except TimeoutError:
        budget.too_slow += 1
        return None
    changed = source.content_hash != snapshot.files.records["content_hash"][file].tobytes()
    return FileMatches(file, lines, changed) if lines else None


def _matching_lines(text: str, matchers: Sequence[Matcher], seconds: float) -> tuple[int, ...]:
    """Return the lines on which any match starts; none if not everything matches."""
    deadline = time.monotonic() + seconds
    lines: set[int] = set()
    for matcher in matchers:
        found = _lines_of(text, matcher, deadline)
        if not found:
            return ()
        lines.update(found)
    return tuple(sorted(lines)[:_MAX_LINES])


def _lines_of(text: str, matcher: Matcher, deadline: float) -> list[int]:
    lines: list[int] = []
    line, counted, position = 1, 0, 0
    while len(lines) < _MAX_LINES:
        start = matcher.find(text, position, max(0.001, deadline - time.monotonic()))
        if start < 0 or (start == len(text) and text[-1:] in ("", "\n")):
            break  # what matches after the last line feed is on no line
        line += text.count("\n", counted, start)
        counted = start
        lines.append(line)
        position = text.find("\n", start) + 1
        if not position:
            break
    return lines
