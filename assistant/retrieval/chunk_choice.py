"""From ranked files to ranked chunks: the best chunk of each file, further ones behind, no file filling the list.

Measured with one chunk a file against several: further chunks at 0.2 of their file's score find targets that lie
elsewhere in a right file, and cost nothing on the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.evidence import Evidence, FloatArray
from assistant.retrieval.naming import named_shares
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.ranking import FileScores

_FURTHER_CHUNK_DECAY = 0.2
_CHUNKS_PER_FILE = 5
_COSINE = 0.4
_OF_QUERY = 1.5
_OF_NAME = 0.8
_NO_CODE = -0.3
"""Weights beside a chunk's BM25, which is 1 for the best of the file: its cosine, scaled to 0..1 within the file; the
share of the query that a name defined in it has; the share of that name that the query has; a chunk of imports,
comments or loose statements. Fitted on masked documentation and name words of 33 repositories, the same for the other
33: the right lines come first for 73 % instead of 61 % in files of several chunks."""

_LOOSE = frozenset(("imports", "comment", "text"))


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk with its final score; ``source`` tells which of the searched snapshots it is from."""

    source: int
    chunk: int
    file: int
    score: float


def rank_chunks(scores: Sequence[FileScores], query: Query, limit: int) -> list[RankedChunk]:
    """Return the best chunks of all snapshots: every file's best chunk by the file's score, further ones behind."""
    best: list[RankedChunk] = []
    for source, item in enumerate(scores):
        files = _top(item.total, item.evidence.snapshot.paths, limit)
        for file in files:
            best += _chunks_of_file(source, item, file, query)
    best.sort(
        key=lambda chunk: (
            -chunk.score,
            scores[chunk.source].evidence.snapshot.paths[chunk.file],
            chunk.chunk,
        )
    )
    return best[:limit]


def _top(values: FloatArray, paths: Sequence[str], limit: int) -> list[int]:
    """Return the files with the greatest values, equal ones by path: rows change their order when files do."""
    count = min(limit, len(values))
    if count <= 0:
        return []
    least = np.partition(values, -count)[-count]
    top: list[int] = np.flatnonzero((values >= least) & np.isfinite(values)).tolist()
    top.sort(key=lambda row: (-values[row], paths[row]))
    return top[:count]


def _chunks_of_file(source: int, scores: FileScores, file: int, query: Query) -> list[RankedChunk]:
    evidence = scores.evidence
    rows = np.asarray(evidence.snapshot.chunks_of(file), np.int64)
    if not len(rows):
        return []
    relevance = _chunk_relevance(evidence, file, rows)
    order = np.argsort(-relevance, kind="stable")[:_CHUNKS_PER_FILE].tolist()
    if (preferred := _defining_chunk(evidence, file, query)) is not None:
        position = preferred - int(rows[0])
        order = [position, *[item for item in order if item != position]]
    total = float(scores.total[file])
    top = max(float(relevance[order[0]]), 1e-6)
    ranked = []
    for rank, position in enumerate(order):
        share = 1.0 if rank == 0 else _FURTHER_CHUNK_DECAY**rank * min(1.0, float(relevance[position]) / top)
        ranked.append(RankedChunk(source, int(rows[position]), file, total - abs(total) * (1.0 - share)))
    return ranked


def _chunk_relevance(evidence: Evidence, file: int, rows: NDArray[np.int64]) -> FloatArray:
    relevance = np.zeros(len(rows), np.float32)
    if len(rows) == 1:
        return relevance
    inside = (evidence.chunk_rows >= rows[0]) & (evidence.chunk_rows <= rows[-1])
    if inside.any():
        scores = evidence.chunk_scores[inside]
        relevance[evidence.chunk_rows[inside] - rows[0]] = scores / max(float(scores[0]), 1e-6)
    if evidence.chunk_cosines is not None:
        cosines = evidence.chunk_cosines[rows[0] : rows[-1] + 1]
        low, high = float(cosines.min()), float(cosines.max())
        relevance += _COSINE * (cosines - low) / ((high - low) or 1.0)
    of_query, of_name = named_shares(evidence.snapshot, file, evidence.term_shares)
    relevance += _OF_QUERY * of_query + _OF_NAME * of_name
    kinds = evidence.snapshot.chunks.strings["kind"].between(int(rows[0]), int(rows[-1]) + 1)
    relevance[[kind in _LOOSE for kind in kinds]] += _NO_CODE
    return relevance


def _defining_chunk(evidence: Evidence, file: int, query: Query) -> int | None:
    """Return the chunk that holds the definition of the asked symbol, if this file has it."""
    if query.kind is not QueryKind.SYMBOL or file not in evidence.definitions:
        return None
    line = int(evidence.snapshot.definitions.records[evidence.definitions[file][0]]["name_line"])
    for row in evidence.snapshot.chunks_of(file):
        record = evidence.snapshot.chunks.records[row]
        if record["start_line"] <= line <= record["end_line"]:
            return row
    return None
