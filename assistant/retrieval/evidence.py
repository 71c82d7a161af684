"""Evidence that files and chunks of one snapshot give for a query, each kind in its own array.

Files are what is ranked first, so most arrays have one value a file; nothing here weighs one kind against another
(that is :mod:`assistant.retrieval.ranking`).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.facts import FileFacts, stem_name
from assistant.retrieval.query import Query
from assistant.retrieval.related import with_related
from assistant.retrieval.words import QueryTerms, inverse_document_frequency
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import whole_term

FloatArray = NDArray[np.float32]

_CHUNK_HITS = 400
_FILE_HITS = 200
_PATH_HITS = 300
_FURTHER_CHUNK_DECAY = 0.6
_DEFINITION_KINDS = frozenset(
    "class interface struct enum trait type protocol record object module namespace union".split()
)
_HARDLY = frozenset({"declaration", "section"})
"""Kinds that name a thing rather than define it."""
_EXPORTED = 3.0
"""Score of a file that only makes a name from elsewhere a part of its own interface, where no file defines it."""


@dataclass(slots=True)
class Evidence:
    """Evidence of one snapshot. Arrays of files have shape (n_files,), arrays of chunks (n_chunks,); float32."""

    snapshot: Snapshot
    facts: FileFacts
    allowed: NDArray[np.bool_] | None
    chunk_rows: NDArray[np.int64]
    """Chunks that share terms with the query, best first."""
    chunk_scores: FloatArray
    """Their BM25 scores."""
    best_chunk: FloatArray
    further_chunks: FloatArray
    file_text: FloatArray
    stem_share: FloatArray
    """Share of the file stem's terms that the query has."""
    query_in_stem: FloatArray
    """Share of the query's idf that the file stem has."""
    compound_names: FloatArray
    compound_stem: FloatArray
    defines: FloatArray
    """How well definitions in the file fit names in the query."""
    stem_is_symbol: FloatArray
    chunk_cosines: FloatArray | None
    """(n_chunks,) cosines; None without vectors."""
    chunk_cosine: FloatArray
    """Best of the file's chunks; (n_files,)."""
    file_cosine: FloatArray
    history: FloatArray
    """How well earlier changes of the file fit the query, by what their commits say; (n_files,)."""
    scope: FloatArray
    """How well the file fits what a change is said to be about; (n_files,)."""
    term_shares: dict[str, float] = field(default_factory=dict)
    """Stem of the query -> its share of the query's idf."""
    query_vector: FloatArray | None = None
    """The query's embedding; None without vectors."""
    definitions: dict[int, list[int]] = field(default_factory=dict)
    """File row -> rows of definitions that fit names in the query, best first."""


def gather(
    snapshot: Snapshot,
    query: Query,
    terms: QueryTerms,
    vector: FloatArray | None,
    facts: FileFacts,
    allowed: NDArray[np.bool_] | None,
) -> Evidence:
    """Collect the evidence of one snapshot.

    :param vector: the query's embedding, (dim,) float32; None to do without.
    :param allowed: (n_files,) which files may answer; None for all.
    """
    count = len(snapshot.files)
    uids = None if allowed is None else snapshot.file_uids[allowed].tolist()
    weights = with_related(terms.terms, partial(snapshot.lexical.document_frequency, "file_text"))
    hits = snapshot.lexical.search({"text": weights}, _CHUNK_HITS, uids)
    rows = snapshot.chunk_rows(hits.uids)
    best, further = _by_file(snapshot, rows, hits.scores)
    file_hits = snapshot.lexical.search({"file_text": weights}, _FILE_HITS, uids)
    file_text = np.zeros(count, np.float32)
    file_text[snapshot.file_rows(file_hits.uids)] = file_hits.scores
    cosines, chunk_cosine, file_cosine = _cosines(snapshot, vector)
    evidence = Evidence(
        snapshot=snapshot,
        facts=facts,
        allowed=allowed,
        chunk_rows=rows,
        chunk_scores=hits.scores,
        best_chunk=best,
        further_chunks=further,
        file_text=file_text,
        stem_share=np.zeros(count, np.float32),
        query_in_stem=np.zeros(count, np.float32),
        compound_names=_compound_names(snapshot, terms, uids),
        compound_stem=np.zeros(count, np.float32),
        defines=np.zeros(count, np.float32),
        stem_is_symbol=np.zeros(count, np.float32),
        chunk_cosines=cosines,
        chunk_cosine=chunk_cosine,
        file_cosine=file_cosine,
        history=snapshot.file_history.scores(terms.terms),
        scope=facts.named_parts.scope(query.scope) if query.scope else np.zeros(count, np.float32),
        query_vector=vector,
    )
    _add_stems(evidence, query, terms, uids)
    _add_definitions(evidence, query)
    return evidence


def _by_file(
    snapshot: Snapshot, rows: NDArray[np.int64], scores: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return each file's best chunk score, and the decayed sum of its further ones."""
    best = np.zeros(len(snapshot.files), np.float32)
    further = np.zeros(len(snapshot.files), np.float32)
    decay: dict[int, float] = {}
    for file, score in zip(snapshot.chunk_files[rows].tolist(), scores.tolist(), strict=True):
        factor = decay.get(file)
        if factor is None:
            best[file] = score
            decay[file] = 1.0
        else:
            further[file] += factor * score
            decay[file] = factor * _FURTHER_CHUNK_DECAY
    return best, further


def _cosines(
    snapshot: Snapshot, vector: FloatArray | None
) -> tuple[FloatArray | None, FloatArray, FloatArray]:
    count = len(snapshot.files)
    chunk_cosine = np.zeros(count, np.float32)
    if vector is None or not len(snapshot.chunks):
        return None, chunk_cosine, np.zeros(count, np.float32)
    cosines = snapshot.chunk_vectors.all_cosines(vector)
    starts = snapshot.files.records["chunk_start"]
    filled = np.flatnonzero(snapshot.files.records["chunk_end"] > starts)
    chunk_cosine[filled] = np.maximum.reduceat(cosines, starts[filled])
    return cosines, chunk_cosine, snapshot.file_vectors.all_cosines(vector)


def _compound_names(snapshot: Snapshot, terms: QueryTerms, uids: list[int] | None) -> FloatArray:
    scores = np.zeros(len(snapshot.files), np.float32)
    weights = {term: float(words - 1) for term, words in terms.compounds}
    hits = snapshot.lexical.search({"file_names": weights}, _PATH_HITS, uids)
    scores[snapshot.file_rows(hits.uids)] = hits.scores
    return scores


def _add_stems(evidence: Evidence, query: Query, terms: QueryTerms, uids: list[int] | None) -> None:
    snapshot = evidence.snapshot
    documents = max(1, len(snapshot.files))
    idf = {
        term: inverse_document_frequency(snapshot.lexical.document_frequency("file_text", term), documents)
        for term in terms.parts
    }
    total = sum(idf.values()) or 1.0
    evidence.term_shares = {term: value / total for term, value in idf.items()}
    wanted = dict.fromkeys(terms.parts, 1.0) | {term: 1.0 for term, _ in terms.compounds}
    hits = snapshot.lexical.search({"file_stem": wanted}, _PATH_HITS, uids)
    compounds = dict(terms.compounds)
    symbol = whole_term(query.symbol) if query.symbol else ""
    for row in snapshot.file_rows(hits.uids).tolist():
        stem = evidence.facts.stem_terms(row)
        parts = [term for term in stem if not term.startswith("=")]
        shared = [term for term in parts if term in idf]
        evidence.stem_share[row] = len(shared) / len(parts) if parts else 0.0
        evidence.query_in_stem[row] = sum(idf[term] for term in set(shared)) / total
        evidence.compound_stem[row] = max(
            (compounds[term] - 1 for term in stem if term in compounds), default=0
        )
        if symbol:
            evidence.stem_is_symbol[row] = _stem_fits(
                stem[-1][1:], stem_name(snapshot.paths[row]), symbol[1:]
            )


def _stem_fits(whole: str, first: str, symbol: str) -> float:
    """Compare a symbol with a file's whole stem (``messagepackserializerjson``) and its part before the first dot."""
    if symbol in (whole, whole.rstrip("s")):
        return 1.0
    if symbol in (first, first.rstrip("s")):
        return 0.8
    return 0.4 if len(first) >= 4 and symbol.startswith(first) else 0.0


def _add_definitions(evidence: Evidence, query: Query) -> None:
    """Weigh definitions that the query names: asked symbol 1, identifier in a sentence .5, capitalised word .15."""
    names: dict[str, tuple[str, float]] = {}
    for name in query.capitalised:
        names[name.lower()] = (name, 0.15)
    for name in query.embedded:
        names[name.lower()] = (name, 0.5)
    if query.symbol:
        names[query.symbol.lower()] = (query.symbol, 1.0)
    scored: dict[int, list[tuple[float, int]]] = {}
    for name, weight in names.values():
        rows_scored = list(_definition_scores(evidence.snapshot, name, query))
        if not any(evidence.snapshot.definition_kind(row) not in _HARDLY for row, _ in rows_scored):
            for file, _ in evidence.snapshot.exports_named(name):
                evidence.defines[file] = max(evidence.defines[file], weight * _EXPORTED)
        for row, score in rows_scored:
            file = int(evidence.snapshot.definitions.records[row]["file"])
            scored.setdefault(file, []).append((weight * score, row))
    for file, rows in scored.items():
        rows.sort(key=lambda item: -item[0])
        evidence.defines[file] = max(evidence.defines[file], rows[0][0])
        evidence.definitions[file] = [row for _, row in rows]


def _definition_scores(snapshot: Snapshot, name: str, query: Query) -> Iterable[tuple[int, float]]:
    for row in snapshot.definition_rows_named(name).tolist():
        yield row, definition_score(snapshot, row, name, query.qualifier)


def definition_score(snapshot: Snapshot, row: int, name: str, qualifier: str) -> float:
    """Return how well a definition answers to a name: types over functions, outer over nested, large over small."""
    definition = snapshot.definition(row)
    kind = definition.kind
    score = 2.0 if kind in _DEFINITION_KINDS else 1.0
    if kind in _HARDLY:
        score = 0.4
    score += {0: 1.0, 1: 0.3}.get(definition.depth, 0.0)
    score += min(1.0, math.log1p(definition.size_bytes) / 9)
    if definition.name != name:
        score *= 0.8
    if qualifier and qualifier.split(".")[-1].lower() in definition.scope.lower():
        score += 1.0
    return score
