"""What a model is given to read for one question: what the index finds, packed into a token budget."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answers import Answer, answer
from assistant.context import ContextItem, PackedContext, Packer, items_of
from assistant.retrieval import traces
from assistant.retrieval.query import parse_query
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Searcher
from indexer.embedding import Embedder

_RESULTS = 12


@dataclass(frozen=True, slots=True)
class Material:
    """What was found for a question."""

    answer: Answer
    """What the index alone has to say."""
    packed: PackedContext
    """What fits into the budget, in the order in which it is given."""

    @property
    def found(self) -> bool:
        """Whether there is anything that fits."""
        return bool(self.packed.items)


def gather(
    searcher: Searcher,
    query: str,
    budget_tokens: int,
    *,
    embedder: Embedder | None = None,
    mentioned: Sequence[ContextItem] = (),
) -> Material:
    """Find what a question is about.

    :param query: the question as it stands by itself.
    :param mentioned: passages that the user asked for; their scores put them before what is found.
    :raises QueryError: for an empty question.
    """
    told = answer(searcher, query, embedder=embedder)
    results = list(_results(searcher, query, told)) if told.found else []
    # The order counts: scores of answers and of searches cannot be compared.
    found = [
        replace(item, score=1.0 / (1 + rank)) for rank, item in enumerate(items_of(results, searcher.sources))
    ]
    return Material(told, Packer(searcher.sources).pack([*mentioned, *found], budget_tokens))


def _results(searcher: Searcher, query: str, told: Answer) -> Iterator[SearchResult]:
    """Yield the places that the index would answer with, then what else a search finds."""
    for passage in told.passages:
        yield passage.result
    understood = parse_query(query, is_trace=traces.is_trace, strict=False)
    yield from searcher.search(understood, _RESULTS).results
