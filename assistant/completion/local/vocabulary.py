"""Words and their ids: a large base that lies on disk, and on top of it what open documents have brought since.

Ids are dense; those of :data:`~assistant.completion.local.tokens.MARKERS` come first. Words are found by the lexer's
hashes, so that opening the base reads nothing of it; a word's text is only read when it is shown.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.tokens import MARKERS, CodeTokens


class WordCounter:
    """Gives the next id to every new word; used while a vocabulary is made."""

    def __init__(self) -> None:
        self.words = [word for word, _ in MARKERS]
        self.kinds = bytearray(int(kind) for _, kind in MARKERS)
        self._ids = {number: number for number in range(len(MARKERS))}

    def encode(self, tokens: CodeTokens) -> NDArray[np.int32]:
        """Return the ids of tokens, ``(n,)`` int32; a word's kind is that of its first occurrence."""
        hashes, firsts, inverse = np.unique(tokens.hashes, return_index=True, return_inverse=True)
        ids = self._ids
        numbers = np.empty(len(hashes), np.int32)
        for at, (value, first) in enumerate(zip(hashes.tolist(), firsts.tolist(), strict=True)):
            number = ids.get(value)
            if number is None:
                number = ids[value] = len(self.words)
                self.words.append(tokens.word(first))
                self.kinds.append(int(tokens.kinds[first]))
            numbers[at] = number
        return numbers[inverse]

    def sorted_hashes(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return all hashes, ascending, and the id of the word that each belongs to."""
        hashes = np.fromiter(self._ids, np.uint64, len(self._ids))
        order = np.argsort(hashes)
        return hashes[order], order.astype(np.int32)


class Vocabulary:
    """Words to ids and back. Reading and adding are safe from several threads.

    :param blob: the base's words in UTF-8, one after the other.
    :param offsets: ``(n_words + 1,)`` int64 into it.
    :param hashes: ``(n_words,)`` uint64, ascending; ``hash_ids``: the word with each hash, int32.
    :param kinds: ``(n_words,)`` uint8.
    """

    def __init__(
        self,
        blob: NDArray[np.uint8],
        offsets: NDArray[np.int64],
        hashes: NDArray[np.uint64],
        hash_ids: NDArray[np.int32],
        kinds: NDArray[np.uint8],
    ) -> None:
        self._blob, self._offsets, self._hashes, self._hash_ids = blob, offsets, hashes, hash_ids
        self.base_size = len(kinds)
        self._new: dict[int, int] = {}
        self._texts: dict[int, str] = {}
        self._kinds = np.concatenate((kinds, np.zeros(1024, np.uint8)))
        self._lock = Lock()

    def __len__(self) -> int:
        return self.base_size + len(self._new)

    @property
    def kinds(self) -> NDArray[np.uint8]:
        """Kinds by id, uint8; at least as long as the vocabulary."""
        return self._kinds

    def text(self, word: int) -> str:
        """Return a word by its id."""
        found = self._texts.get(word)
        if found is None:
            start, end = int(self._offsets[word]), int(self._offsets[word + 1])
            found = self._texts[word] = self._blob[start:end].tobytes().decode("utf-8", "surrogatepass")
        return found

    def encode(self, tokens: CodeTokens) -> NDArray[np.int32]:
        """Return the ids of tokens, ``(n,)`` int32, adding the words that are new."""
        places = np.minimum(np.searchsorted(self._hashes, tokens.hashes), len(self._hashes) - 1)
        ids: NDArray[np.int32] = self._hash_ids[places]
        missing = np.flatnonzero(self._hashes[places] != tokens.hashes)
        if len(missing):
            with self._lock:
                ids[missing] = [self._id(tokens, at) for at in missing.tolist()]
        return ids

    def _id(self, tokens: CodeTokens, at: int) -> int:
        value = int(tokens.hashes[at])
        number = self._new.get(value)
        if number is None:
            number = len(self)
            if number >= len(self._kinds):
                self._kinds = np.concatenate((self._kinds, np.zeros(len(self._kinds), np.uint8)))
            self._kinds[number] = tokens.kinds[at]
            self._texts[number] = tokens.word(at)
            self._new[value] = number
        return number


def pack_words(words: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return words as one block of UTF-8 and ``(n + 1,)`` int64 offsets into it."""
    encoded: Sequence[bytes] = [word.encode("utf-8", "surrogatepass") for word in words]
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(word) for word in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def unpack_words(blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> list[str]:
    """Return what :func:`pack_words` packed."""
    joined = blob.tobytes()
    borders = offsets.tolist()
    return [joined[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(borders)]
