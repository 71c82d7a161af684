"""From ranked files to ranked chunks: the best chunk of each file, further ones behind, no file filling the list.

Measured with one chunk a file against several: further chunks at 0.2 of their file's score find targets that lie
elsewhere in a right file, and cost nothing on the others.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.evidence import Evidence, FloatArray
from assistant.retrieval.naming import FITS, AskedWords, NameReader, fits_of
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.ranking import FileScores

_FURTHER_CHUNK_DECAY = 0.2
_CHUNKS_PER_FILE = 5


@dataclass(frozen=True, slots=True)
class ChunkWeights:
    """Weights of what speaks for a chunk of a file. Each kind is scaled to 0..1 within the file.

    They are data (``chunk-weights.json``), fitted by ``training/chunk_weights.py`` on masked documentation and name
    words of other repositories.
    """

    words: float
    """Its BM25."""
    meaning: float
    """Its cosine."""
    of_query: float
    """The share of the query that the best of the names in it has; ``of_name`` that of the name which the query has;
    ``both`` their harmonic mean."""
    of_name: float
    both: float
    name_meaning: float
    """The cosine of that name."""


WEIGHTS_FILE = Path(__file__).with_name("chunk-weights.json")
WEIGHTS = ChunkWeights(**json.loads(WEIGHTS_FILE.read_bytes()))

OF_CHUNK = ("words", "meaning")
"""What is known of a chunk itself; the rest is of the names in it."""


@dataclass(frozen=True, slots=True)
class ChunkEvidence:
    """What speaks for the chunks of one file.

    :param chunks: (n_chunks, len(OF_CHUNK)) float32; ``names`` (n_names, len(FITS)) of the names defined in them.
    :param positions: (n_names,) which chunk each name stands in.
    """

    chunks: FloatArray
    names: FloatArray
    positions: NDArray[np.int64]

    def relevance(self, weights: ChunkWeights) -> FloatArray:
        """Return each chunk's score: its own and that of the best name in it."""
        relevance: FloatArray = self.chunks @ _vector(weights, OF_CHUNK)
        if len(self.names):
            best = np.zeros(len(relevance), np.float32)
            np.maximum.at(best, self.positions, self.names @ _vector(weights, FITS))
            relevance += best
        return relevance


def _vector(weights: ChunkWeights, names: Sequence[str]) -> FloatArray:
    return np.asarray([getattr(weights, name) for name in names], np.float32)


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk with its final score; ``source`` tells which of the searched snapshots it is from."""

    source: int
    chunk: int
    file: int
    score: float


def rank_chunks(
    scores: Sequence[FileScores], query: Query, limit: int, names: Sequence[NameReader]
) -> list[RankedChunk]:
    """Return the best chunks of all snapshots: every file's best chunk by the file's score, further ones behind.

    :param names: a reader for each snapshot.
    """
    best: list[RankedChunk] = []
    for source, (item, reader) in enumerate(zip(scores, names, strict=True)):
        files = _top(item.total, item.evidence.snapshot.paths, limit)
        asked = reader.asked(query.text, item.evidence.term_shares)
        for file in files:
            best += _chunks_of_file(source, item, file, query, reader, asked)
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


def _chunks_of_file(
    source: int, scores: FileScores, file: int, query: Query, reader: NameReader, asked: AskedWords
) -> list[RankedChunk]:
    evidence = scores.evidence
    rows = np.asarray(evidence.snapshot.chunks_of(file), np.int64)
    if not len(rows):
        return []
    relevance = np.zeros(1, np.float32)
    if len(rows) > 1:
        relevance = chunk_evidence(evidence, file, reader, asked).relevance(WEIGHTS)
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


def chunk_evidence(evidence: Evidence, file: int, reader: NameReader, asked: AskedWords) -> ChunkEvidence:
    """Collect what speaks for the chunks of a file."""
    rows = evidence.snapshot.chunks_of(file)
    chunks = np.zeros((len(rows), len(OF_CHUNK)), np.float32)
    inside = (evidence.chunk_rows >= rows.start) & (evidence.chunk_rows < rows.stop)
    if inside.any():
        scores = evidence.chunk_scores[inside]
        chunks[evidence.chunk_rows[inside] - rows.start, 0] = scores / max(float(scores[0]), 1e-6)
    if evidence.chunk_cosines is not None:
        cosines = evidence.chunk_cosines[rows.start : rows.stop]
        low, high = float(cosines.min()), float(cosines.max())
        chunks[:, 1] = (cosines - low) / ((high - low) or 1.0)
    names = reader.of_file(file)
    if names is None:
        return ChunkEvidence(chunks, np.zeros((0, len(FITS)), np.float32), np.zeros(0, np.int64))
    return ChunkEvidence(chunks, fits_of(names, asked, evidence.query_vector), names.positions)


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
