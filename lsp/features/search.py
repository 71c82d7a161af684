"""``assist/search``: ranked places, true to the open documents at the moment of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.hits import hits_of, stale, with_versions
from lsp.protocol.places import Hit
from lsp.protocol.search import SEARCH, SearchParams, SearchResult
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.answers import Passage
    from assistant.engine import Engine
    from lsp.server import AssistServer

MAX_RESULTS = 200
_SHOWN_LINES = 4
_TRIES = 3
"""A search is repeated if a document that it shows has changed meanwhile; what is stale in the end is left out."""
_BATCH = 5


def register(server: AssistServer) -> None:
    """Answer searches."""
    server.own(SEARCH, SearchFeature(server).search)


class SearchFeature:
    """Searches for a session."""

    def __init__(self, server: AssistServer) -> None:
        self._session = server.session

    async def search(self, params: SearchParams) -> SearchResult:
        """Answer a query."""
        session = self._session
        roots = session.workspaces.chosen(params.folders)
        await session.require_indexes(roots)
        limit = max(1, min(MAX_RESULTS, params.limit or session.settings.search.limit))
        found = await self._once(params.query, roots, limit)
        for _ in range(_TRIES - 1):
            if not stale(found.results, session.documents):
                break
            found = await self._once(params.query, roots, limit)
        outdated = {id(hit) for hit in stale(found.results, session.documents)}
        hits = with_versions((hit for hit in found.results if id(hit) not in outdated), session.documents)
        if params.partial_result_token is not None:
            for start in range(0, len(hits), _BATCH):
                session.stream(params.partial_result_token, hits[start : start + _BATCH])
            hits = []
        return replace(found, results=tuple(hits))

    async def _once(self, query: str, roots: Sequence[Path], limit: int) -> SearchResult:
        session = self._session
        namer, encoding = session.workspaces.namer(), session.client.encoding

        def work(engine: Engine, token: CancelToken) -> SearchResult:
            return _search(
                engine, query, roots, limit, token, lambda passages: hits_of(passages, namer, encoding)
            )

        return await session.in_thread(work)


def _search(
    engine: Engine,
    raw: str,
    roots: Sequence[Path],
    limit: int,
    token: CancelToken,
    shown: Callable[[Sequence[Passage]], list[Hit]],
) -> SearchResult:
    from assistant.answers.highlight import Matcher
    from assistant.retrieval import traces
    from assistant.retrieval.query import parse_query
    from lsp.unsaved import OpenFiles, new_definitions, passage_now

    response = engine.search(raw, roots, limit, strict=False)
    token.check()
    query = parse_query(raw, is_trace=traces.is_trace, strict=False)
    sources = {source.snapshot.root: source for source in engine.searcher(roots).sources}
    matcher = Matcher(query)
    files = OpenFiles()
    passages = new_definitions(sources.values(), query, matcher, _SHOWN_LINES, files)
    for result in response.results:
        token.check()
        if result.root in sources:
            passages.append(passage_now(sources[result.root], result, query, _SHOWN_LINES, matcher, files))
    passages = passages[:limit]
    hits = shown(passages)
    notes = list(response.notes)
    if not hits:
        notes = [*_why_nothing(engine, roots, raw), *notes]
    elif gone := len(passages) - len(hits):
        notes.append(f"{gone} places are not in their files any more")
    return SearchResult(
        tuple(hits), response.kind.value, response.files_searched, round(response.elapsed_ms, 2), tuple(notes)
    )


def _why_nothing(engine: Engine, roots: Sequence[Path], raw: str) -> list[str]:
    from assistant.cli.nothing import why_nothing
    from assistant.retrieval import traces
    from assistant.retrieval.query import parse_query

    query = parse_query(raw, is_trace=traces.is_trace, strict=False)
    return why_nothing(engine.searcher(roots).sources, roots, query)
