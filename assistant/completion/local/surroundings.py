"""Where the cursor is, in tokens: what stands before it, which word is begun, and whether code is expected at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.documents import Document
from assistant.completion.local.tokens import DEDENTED_ID, FILE_ID, INDENTED_ID, LINE_ID, Kind
from assistant.completion.local.vocabulary import Vocabulary
from indexer.lexing import TokenKind, lex

_QUOTES = "\"'`"


@dataclass(frozen=True, slots=True)
class Place:
    """What stands before a cursor.

    :param before: int32 ids, without a word that is begun at the cursor; starts with a border.
    :param gaps: the blanks before each of them.
    :param begun: the word that ends at the cursor, which may be whole or the beginning of a longer one; or empty.
    :param blank: blanks stand before that word or, where there is none, before the cursor, within the line.
    """

    before: NDArray[np.int32]
    gaps: list[str]
    begun: str
    begun_id: int
    """Of the begun word as it stands; -1 if there is none."""
    blank: bool

    def finished(self) -> tuple[NDArray[np.int32], bool]:
        """Return the ids before the cursor with the begun word taken to be whole, and whether blanks follow them."""
        if not self.begun:
            return self.before, self.blank
        return np.append(self.before, np.int32(self.begun_id)), False


def place_of(document: Document, vocabulary: Vocabulary) -> Place | None:
    """Return the place of a document's cursor; None within strings and comments."""
    head = document.head
    if _in_comment(head.text[int(head.ends[-1]) :] if len(head.ids) else head.text, document.language):
        return None
    ids, gaps, begun, begun_id = head.ids, head.gaps, "", -1
    at_cursor = len(ids) > 0 and int(head.ends[-1]) == len(head.text)
    if at_cursor:
        kind = vocabulary.kinds[ids[-1]]
        word = head.text[int(head.starts[-1]) : int(head.ends[-1])]
        if _is_open_string(kind, word):
            return None
        if kind in (Kind.WORD, Kind.KEYWORD):
            begun, begun_id, ids, gaps = word, int(ids[-1]), ids[:-1], gaps[:-1]
    line_start = head.text.rfind("\n") + 1
    marker = []
    blank = bool(head.gaps[-1]) if begun else False
    if not at_cursor and not head.text[line_start:].strip():
        marker = [_marker(document, vocabulary, len(head.text) - line_start)]
    elif not begun:
        blank = head.text[-1:].isspace()
    before = np.concatenate(([FILE_ID], ids, marker)).astype(np.int32)
    return Place(before, ["", *gaps, *([""] * len(marker))], begun, begun_id, blank)


def _marker(document: Document, vocabulary: Vocabulary, column: int) -> int:
    """Return the marker of a line that is still blank, by the column of the cursor in it."""
    head = document.head
    markers = np.flatnonzero(vocabulary.kinds[head.ids] == Kind.LINE)
    if not len(markers):
        return LINE_ID
    start = int(head.starts[markers[-1]])
    indent = start - (head.text.rfind("\n", 0, start) + 1)
    if column == indent:
        return LINE_ID
    return INDENTED_ID if column > indent else DEDENTED_ID


def _in_comment(rest: str, language: str | None) -> bool:
    """Tell whether a comment lasts up to the end of what follows the last token."""
    if rest.isspace() or not rest:
        return False
    lexed = lex(rest, language)
    comments = lexed.ends[lexed.kinds == TokenKind.COMMENT]
    return len(comments) > 0 and int(comments[-1]) == len(rest)


def _is_open_string(kind: int, word: str) -> bool:
    if kind != Kind.STRING:
        return False
    body = word.lstrip("rRbBuUfFlL#$@")
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    if quote not in ('"""', "'''") and quote not in _QUOTES:
        return False  # a regular expression or the like, whose end is not known from its text
    return len(body) < 2 * len(quote) or not body.rstrip("#").endswith(quote)
