"""Which words of a text may refer to a definition elsewhere, and the hashes that stand for them.

A word that says little by itself (``parse``, ``name``) is used for too many things to be taken for a reference. One of
several parts (``parse_header``), or with a capital (``Parser``), is telling.
"""

from collections.abc import Iterable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.lexical.tokens import MAX_WORD_CHARS, WORD, split_word

_SHORTEST = 3
_MAX_CACHED_WORDS = 300_000
_DEEPEST = 1
"""Depth of definitions to which other files refer: members of types, not what is local to functions."""

TYPE_KINDS = frozenset(
    "class interface struct enum trait type protocol record object module namespace union macro".split()
)
_NEVER = frozenset("section import element rule table view index trigger schema".split())
"""Kinds that code does not refer to by name."""


def mention_hash(name: str) -> int:
    """Return the unsigned 32-bit hash of a name as it is written; 0 for one that is not telling.

    Two of 100,000 names share one by chance once in 20 repositories or so, which moves a count by one.
    """
    if not _SHORTEST <= len(name) <= MAX_WORD_CHARS or not is_telling(name):
        return 0
    return crc32(name.encode("utf-8", "surrogatepass")) or 1


def is_telling(name: str) -> bool:
    """Tell whether a name is likely to mean one thing in a repository."""
    return not name.islower() or "_" in name.strip("_")


def definition_hash(name: str, kind: str, depth: int) -> int:
    """Return the :func:`mention_hash` by which other files refer to a definition; 0 if they hardly do.

    ``A.B`` is referred to as ``B``. One word with a capital is telling as the name of a type, not of a function.

    :param kind: as in :class:`indexer.chunking.Definition`, and :param depth: too.
    """
    if depth > _DEEPEST or kind in _NEVER:
        return 0
    if not name.isidentifier():
        name = (WORD.findall(name) or [""])[-1]
    return mention_hash(name) if kind in TYPE_KINDS or len(split_word(name)) > 1 else 0


class MentionHashes(dict[str, int]):
    """Word -> its hash, filled on first use. Not shared between threads."""

    def __missing__(self, word: str) -> int:
        """Work a word's hash out and keep it."""
        value = self[word] = mention_hash(word)
        return value

    def of(self, words: Iterable[str]) -> NDArray[np.uint32]:
        """Return the hashes of the telling ones among some words: ascending, each once."""
        if len(self) > _MAX_CACHED_WORDS:
            self.clear()
        found = set(map(self.__getitem__, words))
        found.discard(0)
        return np.array(sorted(found), np.uint32)
