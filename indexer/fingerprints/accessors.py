"""Which tokens belong to methods that only get or set a field: everybody writes these alike, so they prove nothing.

They are known by their bodies: ``{ return name; }``, ``{ return this.name; }``, ``{ this.name = name; }``, the last
also with ``return this;`` behind. What is before the body, back to the end of the method before, goes with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.streams import Stream
from indexer.lexing import TokenKind
from indexer.lexing.hashing import text_hash

_NAME = 0
_OPEN, _CLOSE, _SEMICOLON, _RETURN, _THIS = (text_hash(word) for word in ("{", "}", ";", "return", "this"))
_DOT, _ASSIGN = text_hash("."), text_hash("=")
_GETS = (_OPEN, _RETURN, _NAME, _SEMICOLON, _CLOSE)
_GETS_OWN = (_OPEN, _RETURN, _THIS, _DOT, _NAME, _SEMICOLON, _CLOSE)
_SETS = (_OPEN, _THIS, _DOT, _NAME, _ASSIGN, _NAME, _SEMICOLON, _CLOSE)
_SETS_FLUENTLY = (*_SETS[:-1], _RETURN, _THIS, _SEMICOLON, _CLOSE)
_BODIES = (_GETS, _GETS_OWN, _SETS, _SETS_FLUENTLY)
_SIGNATURE = 16
"""Tokens before a body that may belong to it."""


def accessors(stream: Stream) -> NDArray[np.bool_]:
    """Mark the tokens of methods that only get or set a field, ``(tokens,)``."""
    marked = np.zeros(len(stream), np.bool_)
    exact = stream.exact
    opening = np.flatnonzero(exact[:-1] == np.uint64(_OPEN))
    if not len(opening):
        return marked
    names = stream.lexed.kinds[stream.numbers] == TokenKind.IDENTIFIER
    # Not with numpy.isin, which imports numpy.ma: 25 ms of a process's first look-up.
    ends = np.flatnonzero(
        (exact == np.uint64(_OPEN)) | (exact == np.uint64(_CLOSE)) | (exact == np.uint64(_SEMICOLON))
    )
    for body in _BODIES:
        starts = opening[opening + len(body) <= len(exact)]
        for step, token in enumerate(body):
            at = starts + step
            starts = starts[names[at] if token == _NAME else exact[at] == np.uint64(token)]
        for start in starts.tolist():
            before = int(np.searchsorted(ends, start)) - 1
            begin = int(ends[before]) + 1 if before >= 0 else 0
            marked[max(begin, start - _SIGNATURE) : start + len(body)] = True
    return marked
