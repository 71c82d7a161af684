"""Answers to ``"exact strings"`` and ``/regular expressions/``: the places where they occur, definitions first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

from assistant.retrieval.exact import Budget, FileMatches, find_matches, matchers_of
from assistant.retrieval.places import chunk_at, chunk_place, is_behind, lines_place
from assistant.retrieval.query import Query
from assistant.retrieval.ranking import asked_roles
from assistant.retrieval.repository import Repository
from assistant.retrieval.results import Found, SearchResult
from indexer.discovery import Role
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD

_DEFINES = 0.5
_BEHIND = -0.5
_FURTHER_CHUNK = -0.3
_PER_LINE = 0.01


class OccurrenceFinder:
    """Finds where a query's literals and regular expression occur. Safe to use from several threads."""

    def __init__(self, repositories: Sequence[Repository], expander: TermExpander, lock: Lock) -> None:
        """Take what is searched.

        :param lock: guards the expander.
        """
        self._repositories = repositories
        self._expander = expander
        self._lock = lock

    def matches(self, query: Query, repository: Repository, budget: Budget) -> Iterator[FileMatches]:
        """Yield the files of one repository that contain everything, source code first, then by path."""
        matchers = matchers_of(query)
        with self._lock:
            words = {word for matcher in matchers for word in matcher.certain.words}
            terms = {term for word in words for term in self._expander.terms_of(word)}
        asked, snapshot = asked_roles(query), repository.snapshot

        def order(row: int) -> tuple[bool, str]:
            return is_behind(snapshot, row, asked), snapshot.paths[row]

        files = sorted(repository.allowed_rows(query.filters), key=order)
        return find_matches(repository, matchers, terms, files, budget)

    def search(self, query: Query, limit: int) -> Found:
        """Return the best places."""
        budget = Budget()
        asked = asked_roles(query)
        places: list[tuple[float, str, int, int, _Place]] = []
        files = 0
        for number, repository in enumerate(self._repositories):
            for match in self.matches(query, repository, budget):
                path = repository.snapshot.paths[match.file]
                for score, place in _places(repository, match, query, asked):
                    places.append((-score, path, place.lines[0], number, place))
                files += 1
        places.sort(key=lambda item: item[:4])
        results = [
            _result(self._repositories[number], place, -score)
            for score, _, _, number, place in places[:limit]
        ]
        notes = budget.notes()
        if len(places) > limit:
            notes = (f"{limit:,} of {len(places):,} places in {files:,} files are shown", *notes)
        return Found(query.kind, tuple(results), notes)


def lines_by_chunk(repository: Repository, match: FileMatches) -> dict[int | None, tuple[int, ...]]:
    """Sort a file's matching lines by the chunk that holds them; None is the key of lines without a chunk."""
    found: dict[int | None, list[int]] = {}
    for line in match.lines:
        chunk = None if match.changed else chunk_at(repository.snapshot, match.file, line)
        found.setdefault(chunk, []).append(line)
    return {chunk: tuple(lines) for chunk, lines in found.items()}


@dataclass(frozen=True, slots=True)
class _Place:
    """Matching lines of one chunk; without a chunk, one line."""

    file: int
    chunk: int | None
    lines: tuple[int, ...]


def _places(
    repository: Repository, match: FileMatches, query: Query, asked: Role
) -> Iterator[tuple[float, _Place]]:
    """Give one place a chunk that has matches, those with definitions of what is looked for first."""
    snapshot = repository.snapshot
    base = 1.0 + (_BEHIND if is_behind(snapshot, match.file, asked) else 0.0)
    defining = set() if match.changed else _defining_lines(repository, match.file, query)
    scored = []
    for chunk, lines in lines_by_chunk(repository, match).items():
        defines = _DEFINES if defining.intersection(lines) else 0.0
        groups = [lines] if chunk is not None else [(line,) for line in lines]
        scored += [(defines + _PER_LINE * min(len(group), 9), chunk, group) for group in groups]
    scored.sort(key=lambda item: -item[0])
    for rank, (bonus, chunk, lines) in enumerate(scored):
        yield base + bonus + _FURTHER_CHUNK * min(rank, 3), _Place(match.file, chunk, lines)


def _defining_lines(repository: Repository, file: int, query: Query) -> set[int]:
    """Return the lines of a file that define what is looked for: a word of a literal or a name around it.

    For a regular expression these are the lines of all definitions.
    """
    definitions = repository.snapshot.definitions
    rows = repository.snapshot.definitions_of(file)
    if not rows:
        return set()
    lines: list[int] = definitions.records["name_line"][rows[0] : rows[-1] + 1].tolist()
    if query.regex is not None:
        return set(lines)
    words = {word for literal in query.literals for word in WORD.findall(literal)}
    names = (definitions.strings["name"][row] for row in rows)
    return {
        line
        for line, name in zip(lines, names, strict=True)
        if name in words or any(literal in name for literal in query.literals)
    }


def _result(repository: Repository, place: _Place, score: float) -> SearchResult:
    if place.chunk is None:
        return lines_place(repository.snapshot, place.file, place.lines, score, {"exact": 1.0})
    return chunk_place(repository.snapshot, place.chunk, score, {"exact": 1.0}, place.lines)
