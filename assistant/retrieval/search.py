"""One search over one or several repositories: each kind of query is answered in its own way."""

import re
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from assistant.retrieval import paths, traces
from assistant.retrieval.definitions import search_definitions
from assistant.retrieval.frames import FileLocator
from assistant.retrieval.occurrences import OccurrenceFinder
from assistant.retrieval.places import file_place
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.ranked import RankedSearch
from assistant.retrieval.repository import Source, repositories_of
from assistant.retrieval.results import Found
from indexer.embedding import Embedder
from indexer.lexical.terms import TermExpander

__all__ = ["Searcher", "Source"]

_LIKE_AN_EXPRESSION = re.compile(r"\.[*+]|\\[wdsbWDSB(){}\[\].+*?|]|\[\^?\w-\w[^\]]*\][+*?]?|\(\?[:=!<]")


class Searcher:
    """Answers queries over a fixed set of sources. Safe to use from several threads."""

    def __init__(self, sources: Sequence[Source], embedder: Embedder | None, lock: Lock) -> None:
        """Prepare to search.

        :param embedder: used for the sources whose vectors it made; None searches without meaning.
        :param lock: held while the embedder works, since others may use it too.
        """
        self.sources = tuple(sources)
        self._embedder = embedder
        expander = TermExpander()
        self._repositories = repositories_of(sources, expander)
        self._locator = FileLocator(self._repositories)
        self._occurrences = OccurrenceFinder(self._repositories, expander, lock)
        self._ranked = RankedSearch(self._repositories, embedder, expander, lock, self._occurrences)

    @property
    def ranked(self) -> RankedSearch:
        """The part that ranks words and names."""
        return self._ranked

    @property
    def files_searched(self) -> int:
        """Files in all sources, each once."""
        masks = ((len(repository.snapshot.files), repository.visible) for repository in self._repositories)
        return sum(count if visible is None else int(visible.sum()) for count, visible in masks)

    def search(self, query: Query, limit: int) -> Found:
        """Return the best results, best first; equal ones by path and line.

        :param limit: how many at most; nothing is searched for 0 or less.
        """
        if limit <= 0:
            return Found(query.kind)
        if query.filters.any and (note := self._excluded(query)):
            return Found(query.kind, (), (note,))
        if query.kind is QueryKind.TRACE:
            return self._trace(query, limit)
        if query.kind in (QueryKind.LITERAL, QueryKind.REGEX):
            return self._occurrences.search(query, limit)
        if query.kind is QueryKind.PATH:
            found = paths.search_paths(self._repositories, self._locator, query, limit)
            if found.results:
                return found
            query = paths.as_words(query)
        if not query.text:
            if query.filters.symbols or query.filters.kinds:
                return search_definitions(self._repositories, query, limit)
            return paths.list_files(self._repositories, query, limit)
        found = self._ranked.search(query, limit)
        return replace(found, notes=(*_expression_notes(query), *found.notes, *self._vector_notes()))

    def _trace(self, query: Query, limit: int) -> Found:
        """Return the frames that lie in the repositories, newest first; without any, what its message is about."""
        inside, outside = [], []
        for frame in traces.frames(query.text):
            place = self._locator.locate(frame.path)
            if place is None:
                outside.append(f"{frame.path}:{frame.line}")
            else:
                inside.append((*place, frame.line))
        notes = []
        if outside:
            total = len(inside) + len(outside)
            notes.append(
                f"{len(outside)} of {total} frames lie outside the searched folders, e.g. {outside[0]}"
            )
        if len(inside) > limit:
            notes.append(f"{limit} of {len(inside)} frames are shown")
        results = tuple(
            file_place(self._repositories[number].snapshot, row, line, 1.0 / (1 + rank))
            for rank, (number, row, line) in enumerate(inside[:limit])
        )
        if not results and (message := traces.message(query.text)):
            found = self._ranked.search(replace(query, kind=QueryKind.TEXT, text=message), limit)
            return Found(
                query.kind, found.results, (*notes, f'searched for "{message}" instead', *found.notes)
            )
        return Found(query.kind, results, tuple(notes))

    def _excluded(self, query: Query) -> str | None:
        """Say that the filters on files leave none, if so."""
        if any(repository.allowed_rows(query.filters) for repository in self._repositories):
            return None
        return f"no indexed file passes {query.filters}; `assist status --files` lists the files"

    def _vector_notes(self) -> tuple[str, ...]:
        """Say which repositories are searched by words alone, or in part."""
        notes = []
        for repository in self._repositories:
            snapshot = repository.snapshot
            if self._embedder is None or snapshot.model_id != self._embedder.model_id:
                why = (
                    "its vectors are of another model"
                    if self._embedder
                    else "the embedding model cannot be used"
                )
                notes.append(f"{snapshot.root} was searched by words only: {why}; `assist index` renews them")
            elif (coverage := snapshot.vector_coverage()) < 1.0:
                notes.append(
                    f"{coverage:.0%} of {snapshot.root} has vectors yet; the rest was searched by words only"
                )
        return tuple(notes)


def _expression_notes(query: Query) -> tuple[str, ...]:
    """Say how to search for what looks like a regular expression and was taken for words."""
    if query.literals or not _LIKE_AN_EXPRESSION.search(query.text):
        return ()
    return (f"searched for the words; as a regular expression: /{query.text}/",)
