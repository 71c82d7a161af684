"""Which words of a text a query is about: spans to highlight, and how much each line tells.

Matching is the index's own: a word matches if it shares a stem with the query (``parsed`` finds ``parse``),
an identifier if it is the asked one or has a part that is asked.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.words import inverse_document_frequency, query_terms
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import MAX_WORD_CHARS, WORD, split_word

if TYPE_CHECKING:
    from regex import Pattern as Expression

Spans = tuple[tuple[int, int], ...]
"""Half-open ranges of characters, ascending, not overlapping."""

_LINE_SECONDS = 0.02
_MAX_LINE_CHARS = 2000
"""Longer lines are data: what stands further right is not looked at."""


class Matcher:
    """The words of one query, to be found in lines. Not shared between threads."""

    def __init__(
        self, query: Query, expander: TermExpander | None = None, ignored: Collection[str] = ()
    ) -> None:
        """Prepare to match.

        :param ignored: lower-cased words that are no part of what is asked ("work" in "how does X work"); they still
            count if no others are left.
        """
        self._expander = expander or TermExpander()
        terms = query_terms(query, self._expander)
        exact = query.kind in (QueryKind.LITERAL, QueryKind.REGEX)
        self.terms = frozenset(() if exact else (*terms.terms, *dict(terms.compounds)))
        frame = {self._expander.stem(word) for word in ignored}
        kept = tuple(part for part in terms.parts if part not in frame) or terms.parts
        self.terms -= frame.difference(kept)
        self.parts: tuple[str, ...] = () if exact else kept
        """Stems of the words that carry meaning, in order of first use."""
        self.words = self._by_part(query.text)
        """Stem -> the word as the user wrote it."""
        self._patterns = [re.compile(re.escape(literal)) for literal in query.literals]
        self._expression = None if query.regex is None else _bounded(query.regex)
        self._known: dict[str, tuple[tuple[int, int, str], ...]] = {}

    def _by_part(self, text: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for word in WORD.findall(text):
            for term in self._expander.terms_of(word):
                found.setdefault(term, word)
        return found

    def weights(self, snapshot: Snapshot) -> dict[str, float]:
        """Return how much each of :attr:`parts` tells: its idf over a repository's chunks."""
        documents = max(1, len(snapshot.chunks))
        lexical = snapshot.lexical
        return {
            part: inverse_document_frequency(
                min(documents, lexical.document_frequency("text", part)), documents
            )
            for part in self.parts
        }

    def spans(self, line: str) -> Spans:
        """Return the ranges of a line that match, merged."""
        line = line[:_MAX_LINE_CHARS]
        found = [match.span() for pattern in self._patterns for match in pattern.finditer(line)]
        found += self._expression_spans(line)
        for word in WORD.finditer(line):
            offset = word.start()
            found += [(offset + start, offset + end) for start, end, _ in self._in_word(word.group())]
        return _merged([span for span in found if span[0] < span[1]])

    def _expression_spans(self, line: str) -> list[tuple[int, int]]:
        if self._expression is None:
            return []
        try:
            return [match.span() for match in self._expression.finditer(line, timeout=_LINE_SECONDS)]
        except TimeoutError:  # the lines are shown without marks
            self._expression = None
            return []

    def parts_in(self, text: str) -> set[str]:
        """Return which of the query's stems stand in a text."""
        words = WORD.findall(text[: 50 * _MAX_LINE_CHARS])
        return {part for word in words for _, _, part in self._in_word(word)}.intersection(self.parts)

    def _in_word(self, word: str) -> tuple[tuple[int, int, str], ...]:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = tuple(self._match_word(word))
        return known

    def _match_word(self, word: str) -> list[tuple[int, int, str]]:
        if len(word) > MAX_WORD_CHARS:
            return []
        parts, lowered = split_word(word), word.lower()
        found, position = [], 0
        for part in parts:
            start = max(lowered.find(part, position), position)
            position = start + len(part)
            stem = self._expander.stem(part)
            if stem in self.terms:
                found.append((start, position, stem))
        whole = self._expander.terms_of(word)[-1:]
        if len(parts) > 1 and whole[0] in self.terms:
            found.append((0, len(word), whole[0]))
        return found


def _bounded(pattern: re.Pattern[str]) -> "Expression[str] | None":
    """Compile a regular expression for the engine that can give up after a time; None if it cannot read it."""
    import regex  # 40 ms, which only these queries pay

    try:
        return regex.compile(pattern.pattern, regex.IGNORECASE if pattern.flags & re.IGNORECASE else 0)
    except regex.error:
        return None


def _merged(spans: Sequence[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
