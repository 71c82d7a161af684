"""Results from rows of an index: the one place where chunks, definitions and lines become what is shown."""

from collections.abc import Iterable, Mapping

import numpy as np

from assistant.retrieval.results import SearchResult
from indexer.discovery import Role
from indexer.index.snapshot import Snapshot

BEHIND = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.GENERATED | Role.DOCS | Role.COMPAT | Role.BENCHMARK
"""Roles of files that come after the code itself unless they are asked for."""


def is_behind(snapshot: Snapshot, file: int, asked: Role) -> bool:
    """Tell whether a file comes behind others."""
    return bool(int(snapshot.roles[file]) & (BEHIND & ~asked).value)


def chunk_place(
    snapshot: Snapshot, chunk: int, score: float, evidence: Mapping[str, float], lines: Iterable[int] = ()
) -> SearchResult:
    """Return a chunk as a result, extended to the deciding lines if these are blank ones beside it."""
    record = snapshot.chunks.records[chunk]
    file = int(record["file"])
    name, scope = snapshot.chunks.strings["name"][chunk], snapshot.chunks.strings["scope"][chunk]
    lines = tuple(lines)
    return SearchResult(
        root=snapshot.root,
        path=snapshot.paths[file],
        start_line=min((int(record["start_line"]), *lines)),
        end_line=max((int(record["end_line"]), *lines)),
        score=score,
        language=snapshot.languages[file],
        name=f"{scope}.{name}" if scope and name else name or scope,
        kind=snapshot.chunks.strings["kind"][chunk],
        evidence=evidence,
        lines=lines,
    )


def definition_place(snapshot: Snapshot, row: int, score: float) -> SearchResult:
    """Return a definition as a result; its name's line decides."""
    definition = snapshot.definition(row)
    return SearchResult(
        root=snapshot.root,
        path=definition.path,
        start_line=definition.start_line,
        end_line=max(definition.end_line, definition.name_line),
        score=score,
        language=snapshot.languages[definition.file],
        name=definition.qualified_name,
        kind=definition.kind,
        evidence={"defines": 1.0},
        lines=(definition.name_line,),
    )


def lines_place(
    snapshot: Snapshot, file: int, lines: tuple[int, ...], score: float, evidence: Mapping[str, float]
) -> SearchResult:
    """Return lines of a file that no chunk holds, or the start of an empty file."""
    return SearchResult(
        root=snapshot.root,
        path=snapshot.paths[file],
        start_line=lines[0] if lines else 1,
        end_line=lines[-1] if lines else 1,
        score=score,
        language=snapshot.languages[file],
        name="",
        kind="text",
        evidence=evidence,
        lines=lines,
    )


def file_place(snapshot: Snapshot, file: int, line: int, score: float) -> SearchResult:
    """Return the chunk around a line of a file, its first chunk for line 0 or a line that the file has not."""
    evidence = {"path": 1.0}
    if not 0 < line <= int(snapshot.files.records["lines"][file]):
        chunks = snapshot.chunks_of(file)
        return (
            chunk_place(snapshot, chunks[0], score, evidence)
            if chunks
            else lines_place(snapshot, file, (), score, evidence)
        )
    chunk = chunk_at(snapshot, file, line)
    if chunk is None:
        return lines_place(snapshot, file, (line,), score, evidence)
    return chunk_place(snapshot, chunk, score, evidence, (line,))


def chunk_at(snapshot: Snapshot, file: int, line: int) -> int | None:
    """Return the chunk that holds a line; between two chunks the next, after the last that; None without chunks."""
    chunks = snapshot.chunks_of(file)
    if not chunks:
        return None
    ends = snapshot.chunks.records["end_line"][chunks.start : chunks.stop]
    return chunks.start + min(int(np.searchsorted(ends, line)), len(chunks) - 1)


def order_key(result: SearchResult) -> tuple[float, str, int, int, str]:
    """Sort key of results: best first, then by path and line, so that equal scores have one order."""
    line = result.lines[0] if result.lines else result.start_line
    return -result.score, result.path, line, result.end_line, str(result.root)
