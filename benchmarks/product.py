"""What a benchmark needs of a product under test: index a folder, answer queries, in processes of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.measure import Measured
from benchmarks.ndcg import Hit

# Asked before the measured queries, answers thrown away: what a process does once is not a warm query.
WARM_UP = ("where are the settings read", "Parser", "open the connection and retry")


@dataclass(frozen=True, slots=True)
class Answer:
    """The ranked hits for one query and the milliseconds that the product itself took in process for it."""

    query: str
    ms: float
    hits: tuple[Hit, ...]


class Product(Protocol):
    """A code search that keeps its index under a folder that the caller chooses."""

    @property
    def name(self) -> str:
        """One word, for tables."""
        ...

    def version(self) -> str:
        """Name and version, for the record."""
        ...

    def index(self, root: Path, cache: Path) -> Measured:
        """Index a folder in one process; cold when `cache` is empty."""
        ...

    def answer(self, root: Path, cache: Path, queries: Sequence[str]) -> list[Answer]:
        """Answer queries in one process over the index in `cache`, in their order, after warming up."""
        ...


def isolated(**changes: str) -> dict[str, str]:
    """The environment of this process with changes: no colours, no progress bars, no downloads."""
    return {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "HF_HUB_OFFLINE": "1", **changes}


def as_query_lines(queries: Sequence[str]) -> str:
    """The warm-up queries and the given ones, as JSON lines."""
    return "".join(json.dumps({"query": query}) + "\n" for query in (*WARM_UP, *queries))


def parse_answers(stdout: str, queries: Sequence[str]) -> list[Answer]:
    """Read the answers to `as_query_lines(queries)`.

    :raises ValueError: when the lines are not one answer a query in their order.
    """
    rows = [json.loads(line) for line in stdout.splitlines() if line.strip()]
    asked = [*WARM_UP, *queries]
    if [row["query"] for row in rows] != asked:
        raise ValueError(f"expected {len(asked)} answers in the order of the queries, got {len(rows)} lines")
    return [
        Answer(
            row["query"],
            float(row["ms"]),
            tuple(Hit(hit["path"], hit["start_line"], hit["end_line"]) for hit in row["results"]),
        )
        for row in rows[len(WARM_UP) :]
    ]
