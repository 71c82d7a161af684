"""Code-aware tokens: words, their parts, and the terms that are indexed.

A *word* is a maximal run of word characters as it stands in the source (``getUserName``, ``HTTP_2``).
Its *parts* are the lower-cased camelCase / snake_case / digit / acronym pieces (``get``, ``user``, ``name``).
A *term* is a part's stem, or the whole identifier, lower-cased and marked with ``=`` (``=getusername``), so that an
exact identifier can be told from its pieces. Everything that reads text (indexing, queries, embeddings) cuts it here.
"""

import re

WORD = re.compile(r"\w+")
"""Matches one word. Identifiers of every language here are runs of ``\\w``."""

MAX_WORD_CHARS = 64
"""Longer runs are encoded data, not words; they are not indexed."""

_PART = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NON_ASCII_PART = re.compile(r"[^\W\d_]+|\d+")


def split_word(word: str) -> list[str]:
    """Cut a word into lower-cased parts.

    >>> split_word("getHTTPResponse_v2")
    ['get', 'http', 'response', 'v', '2']

    Words with letters outside ASCII are cut at underscores and digits only.

    :param word: a run of word characters.
    :return: the parts in order; empty for a word of underscores only or of more than ``MAX_WORD_CHARS`` characters.
    """
    if len(word) > MAX_WORD_CHARS:
        return []
    pattern = _PART if word.isascii() else _NON_ASCII_PART
    return [part.lower() for part in pattern.findall(word)]
