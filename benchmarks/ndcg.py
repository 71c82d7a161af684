"""Score ranked code-search results: NDCG@10 and hit@1, as the benchmark that the queries come from does.

A query has targets: files, or line ranges in files. A target is found at the rank of the first result that
lies in its file and, where the target has lines, overlaps them. Each rank counts once, however many targets
it covers, with the gain 1 / log2(rank + 1) (Jarvelin and Kekalainen, 2002, binary relevance); the ideal has
the targets at ranks 1, 2, ...
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CUTOFF = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """One result.

    :param path: Relative to the repository or to its indexed root.
    :param start_line: 1-based, inclusive.
    :param end_line: 1-based, inclusive.
    """

    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Target:
    """A place that answers a query.

    :param path: Relative to the repository.
    :param lines: First and last line, 1-based and inclusive; None when the whole file answers.
    """

    path: str
    lines: tuple[int, int] | None = None


def same_file(path: str, other: str) -> bool:
    """Whether two relative paths name one file; either may start further down the tree than the other."""
    path, other = path.replace("\\", "/"), other.replace("\\", "/")
    return path == other or path.endswith("/" + other) or other.endswith("/" + path)


def rank_of(hits: Sequence[Hit], target: Target) -> int | None:
    """The 1-based rank of the first of the top ten hits that covers the target; None when none does."""
    for rank, hit in enumerate(hits[:CUTOFF], 1):
        if same_file(hit.path, target.path) and _overlaps(hit, target):
            return rank
    return None


def _overlaps(hit: Hit, target: Target) -> bool:
    if target.lines is None:
        return True
    first, last = target.lines
    return hit.end_line >= first and hit.start_line <= last


def ndcg_at_10(hits: Sequence[Hit], targets: Sequence[Target]) -> float:
    """NDCG@10 in [0, 1]; 0 for no hits.

    :raises ValueError: with no targets, for which the figure is not defined.
    """
    if not targets:
        raise ValueError("a query without targets cannot be scored")
    ranks = {rank_of(hits, target) for target in targets} - {None}
    gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank is not None)
    return gain / sum(1 / math.log2(i + 2) for i in range(min(CUTOFF, len(targets))))


def hit_at_1(hits: Sequence[Hit], targets: Sequence[Target]) -> bool:
    """Whether the first hit covers any target."""
    return any(rank_of(hits[:1], target) for target in targets)
