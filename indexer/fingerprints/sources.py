"""The tokens of stored contents, as they are needed to compare: read, lexed, and remembered for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from indexer.fingerprints.model import Place, TextProblem
from indexer.fingerprints.streams import Stream, stream_of
from indexer.languages import language_of
from indexer.lexing import lex

_KEPT_TOKENS = 2_000_000
"""About 60 MB."""


class Contents(Protocol):
    """What is read of a store's snapshot."""

    def content_hash(self, content_id: int) -> bytes:
        """Return what a content is known by in every snapshot."""

    def text(self, content_id: int) -> str | TextProblem:
        """Return a content's text."""


class Sources:
    """A cache of streams by content hash; safe to use in threads."""

    def __init__(self, kept_tokens: int = _KEPT_TOKENS) -> None:
        self._kept_tokens = kept_tokens
        self._streams: OrderedDict[bytes, Stream] = OrderedDict()
        self._tokens = 0
        self._lock = threading.Lock()

    def stream(self, contents: Contents, content_id: int, place: Place) -> Stream | TextProblem:
        """Return the tokens of a content, lexed in the language of one of its places."""
        key = contents.content_hash(content_id)
        with self._lock:
            known = self._streams.get(key)
            if known is not None:
                self._streams.move_to_end(key)
                return known
        text = contents.text(content_id)
        if isinstance(text, TextProblem):
            return text
        language = language_of(place.path).name
        made = stream_of(lex(text, language), language)
        with self._lock:
            if key not in self._streams:
                self._streams[key] = made
                self._tokens += len(made)
            while self._tokens > self._kept_tokens and len(self._streams) > 1:
                self._tokens -= len(self._streams.popitem(last=False)[1])
        return made
