"""The shipped profiles of licence texts, ready to be compared with.

``profiles.bin`` holds, for each licence, its words as numbers: the text's words in their order, each named by the
CRC-32 of the word; the words themselves are not shipped. The texts come from the SPDX licence list (the list's data is
CC0-1.0) by ``scripts/update_licence_profiles.py``. What is compared are **grams** of four words in a row.
"""

import json
import lzma
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.copies.licences.categories import Category, category_of
from assistant.copies.licences.words import word_key

GRAM = 4
"""Words of a gram: four word numbers of 16 bits make one key of 64 bits, without collisions."""
_FILE = "profiles.bin"


class Part(StrEnum):
    """What a profile is the text of."""

    TERMS = "terms"
    """The licence itself."""
    APPENDIX = "appendix"
    """How to apply it: explains words, grants nothing."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One text."""

    licence: str
    part: Part
    words: NDArray[np.uint16]
    """(n_words,), numbers of words from 1; 0 is a word that no profile has."""
    grams: NDArray[np.int32]
    """(n_words - 3,), rows of :attr:`Profiles.keys`, in the order of the text."""
    distinct: int
    """How many different grams it has."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """All texts and the table of their grams."""

    profiles: tuple[Profile, ...]
    keys: NDArray[np.uint64]
    """(n_grams,), sorted, each once."""
    first: NDArray[np.int64]
    """(n_grams + 1,): the profiles of key ``i`` are ``owners[first[i]:first[i + 1]]``."""
    owners: NDArray[np.int16]
    permissive: NDArray[np.bool_]
    """(n_grams,): whether some permissive licence, or an appendix, has the gram."""
    vocabulary: dict[int, int]
    """From :func:`~assistant.copies.licences.words.word_key` to the number of the word."""

    def numbers_of(self, words: list[str]) -> NDArray[np.uint16]:
        """Return the numbers of words, 0 for those that no profile has."""
        number = self.vocabulary.get
        known = {word: number(word_key(word), 0) for word in set(words)}
        return np.array([known[word] for word in words], dtype=np.uint16)

    def rows_of(self, numbers: NDArray[np.uint16]) -> NDArray[np.int32]:
        """Return, for each gram of a text, its row in :attr:`keys`, or -1."""
        grams = grams_of(numbers)
        if not len(grams):
            return np.empty(0, np.int32)
        rows = np.searchsorted(self.keys, grams)
        rows[rows == len(self.keys)] = 0
        return np.where(self.keys[rows] == grams, rows, -1).astype(np.int32)


def grams_of(numbers: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Return the keys of the grams of a text; a gram with an unknown word matches no profile's."""
    wide = numbers.astype(np.uint64)
    count = max(0, len(wide) - GRAM + 1)
    keys = np.zeros(count, np.uint64)
    for offset in range(GRAM):
        keys = (keys << np.uint64(16)) | wide[offset : offset + count]
    return keys


@lru_cache(maxsize=1)
def load_profiles() -> Profiles:
    """Read the shipped profiles; kept for the life of the process. Takes some 50 ms once."""
    packed = resources.files("assistant.copies.licences").joinpath(_FILE).read_bytes()
    return unpack(packed)


def pack(texts: list[tuple[str, Part, list[int]]]) -> bytes:
    """Return the file's bytes for texts given as licence, part and word keys in order."""
    vocabulary = {key: number for number, key in enumerate(sorted({k for *_, t in texts for k in t}), 1)}
    head = json.dumps([[licence, str(part), len(keys)] for licence, part, keys in texts]).encode()
    words = np.array([vocabulary[key] for *_, keys in texts for key in keys], "<u2")
    sizes = np.array([len(head), len(vocabulary)], "<u4").tobytes()
    raw = sizes + head + np.array(list(vocabulary), "<u4").tobytes() + words.tobytes()
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 1, "pb": 1}]
    return lzma.compress(raw, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters)


def unpack(packed: bytes) -> Profiles:
    """Return the profiles that :func:`pack` wrote."""
    raw = lzma.decompress(packed)
    head_size, vocabulary_size = np.frombuffer(raw, "<u4", 2)
    at = 8 + int(head_size)
    head = json.loads(raw[8:at])
    keys = np.frombuffer(raw, "<u4", int(vocabulary_size), at)
    words = np.frombuffer(raw, "<u2", offset=at + 4 * int(vocabulary_size))
    vocabulary = {int(key): number for number, key in enumerate(keys.tolist(), 1)}
    bounds = np.concatenate([[0], np.cumsum([size for *_, size in head])])
    texts = [words[start:end] for start, end in pairwise(bounds.tolist())]
    return _tabulated(vocabulary, [(name, Part(part)) for name, part, _ in head], texts)


def _tabulated(
    vocabulary: dict[int, int], names: list[tuple[str, Part]], texts: list[NDArray[np.uint16]]
) -> Profiles:
    grams = [grams_of(text) for text in texts]
    everything = np.concatenate(grams)
    keys, rows = np.unique(everything, return_inverse=True)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), [len(part) for part in grams])
    pairs = np.unique(rows.astype(np.int64) * len(texts) + owner)
    first = np.searchsorted(pairs, np.arange(len(keys) + 1, dtype=np.int64) * len(texts))
    owners = (pairs % len(texts)).astype(np.int16)
    distinct = np.bincount(owners, minlength=len(texts))
    ends = np.cumsum([len(part) for part in grams])
    made = tuple(
        Profile(name, part, text, rows[end - len(gram) : end].astype(np.int32), int(count))
        for (name, part), text, gram, end, count in zip(names, texts, grams, ends, distinct, strict=True)
    )
    mild = np.array(
        [part is Part.APPENDIX or category_of(name) is Category.PERMISSIVE for name, part in names], np.bool_
    )
    permissive = np.zeros(len(keys), np.bool_)
    permissive[(pairs // len(texts))[mild[owners]]] = True
    return Profiles(made, keys, first, owners, permissive, vocabulary)
