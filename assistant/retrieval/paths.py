"""Answers to paths: the files and folders that are meant, and what only filters ask for."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.retrieval.filters import path_matcher
from assistant.retrieval.frames import FileLocator
from assistant.retrieval.places import file_place, is_behind
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.ranking import asked_roles
from assistant.retrieval.repository import Repository
from assistant.retrieval.results import Found


def search_paths(repositories: Sequence[Repository], locator: FileLocator, query: Query, limit: int) -> Found:
    """Return the files whose path ends with, or lies below, the asked one; else the file with its longest tail."""
    wanted = query.path.strip("/").removeprefix("./")
    if "*" in wanted or "?" in wanted:
        matches = path_matcher(query.path)
        found = _listed(repositories, query, limit, lambda path: 1.0 if matches(path.lower()) else 0.0)
    else:
        found = _listed(repositories, query, limit, lambda path: _path_score(path, wanted))
    if found.results or query.filters.any:
        return found
    place = locator.locate(query.path) if "/" in wanted else None
    if place is None:
        return found
    number, row = place
    snapshot = repositories[number].snapshot
    note = f"there is no {query.path}; {snapshot.paths[row]} shares the end of that path"
    result = file_place(snapshot, row, query.line, 1.0)
    return Found(query.kind, (result,), (*_line_note(query, snapshot.files.records["lines"][row]), note))


def list_files(repositories: Sequence[Repository], query: Query, limit: int) -> Found:
    """Return the files that filters leave, source code first."""
    return _listed(repositories, query, limit, lambda path: 1.0)


def _listed(
    repositories: Sequence[Repository], query: Query, limit: int, score_of: Callable[[str], float]
) -> Found:
    asked = asked_roles(query)
    found = []
    for number, repository in enumerate(repositories):
        snapshot = repository.snapshot
        for row in repository.allowed_rows(query.filters):
            path = snapshot.paths[row]
            if score := score_of(path):
                found.append((-score, is_behind(snapshot, row, asked), path.count("/"), path, number, row))
    found.sort()
    notes = []
    if len(found) > limit:
        notes.append(f"{limit:,} of {len(found):,} files are shown")
    if len(found) == 1:
        notes += _line_note(query, repositories[found[0][4]].snapshot.files.records["lines"][found[0][5]])
    results = [
        # Every next file scores a little less, so that the order is kept wherever results are merged.
        file_place(repositories[number].snapshot, row, query.line, -score - 0.001 * min(rank, 900))
        for rank, (score, _, _, _, number, row) in enumerate(found[:limit])
    ]
    return Found(query.kind, tuple(results), tuple(notes))


def _line_note(query: Query, lines: int) -> tuple[str, ...]:
    return (f"the file has only {lines} lines",) if query.line > lines else ()


def _path_score(path: str, wanted: str) -> float:
    """Weigh how a path fits an asked one: the whole, its end, a folder in it, the start of a name."""
    for candidate, asked, bonus in ((path, wanted, 0.5), (path.lower(), wanted.lower(), 0.0)):
        if candidate == asked:
            return 4.0 + bonus
        if candidate.endswith("/" + asked):
            return 3.0 + bonus
        if candidate.startswith(asked + "/") or f"/{asked}/" in candidate:
            return 2.0 + bonus
        if "/" in asked and (candidate.startswith(asked) or f"/{asked}" in candidate):
            return 1.0 + bonus
    return 0.0


def as_words(query: Query) -> Query:
    """Return a path query as the symbol or text query that it is if no path fits."""
    return replace(query, kind=QueryKind.SYMBOL if query.symbol else QueryKind.TEXT)
