"""Scores of answers to derived queries, and their means by kind and language."""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.quality.queries import DerivedQuery
from assistant.retrieval.results import SearchResult

_CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Scored:
    """A query with what came of it.

    :param ndcg: NDCG@10 of the targets' files, 0 to 1: what stands first counts most.
    :param rank: of the first target's file among the files shown, from 1; 0 if none is shown.
    :param first: path of the first result; empty without any.
    :param lines: whether the first result of the first target's file shows lines of the target; None if unknown.
    """

    query: DerivedQuery
    ndcg: float
    rank: int
    first: str
    lines: bool | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over queries.

    :param lines: share of those with a right file whose first result there shows the right lines; None without any.
    """

    queries: int
    ndcg: float
    first: float
    lines: float | None


def score(query: DerivedQuery, results: Sequence[SearchResult]) -> Scored:
    """Score the results of a query, best first."""
    files = list(dict.fromkeys(result.path for result in results[:_CUTOFF]))
    ranks = {target.path: files.index(target.path) + 1 for target in query.targets if target.path in files}
    gain = sum(1 / math.log2(rank + 1) for rank in ranks.values())
    best = sum(1 / math.log2(rank + 2) for rank in range(min(_CUTOFF, len(query.targets))))
    rank = min(ranks.values(), default=0)
    lines: bool | None = None
    if rank:
        target = next(target for target in query.targets if ranks.get(target.path) == rank)
        shown = next(result for result in results if result.path == target.path)
        if target.lines is not None:
            lines = shown.start_line <= target.lines[1] and shown.end_line >= target.lines[0]
    return Scored(query, gain / best, rank, files[0] if files else "", lines)


def summary(scored: Sequence[Scored]) -> Summary:
    """Return the means.

    :param scored: at least one.
    """
    lines = [one.lines for one in scored if one.lines is not None]
    return Summary(
        queries=len(scored),
        ndcg=statistics.mean(one.ndcg for one in scored),
        first=statistics.mean(one.rank == 1 for one in scored),
        lines=statistics.mean(lines) if lines else None,
    )


def by_kind(scored: Iterable[Scored]) -> dict[str, Summary]:
    """Return the means of each kind of query."""
    return _grouped(scored, lambda one: one.query.kind.value)


def by_language(scored: Iterable[Scored]) -> dict[str, Summary]:
    """Return the means of each language, that with the most queries first."""
    groups = _grouped(scored, lambda one: one.query.language)
    return dict(sorted(groups.items(), key=lambda item: (-item[1].queries, item[0])))


def overall(scored: Sequence[Scored]) -> float:
    """Return the mean of the kinds' NDCG@10, each counting as much: how many queries a kind has is chance."""
    return statistics.mean(kind.ndcg for kind in by_kind(scored).values())


def worst(scored: Iterable[Scored], count: int) -> list[Scored]:
    """Return the queries that were answered worst, of each kind in turn."""
    missed = sorted((one for one in scored if one.ndcg < 1), key=lambda one: (one.ndcg, one.query.text))
    turns: dict[str, int] = {}
    ordered = []
    for one in missed:
        kind = one.query.kind.value
        turns[kind] = turns.get(kind, 0) + 1
        ordered.append((turns[kind], one.ndcg, one))
    ordered.sort(key=lambda item: item[:2])
    return [one for _, _, one in ordered[:count]]


def _grouped(scored: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, Summary]:
    groups: dict[str, list[Scored]] = {}
    for one in scored:
        groups.setdefault(key(one), []).append(one)
    return {name: summary(members) for name, members in sorted(groups.items())}
