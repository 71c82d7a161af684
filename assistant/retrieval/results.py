"""What a search gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.retrieval.pieces import QueryKind


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One place that answers a query. Lines are 1-based and inclusive."""

    root: Path
    """The indexed folder that the path is relative to."""
    path: str
    start_line: int
    end_line: int
    score: float
    """Comparable within one response only."""
    language: str
    name: str
    """The main definition in it, qualified; empty if there is none."""
    kind: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    """Kind of evidence -> its share of the score."""
    lines: tuple[int, ...] = ()
    """Lines that decide, if known (matches of a literal, a definition's first line, a frame)."""

    @property
    def location(self) -> str:
        """``path:start-end``."""
        if self.start_line == self.end_line:
            return f"{self.path}:{self.start_line}"
        return f"{self.path}:{self.start_line}-{self.end_line}"


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """Results, best first, and what was searched."""

    query: str
    kind: QueryKind
    results: tuple[SearchResult, ...]
    files_searched: int
    elapsed_ms: float
    notes: tuple[str, ...] = ()
    """What the user should know: missing vectors, a cut list, a filter that leaves nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one kind of search found."""

    kind: QueryKind
    """As what the query was answered in the end."""
    results: tuple[SearchResult, ...] = ()
    notes: tuple[str, ...] = ()
