"""Words to index terms, with a cache: the hot path of indexing.

A word's expansion is the blank-separated list of its terms: the stem of every part and, for a word of several parts,
the whole identifier marked with ``=``. Documents are handed to tantivy as strings of such terms, cut at blanks there.
"""

from collections.abc import Iterable

import tantivy

from indexer.lexical.tokens import MAX_WORD_CHARS, WORD, split_word

_MAX_CACHED_WORDS = 300_000
_VOWELS = frozenset("aeiouy")


class TermExpander:
    """Expands words to terms; keeps what it has seen. Not shared between threads."""

    def __init__(self) -> None:
        self._stemmer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )
        self._stems: dict[str, str] = {}
        self._expansions = _Expansions(self)

    def expand(self, words: Iterable[str]) -> str:
        """Return the terms of the words, in order, separated by blanks."""
        return " ".join(map(self._expansions.__getitem__, words))

    def expand_text(self, text: str) -> str:
        """Return the terms of every word of a text."""
        return self.expand(WORD.findall(text))

    def stem(self, part: str) -> str:
        """Return the English (Porter2) stem of a lower-cased part."""
        stem = self._stems.get(part)
        if stem is None:
            if len(self._stems) >= _MAX_CACHED_WORDS:
                self._stems.clear()
            stem = self._stems[part] = _plural_acronym(self._stemmer.analyze(part)[0])
        return stem

    def terms_of(self, word: str) -> list[str]:
        """Return one word's terms: stems of its parts, then the marked whole if there are several parts."""
        if len(word) > MAX_WORD_CHARS:
            return []
        parts = split_word(word)
        terms = [self.stem(part) for part in parts]
        if len(parts) > 1:
            terms.append(whole_term(word))
        return terms


class _Expansions(dict[str, str]):
    """Word -> its terms joined with blanks, filled on first use."""

    def __init__(self, expander: TermExpander) -> None:
        super().__init__()
        self._expander = expander

    def __missing__(self, word: str) -> str:
        if len(self) >= _MAX_CACHED_WORDS:
            self.clear()
        expansion = self[word] = " ".join(self._expander.terms_of(word))
        return expansion


def _plural_acronym(stem: str) -> str:
    """Drop the plural's ``s`` that the stemmer leaves on a word without vowels: ``pdfs``, ``xmls``, also ``https``."""
    if len(stem) >= 4 and stem[-1] == "s" and stem[-2] != "s" and _VOWELS.isdisjoint(stem):
        return stem[:-1]
    return stem


def whole_term(identifier: str) -> str:
    """Return the term of a whole identifier: lower-cased, without underscores, marked with ``=``.

    ``get_user`` and ``getUser`` share it.
    """
    return "=" + identifier.replace("_", "").lower()
