"""Answers to ``sym:`` and ``kind:`` alone: definitions by name and kind, without ranking words."""

from collections.abc import Iterator, Sequence

from assistant.retrieval.evidence import definition_score
from assistant.retrieval.filters import SymbolFilter
from assistant.retrieval.pieces import Filters
from assistant.retrieval.places import definition_place, is_behind, order_key
from assistant.retrieval.query import Query
from assistant.retrieval.ranking import asked_roles
from assistant.retrieval.repository import Repository
from assistant.retrieval.results import Found

_BEHIND = 2.0
_MAX_SCORED = 2_000
"""Definitions that are scored one by one; of more, those with the better fit and the larger body."""


def fitting_definitions(repository: Repository, filters: Filters) -> Iterator[tuple[float, int]]:
    """Yield how well each definition fits ``sym:`` and ``kind:``, and its row; those that do not fit are left out."""
    symbols = SymbolFilter(filters)
    definitions = repository.snapshot.definitions
    scopes, kinds = definitions.strings["scope"], repository.kinds
    allowed = repository.allowed(filters)
    files = definitions.records["file"].tolist()
    for row, (name, kind, file) in enumerate(zip(repository.lower_names, kinds, files, strict=True)):
        if allowed is not None and not allowed[file]:
            continue
        fit = symbols.fit(name, scopes[row] if symbols.scoped else "", kind)
        if fit:
            yield fit, row


def search_definitions(repositories: Sequence[Repository], query: Query, limit: int) -> Found:
    """Return definitions, best first: the asked name, then types, outer and large ones."""
    asked = asked_roles(query)
    found = []
    total = 0
    for repository in repositories:
        snapshot = repository.snapshot
        sizes = snapshot.definitions.records["size"]
        fitting = list(fitting_definitions(repository, query.filters))
        total += len(fitting)
        fitting.sort(key=lambda item: (-item[0], -int(sizes[item[1]]), item[1]))
        for fit, row in fitting[:_MAX_SCORED]:
            score = fit * definition_score(snapshot, row, snapshot.definitions.strings["name"][row], "")
            if is_behind(snapshot, int(snapshot.definitions.records["file"][row]), asked):
                score -= _BEHIND
            found.append((score, snapshot, row))
    found.sort(key=lambda item: -item[0])
    # Further places may tie with the last one shown.
    results = [definition_place(snapshot, row, score) for score, snapshot, row in found[: limit + 200]]
    results.sort(key=order_key)
    notes = (f"{limit:,} of {total:,} definitions are shown",) if total > limit else ()
    return Found(query.kind, tuple(results[:limit]), notes)
