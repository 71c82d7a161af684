"""Places that a search or an answer shows, as the client gets them, and the check that they are not stale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lsp.protocol.places import Hit, Position, Range, ShownLine, Span
from lsp.text import DocumentStore, PositionEncoding, unit_column
from lsp.workspaces import Namer

if TYPE_CHECKING:
    from assistant.answers.passages import Line, Passage


def lines_range(start_line: int, end_line: int) -> Range:
    """Return the range of whole lines.

    :param start_line: counted from 1; ``end_line`` is part of the range.
    """
    return Range(Position(max(0, start_line - 1), 0), Position(max(0, end_line), 0))


def hits_of(passages: Iterable[Passage], namer: Namer, encoding: PositionEncoding) -> list[Hit]:
    """Return what the client is shown of some passages; those that are not in their files any more are left out."""
    return [hit_of(passage, namer, encoding) for passage in passages if passage.lines]


def hit_of(passage: Passage, namer: Namer, encoding: PositionEncoding) -> Hit:
    """Return what the client is shown of a passage with lines."""
    result = passage.result
    lines = tuple(_shown(line, encoding) for line in passage.lines)
    decisive = set(result.lines)
    target = next((line for line in lines if line.line + 1 in decisive), lines[0])
    end = unit_column(target.text, len(target.text), encoding)
    return Hit(
        uri=namer.uri(result.root, result.path),
        path=result.path,
        range=lines_range(result.start_line, result.end_line),
        target=Range(Position(target.line, 0), Position(target.line, end)),
        score=round(result.score, 4),
        language=result.language,
        name=result.name,
        kind=result.kind,
        reason=passage.reason,
        lines=lines,
    )


def with_versions(hits: Iterable[Hit], documents: DocumentStore) -> list[Hit]:
    """Add the versions of open documents."""
    found = []
    for hit in hits:
        document = documents.get(hit.uri)
        found.append(replace(hit, version=document.version) if document else hit)
    return found


def stale(hits: Sequence[Hit], documents: DocumentStore) -> list[Hit]:
    """Return the hits whose lines are not those of the open documents as they are at this moment."""
    return [hit for hit in hits if not _is_true(hit, documents)]


def _is_true(hit: Hit, documents: DocumentStore) -> bool:
    snapshot = documents.snapshot(hit.uri)
    if snapshot is None:
        return True
    return all(snapshot.line(line.line) == line.text for line in hit.lines)


def _shown(line: Line, encoding: PositionEncoding) -> ShownLine:
    spans = tuple(
        Span(unit_column(line.text, start, encoding), unit_column(line.text, end, encoding))
        for start, end in line.matches
    )
    return ShownLine(line.number - 1, line.text, spans)
