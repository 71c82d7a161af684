"""Scores findings against a data set's truth; what counts as found, attributed and false is defined here alone.

- *Found*: some finding overlaps the copy's lines in the query and names a file that holds the original, first or among
  its others.
- *Right file*: the first source of the first finding that overlaps the copy holds the original. Of the copies with such
  a finding, whatever it names.
- *Lines*: both ends of that source are within two lines of the original's; of those with the right file.
- *Alarm*: a finding on a text that holds no copy, or outside the copy in a host file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.copies.detector import Findings
from benchmarks.copies.model import COPIES, Finding, Kind, Query, Span

SHORT, LONG, SHORTEST = (5, 6), (10, 20), (3,)
EXACT = (Kind.VERBATIM, Kind.REFORMATTED, Kind.COMMENTS)
LINES_OFF = 2


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{100 * self.hits / self.of:.1f}%" if self.of else "-"


def on_copy(query: Query, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that overlap the copy's lines, in order."""
    return [
        finding
        for finding in findings
        if finding.start_line <= query.end_line and finding.end_line >= query.start_line
    ]


def is_found(query: Query, findings: Sequence[Finding]) -> bool:
    """Tell whether a copy was found with a right file."""
    files = {span.file for span in query.sources}
    return any(
        span.file in files
        for finding in on_copy(query, findings)
        for span in (finding.source, *finding.others)
    )


def right_file(query: Query, findings: Sequence[Finding]) -> Span | None:
    """The first-named source of the best finding on the copy, if it holds the original."""
    best = on_copy(query, findings)[:1]
    files = {span.file for span in query.sources}
    return best[0].source if best and best[0].source.file in files else None


def lines_right(query: Query, named: Span) -> bool:
    """Tell whether named lines are within two of an original's in the same file."""
    return any(
        span.file == named.file
        and abs(span.start_line - named.start_line) <= LINES_OFF
        and abs(span.end_line - named.end_line) <= LINES_OFF
        for span in query.sources
    )


def recall(queries: Iterable[Query], findings: Findings, wanted: Callable[[Query], bool]) -> Share:
    """Copies found of those that `wanted` chooses."""
    chosen = [query for query in queries if query.sources and wanted(query)]
    return Share(sum(is_found(query, findings.get(query.id, ())) for query in chosen), len(chosen))


def attribution(queries: Iterable[Query], findings: Findings) -> tuple[Share, Share]:
    """Right files of the copies with a finding, and right lines of those; edited copies have no fixed lines."""
    answered = right = lined = linable = 0
    for query in queries:
        found = findings.get(query.id, ())
        if not query.sources or not on_copy(query, found):
            continue
        answered += 1
        named = right_file(query, found)
        right += named is not None
        if named is not None and query.kind is not Kind.EDITED:
            linable += 1
            lined += lines_right(query, named)
    return Share(right, answered), Share(lined, linable)


def outside_copy(query: Query, findings: Sequence[Finding]) -> list[Finding]:
    """The alarms on a query: all findings of a negative, those that do not touch the copy of a positive."""
    if not query.sources:
        return list(findings)
    touching = on_copy(query, findings)
    return [finding for finding in findings if finding not in touching]


def only_warnings(findings: Findings) -> Findings:
    """Without hints."""
    return {
        query: [finding for finding in found if finding.level == "warning"]
        for query, found in findings.items()
    }


def groups() -> list[tuple[str, Callable[[Query], bool]]]:
    """The rows of a recall table: kinds of copies by length."""
    rows: list[tuple[str, Callable[[Query], bool]]] = []
    lengths = (("3 lines", SHORTEST), ("5-6 lines", SHORT), (">= 10 lines", LONG))
    kinds: list[tuple[str, tuple[Kind, ...]]] = [("verbatim, reformatted, re-commented", EXACT)]
    kinds += [(kind.value, (kind,)) for kind in COPIES]
    for label, chosen in kinds:
        for length_label, allowed in lengths:
            rows.append((f"{label}, {length_label}", _matches(chosen, allowed)))
    return rows


def _matches(kinds: Sequence[Kind], lengths: Sequence[int]) -> Callable[[Query], bool]:
    return lambda query: query.kind in kinds and query.code_lines in lengths
