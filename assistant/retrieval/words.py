"""The words of a query that carry meaning, as terms of the index."""

import math
from dataclasses import dataclass

from assistant.retrieval.query import Query, QueryKind
from indexer.lexical.terms import TermExpander, whole_term
from indexer.lexical.tokens import WORD, split_word

_STOPWORDS = frozenset(
    """
    a about all also am an and any are as at be been being but by can code could did do does doing done etc for from
    get gets give had has have having he her here how i if in into is it its just like me my no of off on one or our
    out please see she should show so some tell than that the their them then there these they this those to us used
    uses using was way we were what when where which who whom whose why will with within would you your
    implemented implementation implement defined definition handled located work works working
    """.split()
)
_MAX_TERMS = 40


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """Terms of a query, in order of first use."""

    terms: tuple[str, ...]
    """Stems of the parts, and marked whole identifiers."""
    parts: tuple[str, ...]
    """The stems alone."""
    compounds: tuple[tuple[str, int], ...]
    """Whole-identifier terms of two or three neighbouring words, with the number of words."""


def query_terms(query: Query, expander: TermExpander) -> QueryTerms:
    """Return the terms that a query ranks by. All words count if none but stopwords are left."""
    words = WORD.findall(query.text)
    if query.kind is QueryKind.TEXT:
        words = [word for word in words if word.lower() not in _STOPWORDS] or words
    terms: dict[str, None] = {}
    parts: dict[str, None] = {}
    for word in words:
        for term in expander.terms_of(word):
            terms.setdefault(term)
            if not term.startswith("="):
                parts.setdefault(term)
    return QueryTerms(tuple(terms)[:_MAX_TERMS], tuple(parts)[:_MAX_TERMS], _compounds(words))


def _compounds(words: list[str]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    flat = [part for word in words for part in split_word(word)]
    for length in (2, 3):
        for start in range(len(flat) - length + 1):
            found.setdefault(whole_term("".join(flat[start : start + length])), length)
    return tuple(found.items())[: 2 * _MAX_TERMS]


def inverse_document_frequency(frequency: int, documents: int) -> float:
    """Return BM25's idf, ``ln(1 + (N - n + 0.5) / (n + 0.5))`` (Robertson and Zaragoza 2009, section 3.4)."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
