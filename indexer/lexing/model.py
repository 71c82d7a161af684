"""What lexing gives: arrays of token kinds, spans, lines and hashes, one entry a token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class TokenKind(IntEnum):
    """What a token is."""

    IDENTIFIER = 1
    KEYWORD = 2
    NUMBER = 3
    STRING = 4
    """With its quotes and prefix; also a regular expression literal."""
    OPERATOR = 5
    """Punctuation, runs such as ``==`` and ``->`` as one token; also any character that is nothing else."""
    COMMENT = 6


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text and its tokens in order, without overlaps; what lies between them is white space.

    All arrays have one entry a token and must not be written to.
    """

    text: str
    kinds: NDArray[np.uint8]
    """Values of :class:`TokenKind`."""
    starts: NDArray[np.int32]
    """Offsets in characters."""
    ends: NDArray[np.int32]
    """Offsets in characters, half-open."""
    lines: NDArray[np.int32]
    """The line that the token starts on, 1-based."""
    hashes: NDArray[np.uint64]
    """Of the token's characters alone: equal texts have equal hashes, in every process and version."""

    def __len__(self) -> int:
        return len(self.kinds)

    def token(self, index: int) -> str:
        """Return the text of one token."""
        return self.text[self.starts[index] : self.ends[index]]

    def tokens(self) -> Iterator[str]:
        """Yield the texts of all tokens in order."""
        text = self.text
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield text[start:end]
