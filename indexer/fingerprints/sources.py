"""The tokens of stored contents, as they are needed to compare: read, lexed around a seed, remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.model import Place, StoredText, TextProblem
from indexer.fingerprints.passages import Passage, Seed, passage_around, whole
from indexer.languages import language_of

_KEPT_CHARACTERS = 24_000_000
_KEPT_TOKENS = 1_000_000
"""About 30 MB."""
_ALWAYS_WHOLE = 6_000
"""Characters of a text that is always lexed from its beginning: it takes a quarter of a millisecond."""


class Contents(Protocol):
    """What is read of a store's snapshot."""

    def content_hash(self, content_id: int) -> bytes:
        """Return what a content is known by in every snapshot."""

    def marks(self, content_id: int) -> NDArray[np.int64]:
        """Return the line of every 64th token."""

    def read(self, content_hash: bytes, places: Sequence[Place]) -> StoredText | TextProblem:
        """Return a content's text, and where it was read."""


class _Known(NamedTuple):
    """A text read before; ``passage`` is all of it, once it was lexed whole."""

    read: StoredText
    passage: Passage | None


class Sources:
    """A cache of texts and tokens by content hash; safe to use in threads.

    What was read from a file is used again only while the file has the size and the time of change that it had.
    """

    def __init__(self, kept_characters: int = _KEPT_CHARACTERS, kept_tokens: int = _KEPT_TOKENS) -> None:
        self._limits = kept_characters, kept_tokens
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._characters = self._tokens = 0
        self._lock = threading.Lock()

    def passage(
        self, contents: Contents, content_id: int, places: Sequence[Place], seed: Seed | None
    ) -> Passage | TextProblem:
        """Return the tokens of a content around a seed, lexed in the language of one of its places.

        :param places: of the content, at least one.
        :param seed: None for all tokens.
        """
        known = self._text(contents, content_id, places)
        if isinstance(known, TextProblem):
            return known
        if known.passage is not None:
            return known.passage
        language = language_of(places[0].path).name
        if seed is not None and len(known.read.text) > _ALWAYS_WHOLE:
            found = passage_around(known.read.text, language, seed, contents.marks(content_id))
            if found is not None:
                return found
        made = whole(known.read.text, language)
        self._keep(contents.content_hash(content_id), known._replace(passage=made))
        return made

    def _text(self, contents: Contents, content_id: int, places: Sequence[Place]) -> _Known | TextProblem:
        key = contents.content_hash(content_id)
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        if known is not None and known.read.is_still_there():
            return known
        read = contents.read(key, places)
        if isinstance(read, TextProblem):
            self._forget(key)
            return read
        made = _Known(read, None)
        self._keep(key, made)
        return made

    def _forget(self, key: bytes) -> None:
        with self._lock:
            self._count(self._known.pop(key, None), -1)

    def _keep(self, key: bytes, known: _Known) -> None:
        characters, tokens = self._limits
        with self._lock:
            self._count(self._known.pop(key, None), -1)
            self._known[key] = known
            self._count(known, 1)
            while (self._characters > characters or self._tokens > tokens) and len(self._known) > 1:
                self._count(self._known.popitem(last=False)[1], -1)

    def _count(self, known: _Known | None, sign: int) -> None:
        if known is not None:
            self._characters += sign * len(known.read.text)
            self._tokens += sign * (len(known.passage.stream) if known.passage else 0)
