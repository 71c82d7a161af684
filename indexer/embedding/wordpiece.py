"""Words of source code to pieces of a WordPiece vocabulary.

A word is cut into parts by :mod:`indexer.lexical.tokens`, each part is folded (below) and then covered from
left to right by the longest pieces of the vocabulary, as BERT's tokeniser does.
``training/tokenizer_json.py`` writes the same rules as a Hugging Face ``tokenizer.json``, so that other
runtimes cut text identically; a test compares the two.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from indexer.lexical.tokens import split_word

RULES = "code-parts/1"
"""Names these rules inside a model folder; it changes whenever the same text would give other pieces."""

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
"""Ranges (as inside a regular expression's brackets) of the ideographs that stand alone, as in BERT's
tokeniser."""

_FOLDED = f"[{CJK}]|[^{CJK}]+"  # compiled on first use: 2 ms that most repositories never pay
FINAL_SIGMA, SIGMA = "\u03c2", "\u03c3"

_CONTINUES = "##"
_MAX_KNOWN_PARTS = 500_000


def fold_part(part: str) -> list[str]:
    """Bring a lower-cased part with letters outside ASCII into the alphabet of the vocabulary.

    Accents go, as in BERT's uncased models; ideographs stand alone; a final sigma is a sigma, since
    lower-casing yields it in some runtimes only.

    >>> fold_part("café")
    ['cafe']
    """
    decomposed = unicodedata.normalize("NFD", part.replace(FINAL_SIGMA, SIGMA))
    return re.findall(_FOLDED, "".join(c for c in decomposed if unicodedata.category(c) != "Mn"))


class WordPieces:
    """Finds the pieces of words; not safe for use from several threads at once (it remembers parts)."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """Prepare the vocabulary.

        :param vocabulary: piece -> id; a piece that continues a word starts with ``##``.
        """
        self._vocabulary = vocabulary  # not split in two: that would double the time to the first query
        self._longest = max(map(len, vocabulary), default=0)
        self._known: dict[str, tuple[int, ...]] = {}

    def of_word(self, word: str) -> list[int]:
        """Ids of a word's pieces in order; empty when nothing of it is in the vocabulary.

        :param word: a run of word characters, as it stands in the source.
        """
        known = self._known
        ids: list[int] = []
        for part in split_word(word):
            found = known.get(part)
            if found is None:
                if len(known) >= _MAX_KNOWN_PARTS:
                    known.clear()
                found = known[part] = self._of_part(part)
            ids += found
        return ids

    def of_words(self, words: Iterable[str]) -> list[list[int]]:
        """Ids of the pieces of each word."""
        return [self.of_word(word) for word in words]

    def _of_part(self, part: str) -> tuple[int, ...]:
        whole = self._vocabulary.get(part)
        if whole is not None:
            return (whole,)
        if part.isascii():
            return self._cover(part)
        return tuple(at for folded in fold_part(part) for at in self._cover(folded))

    def _cover(self, part: str) -> tuple[int, ...]:
        """Cover a folded part with the longest pieces, left to right; nothing when a stretch has none."""
        ids = []
        start, prefix = 0, ""
        while start < len(part):
            for end in range(min(len(part), start + self._longest), start, -1):
                at = self._vocabulary.get(prefix + part[start:end])
                if at is not None:
                    break
            else:
                return ()
            ids.append(at)
            start, prefix = end, _CONTINUES
        return tuple(ids)
