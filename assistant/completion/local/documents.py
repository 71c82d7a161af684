"""The tokens of texts that change while they are edited: only the lines that changed are lexed again.

A document is held as its head, what lies before the cursor, and its tail, what lies behind the cursor's line. Typing
lengthens the head and leaves the tail alone; moving the cursor passes lines from one to the other.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.tokens import Kind, tokenize
from assistant.completion.local.vocabulary import Vocabulary

MAX_CHARS = 160_000
"""So much on either side of the cursor is looked at."""
_STEP = 32_000


class TokenizedText:
    """A text with the ids of its tokens; a new version lexes only what differs from the one before.

    ``starts`` and ``ends`` are int64 character offsets, ``ids`` int32, ``blank`` whether blanks stand before a token,
    ``gaps`` what stands there, ``last_kind`` etc. are read from the vocabulary by id.
    """

    def __init__(self, vocabulary: Vocabulary, language: str | None) -> None:
        self._vocabulary = vocabulary
        self.language = language
        self.text = ""
        self.ids: NDArray[np.int32] = np.zeros(0, np.int32)
        self.starts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.ends: NDArray[np.int64] = np.zeros(0, np.int64)
        self.gaps: list[str] = []

    def advance(self, text: str) -> None:
        """Take the next version of a text whose beginning changes little: the head of a document."""
        if text == self.text:
            return
        common = _common_length(self.text, text)
        line = text.rfind("\n", 0, common) + 1
        kept = self._last_marker(line)
        begin = int(self.ends[kept - 1]) if kept else 0
        self._lex(text[begin:], self._indent_at(kept))
        new_ids, new_starts, new_ends, new_gaps = self._lexed
        self.ids = np.concatenate((self.ids[:kept], new_ids))
        self.starts = np.concatenate((self.starts[:kept], new_starts + begin))
        self.ends = np.concatenate((self.ends[:kept], new_ends + begin))
        self.gaps = self.gaps[:kept] + new_gaps
        self.text = text

    def recede(self, text: str) -> None:
        """Take the next version of a text whose end changes little: the tail of a document."""
        if text == self.text:
            return
        same = len(self.text) - _common_length(self.text[::-1], text[::-1])
        markers = np.flatnonzero(self._is_marker(self.ids) & (self.starts > same))
        # The first of these lines may have begun before; from the second on the line is whole.
        kept = int(markers[1]) if len(markers) > 1 else len(self.ids)
        shift = len(text) - len(self.text)
        head = text[: int(self.starts[kept]) + shift] if kept < len(self.ids) else text
        self._lex(head, -1)
        new_ids, new_starts, new_ends, new_gaps = self._lexed
        self.ids = np.concatenate((new_ids, self.ids[kept:]))
        self.starts = np.concatenate((new_starts, self.starts[kept:] + shift))
        self.ends = np.concatenate((new_ends, self.ends[kept:] + shift))
        self.gaps = new_gaps + self.gaps[kept:]
        self.text = text

    def _lex(self, text: str, indent: int) -> None:
        tokens = tokenize(text, self.language, indent)
        self._lexed = (
            self._vocabulary.encode(tokens),
            tokens.starts.astype(np.int64),
            tokens.ends.astype(np.int64),
            list(tokens.gaps),
        )

    def _is_marker(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        marks: NDArray[np.bool_] = self._vocabulary.kinds[ids] == Kind.LINE
        return marks

    def _last_marker(self, offset: int) -> int:
        """Return the last line marker before an offset; what precedes it ends a line and stays as it is."""
        before = int(np.searchsorted(self.starts, offset, "left"))
        markers = np.flatnonzero(self._is_marker(self.ids[:before]))
        return int(markers[-1]) if len(markers) else 0

    def _indent_at(self, kept: int) -> int:
        """Return the columns before the first token of the last line before a marker; -1 if there is none."""
        markers = np.flatnonzero(self._is_marker(self.ids[:kept]))
        if not len(markers):
            return -1
        start = int(self.starts[markers[-1]])
        return start - (self.text.rfind("\n", 0, start) + 1)


class Document:
    """A text with a cursor in it."""

    def __init__(self, vocabulary: Vocabulary, language: str | None) -> None:
        self.language = language
        self.head = TokenizedText(vocabulary, language)
        self.tail = TokenizedText(vocabulary, language)

    def move_to(self, text: str, offset: int) -> None:
        """Take a version of the text and where the cursor is in it; the tail is that of the version before."""
        self.head.advance(text[_head_start(text, offset) : offset])

    def look_behind(self, text: str, offset: int) -> None:
        """Take what is behind the cursor's line, for a cursor in code: within a string, what follows is no code."""
        line_end = text.find("\n", offset)
        self.tail.recede(text[line_end : line_end + MAX_CHARS] if line_end >= 0 else "")


def _head_start(text: str, offset: int) -> int:
    """Return where the head starts: it moves in steps, so that most edits leave it where it was."""
    if offset <= MAX_CHARS:
        return 0
    start = (offset - MAX_CHARS) // _STEP * _STEP
    return text.find("\n", start, offset) + 1


def _common_length(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their start."""
    return _largest(lambda length: one[:length] == other[:length], min(len(one), len(other)))


def _largest(holds: Callable[[int], bool], high: int) -> int:
    """Return the largest number up to ``high`` that holds, where all smaller ones do too; 0 always holds."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
