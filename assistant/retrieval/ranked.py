"""Answers to words and names: files ranked by all evidence, then the chunks within each file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock

import numpy as np

from assistant.retrieval import ranking
from assistant.retrieval.chunk_choice import RankedChunk, rank_chunks
from assistant.retrieval.definitions import fitting_definitions
from assistant.retrieval.evidence import Evidence, FloatArray, gather
from assistant.retrieval.exact import Budget
from assistant.retrieval.naming import NameReader, WordVectors
from assistant.retrieval.occurrences import OccurrenceFinder, lines_by_chunk
from assistant.retrieval.places import chunk_at, chunk_place, order_key
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.repository import FileMask, Repository, both
from assistant.retrieval.results import Found, SearchResult
from assistant.retrieval.spelling import Spelling
from assistant.retrieval.words import query_terms
from indexer.embedding import Embedder, StaticEmbedder
from indexer.lexical.terms import TermExpander

_OVERSAMPLE = 5
_NEARLY = 0.9
"""A file without any word of the query answers if its cosine is at least so much of the best one."""

_MEANS = 0.35
"""Least cosine of a place that is shown for its meaning alone. What has nothing to do with a repository reaches more,
so such places are shown with a note."""

Permitted = Mapping[int, Mapping[int, tuple[int, ...]]]
"""File row -> chunk rows that a query's conditions leave, with the lines that meet them."""


class RankedSearch:
    """Ranks. Safe to use from several threads: what is not (the embedder, the expander) is used under the lock."""

    def __init__(
        self,
        repositories: Sequence[Repository],
        embedder: Embedder | None,
        expander: TermExpander,
        lock: Lock,
        occurrences: OccurrenceFinder,
    ) -> None:
        """Take what is searched.

        :param embedder: None searches without meaning. It is used for the repositories whose vectors it made.
        :param lock: guards the embedder and the expander.
        """
        self._repositories = repositories
        self._embedder = embedder
        self._expander = expander
        self._lock = lock
        self._occurrences = occurrences
        self._names = [NameReader(item.snapshot, self._word_vectors(item)) for item in repositories]
        self._spelling = Spelling([repository.snapshot for repository in repositories])

    def search(self, query: Query, limit: int) -> Found:
        """Return the best chunks."""
        with self._lock:
            query, spelled = self._spelling.corrected(query, self._expander)
        budget = Budget()
        permitted = [self._permitted(query, repository, budget) for repository in self._repositories]
        evidences = self._evidence(query, permitted)
        constrained = any(item is not None for item in permitted)
        notes: tuple[str, ...] = (*spelled, *self._literal_notes(query, permitted), *budget.notes())
        worded = [_with_words(evidence) for evidence in evidences]
        by_words = any(bool(mask.any()) for mask in worded)
        if not constrained and not by_words:
            if query.kind is QueryKind.SYMBOL or not any(map(_has_meaning, evidences)):
                return Found(query.kind, (), notes)
            notes = ("none of the words occurs; these places resemble them in meaning", *notes)
        scores = ranking.score_files(evidences, query)
        if by_words and not constrained:
            for item, mask in zip(scores, worded, strict=True):
                item.total[~(mask | _close(item.evidence, query))] = -np.inf
        ranked = rank_chunks(scores, query, limit * _OVERSAMPLE if constrained else limit, self._names)
        results = list(_results(query, scores, ranked, permitted))
        results.sort(key=order_key)
        return Found(query.kind, tuple(results[:limit]), notes)

    def evidence(self, query: Query) -> list[Evidence]:
        """Return what each repository says for a query of words or a name, unweighed, for those who fit weights."""
        return self._evidence(query, [None] * len(self._repositories))

    def candidates(self, evidences: Sequence[Evidence], query: Query) -> list[FileMask]:
        """Return the files that may answer by words or by meaning, (n_files,) each."""
        return [_with_words(evidence) | _close(evidence, query) for evidence in evidences]

    def _evidence(self, query: Query, permitted: Sequence[Permitted | None]) -> list[Evidence]:
        with self._lock:
            return self._gathered(query, permitted)

    def _gathered(self, query: Query, permitted: Sequence[Permitted | None]) -> list[Evidence]:
        terms = query_terms(query, self._expander)
        vector: FloatArray | None = None
        if self._embedder is not None:
            vector = self._embedder.embed([query.text])[0]
            vector = vector if vector.any() else None
        return [
            gather(
                repository.snapshot,
                query,
                terms,
                vector if self._made_vectors(repository) else None,
                repository.facts,
                both(repository.allowed(query.filters), _mask(repository, chunks)),
            )
            for repository, chunks in zip(self._repositories, permitted, strict=True)
        ]

    def _word_vectors(self, repository: Repository) -> WordVectors | None:
        """Return what embeds single words under the lock, if the model is a table that they are looked up in."""
        embedder, lock = self._embedder, self._lock
        if not isinstance(embedder, StaticEmbedder) or not self._made_vectors(repository):
            return None

        def look_up(words: Sequence[str]) -> FloatArray:
            with lock:
                return embedder.word_vectors(words)[0]

        return look_up

    def _made_vectors(self, repository: Repository) -> bool:
        return self._embedder is not None and repository.snapshot.model_id == self._embedder.model_id

    def _permitted(self, query: Query, repository: Repository, budget: Budget) -> Permitted | None:
        """Return the chunks that meet the query's exact strings, ``sym:`` and ``kind:``; None if it has none."""
        conditions = []
        if query.literals or query.regex is not None:
            conditions.append(self._chunks_with_matches(query, repository, budget))
        if query.filters.symbols or query.filters.kinds:
            conditions.append(_chunks_with_definitions(query, repository))
        if len(conditions) < 2:
            return conditions[0] if conditions else None
        first, second = conditions
        return {file: second[file] for file in first.keys() & second.keys()}

    def _chunks_with_matches(self, query: Query, repository: Repository, budget: Budget) -> Permitted:
        found: dict[int, dict[int, tuple[int, ...]]] = {}
        for match in self._occurrences.matches(query, repository, budget):
            by_chunk = lines_by_chunk(repository, match)
            chunks = {chunk: lines for chunk, lines in by_chunk.items() if chunk is not None}
            if chunks:
                found[match.file] = chunks
        return found

    def _literal_notes(self, query: Query, permitted: Sequence[Permitted | None]) -> tuple[str, ...]:
        if not (query.literals or query.regex is not None) or any(permitted):
            return ()
        wanted = [f'"{literal}"' for literal in query.literals]
        wanted += [f"/{query.regex.pattern}/"] if query.regex is not None else []
        return (f"no file contains {' and '.join(wanted)}",)


def _chunks_with_definitions(query: Query, repository: Repository) -> Permitted:
    found: dict[int, dict[int, tuple[int, ...]]] = {}
    records = repository.snapshot.definitions.records
    for _, row in fitting_definitions(repository, query.filters):
        file, line = int(records["file"][row]), int(records["name_line"][row])
        chunk = chunk_at(repository.snapshot, file, line)
        if chunk is not None:
            chunks = found.setdefault(file, {})
            chunks[chunk] = (*chunks.get(chunk, ()), line)
    return found


def _mask(repository: Repository, permitted: Permitted | None) -> FileMask | None:
    if permitted is None:
        return None
    mask = np.zeros(len(repository.snapshot.files), np.bool_)
    mask[list(permitted)] = True
    return mask


def _close(evidence: Evidence, query: Query) -> FileMask:
    """Return the files whose meaning is nearly as close to a sentence as that of the closest, (n_files,)."""
    if query.kind is QueryKind.SYMBOL or evidence.chunk_cosines is None:
        return np.zeros(len(evidence.chunk_cosine), np.bool_)
    closest = float(evidence.chunk_cosine.max(initial=0.0))
    close: FileMask = evidence.chunk_cosine >= max(_MEANS, _NEARLY * closest)
    return close


def _with_words(evidence: Evidence) -> FileMask:
    """Return the files that may answer in which any word or name of the query occurs, (n_files,)."""
    found: FileMask = (
        (evidence.best_chunk > 0)
        | (evidence.file_text > 0)
        | (evidence.compound_names > 0)
        | (evidence.stem_share > 0)
        | (evidence.defines > 0)
    )
    return found if evidence.allowed is None else found & evidence.allowed


def _has_meaning(evidence: Evidence) -> bool:
    answers = slice(None) if evidence.allowed is None else evidence.allowed
    return float(evidence.chunk_cosine[answers].max(initial=0.0)) >= _MEANS


def _results(
    query: Query,
    scores: Sequence[ranking.FileScores],
    ranked: Sequence[RankedChunk],
    permitted: Sequence[Permitted | None],
) -> Iterator[SearchResult]:
    """Turn ranked chunks into results; where only some chunks are permitted, they stand in for their file's others."""
    shown: set[tuple[int, int]] = set()
    for item in ranked:
        chunk: int | None = item.chunk
        lines: tuple[int, ...] = ()
        if (chunks := permitted[item.source]) is not None:
            of_file = chunks[item.file]
            if item.chunk not in of_file:
                seen = any((item.source, other) in shown for other in of_file)
                chunk = None if seen else min(of_file)
            lines = of_file[chunk] if chunk is not None else ()
        if chunk is None or (item.source, chunk) in shown:
            continue
        shown.add((item.source, chunk))
        evidence = scores[item.source].evidence
        parts = {name: float(values[item.file]) for name, values in scores[item.source].parts.items()}
        place = chunk_place(evidence.snapshot, chunk, item.score, parts, lines)
        yield _at_definition(place, evidence, item.file) if query.kind is QueryKind.SYMBOL else place


def _at_definition(place: SearchResult, evidence: Evidence, file: int) -> SearchResult:
    """Name a chunk after the definition of the asked symbol, if it holds that."""
    for row in evidence.definitions.get(file, ()):
        definition = evidence.snapshot.definition(row)
        if place.start_line <= definition.name_line <= place.end_line:
            lines = tuple(sorted({*place.lines, definition.name_line}))
            return replace(place, name=definition.qualified_name, kind=definition.kind, lines=lines)
    return place
