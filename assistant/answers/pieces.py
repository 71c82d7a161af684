"""Cuts a streamed answer into pieces: blanks, words, code spans, citations, fenced blocks.

Text arrives in deltas of any length. A piece is given out as soon as no further character could change what it is, so
the pieces of an answer are the same however it was cut (blanks and the text of fenced blocks may come in parts). The
pieces' texts, joined, are the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from assistant.answers.citation_syntax import (
    LINES_IN_WORDS,
    IsPath,
    Part,
    Reference,
    clean_path,
    find_bare,
    looks_like_path,
    parse_bracket,
    parse_reference,
    parse_target,
)

MAX_HELD_CHARS = 400
"""What has not become a citation or code span after so many characters is text."""

_MAX_WORD_CHARS = 300
_LOOKAHEAD_CHARS = 40
_LOOKAHEAD_PATH_CHARS = 200

_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\s`\[]+")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_RUN = re.compile(r"`+")
_AFTER = re.compile(rf",? \(?(?:at |on )?{LINES_IN_WORDS}(?!\d)\)?", re.IGNORECASE)
_MAY_FOLLOW = re.compile(r",?(?:$| $| ?\(?(?:l|at|on|a$|o$|$))", re.IGNORECASE)
_OF_PATH = re.compile(
    rf"{LINES_IN_WORDS} (?:of|in) (?:the )?(?:file )?"
    r"(?:`(?P<quoted>[^`\n]+)`|(?P<path>[^\s`\[\]()]*\w))(?=[.,;:!?)*]*(?:\s|$))",
    re.IGNORECASE,
)
_MAY_BE_OF = re.compile(
    r"\(?lines?(?:$| $| \d+(?: ?(?:-|\u2013|to|and|through)?(?: ?\d*))?(?:$| $| ?(?:o$|i$|of|in)))",
    re.IGNORECASE,
)


class PieceKind(Enum):
    """What a piece is."""

    BLANKS = auto()
    WORD = auto()
    CODE = auto()
    CITATION = auto()
    FENCE_OPEN = auto()
    FENCE_TEXT = auto()
    FENCE_CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer.

    ``text`` is as the model wrote it. ``content``: what a code span holds, a link's label, a fence's info string.
    ``parts``: of a citation, its references and the text around them; joined they are ``text``.
    """

    kind: PieceKind
    text: str
    content: str = ""
    parts: tuple[Part, ...] = ()


class PieceReader:
    """Cuts one answer. Not shared between threads."""

    def __init__(self, is_path: IsPath) -> None:
        self._is_path = is_path
        self._buffer = ""
        self._position = 0
        self._final = False
        self._at_line_start = True
        self._before = ""
        self._fence = ""

    @property
    def in_fence(self) -> bool:
        """Whether a fenced block is open."""
        return bool(self._fence)

    def feed(self, delta: str) -> Iterator[Piece]:
        """Take the next part of the answer and yield the pieces that are certain now."""
        self._buffer = self._buffer[self._position :] + delta
        self._position = 0
        return self._pieces()

    def finish(self) -> Iterator[Piece]:
        """Yield what was held back; the answer is complete."""
        self._final = True
        return self._pieces()

    def _pieces(self) -> Iterator[Piece]:
        while self._position < len(self._buffer):
            piece = self._in_fence() if self._fence else self._in_prose()
            if piece is None:
                return
            self._position += len(piece.text)
            if piece.kind is not PieceKind.BLANKS or "\n" in piece.text:
                self._at_line_start = piece.text.endswith("\n") or piece.kind is PieceKind.BLANKS
            self._before = piece.text[-1:]
            yield piece

    def _is_open(self, end: int) -> bool:
        """Whether what ends here might go on in the next delta."""
        return end >= len(self._buffer) and not self._final

    def _in_fence(self) -> Piece | None:
        start = self._position
        if self._at_line_start:
            mark = self._fence[0]
            close = re.compile(rf"[ \t]*{mark}{{{len(self._fence)},}}[ \t]*(?:\n|$)").match(
                self._buffer, start
            )
            if close is not None and not (self._is_open(close.end()) and not close.group().endswith("\n")):
                self._fence = ""
                return Piece(PieceKind.FENCE_CLOSE, close.group())
            may_close = re.compile(rf"[ \t]*{mark}*[ \t]*").match(self._buffer, start)
            if (
                may_close is not None
                and self._is_open(may_close.end())
                and may_close.end() - start < _MAX_WORD_CHARS
            ):
                return None
        end = self._buffer.find("\n", start) + 1 or len(self._buffer)
        return Piece(PieceKind.FENCE_TEXT, self._buffer[start:end])

    def _in_prose(self) -> Piece | None:
        start = self._position
        if blanks := _BLANKS.match(self._buffer, start):
            return Piece(PieceKind.BLANKS, blanks.group())
        if self._at_line_start and (fence := _FENCE.match(self._buffer, start)):
            end = self._buffer.find("\n", start)
            if end < 0 and not self._final and len(self._buffer) - start < MAX_HELD_CHARS:
                return None
            line = self._buffer[start : end + 1 if end >= 0 else start + MAX_HELD_CHARS]
            info = line[len(fence.group()) :].strip()
            if end - start < MAX_HELD_CHARS and "`" not in info:
                self._fence = fence.group()
                return Piece(PieceKind.FENCE_OPEN, line, info)
        character = self._buffer[start]
        if character == "`":
            return self._code()
        return self._bracket() if character == "[" else self._word()

    def _code(self) -> Piece | None:
        start = self._position
        run = _RUN.match(self._buffer, start)
        assert run is not None
        if self._is_open(run.end()):
            return None
        close = self._closing_run(run.group(), run.end())
        if close is None:
            waiting = not self._final and "\n\n" not in self._buffer[start : start + MAX_HELD_CHARS]
            if waiting and len(self._buffer) - start < MAX_HELD_CHARS:
                return None
            return Piece(PieceKind.WORD, run.group())
        if self._is_open(close):
            return None
        text = self._buffer[start:close]
        content = text[len(run.group()) : -len(run.group())].strip()
        reference = parse_reference(content, self._is_path)
        if reference is None:
            return Piece(PieceKind.CODE, text, content)
        if reference.start_line is None:
            return self._with_lines_after(text, Piece(PieceKind.CODE, text, content), content)
        return Piece(PieceKind.CITATION, text, "", (Part(text, reference),))

    def _closing_run(self, run: str, start: int) -> int | None:
        """Return where the run ends that closes a code span; None if it is not there (yet)."""
        limit = self._position + MAX_HELD_CHARS
        end = self._buffer.find("\n\n", start, limit)
        limit = min(limit, end if end >= 0 else limit)
        for other in _RUN.finditer(self._buffer, start, limit):
            if len(other.group()) == len(run):
                return other.end()
        return None

    def _with_lines_after(self, text: str, otherwise: Piece, path: str) -> Piece | None:
        """Join a path with ``, lines 10-20`` or ``(line 10)`` behind it."""
        start = self._position + len(text)
        window = self._buffer[start : start + _LOOKAHEAD_CHARS]
        if (
            not self._final
            and len(window) < _LOOKAHEAD_CHARS
            and "\n" not in window
            and _MAY_FOLLOW.match(window)
        ):
            return None
        after = _AFTER.match(window)
        if after is None:
            return otherwise
        first = int(after["start"])
        reference = Reference(clean_path(path), first, int(after["end"] or first))
        whole = text + after.group()
        return Piece(PieceKind.CITATION, whole, "", (Part(whole, reference),))

    def _bracket(self) -> Piece | None:
        start = self._position
        limit = start + MAX_HELD_CHARS
        end = self._buffer.find("]", start, limit)
        line_end = self._buffer.find("\n", start, limit)
        if end < 0 or 0 <= line_end < end:
            if line_end < 0 and not self._final and len(self._buffer) < limit:
                return None
            return Piece(PieceKind.WORD, "[")
        if self._is_open(end + 1):
            return None
        content = self._buffer[start + 1 : end]
        if self._buffer.startswith("(", end + 1):
            return self._link(content, end + 2)
        parts = () if self._is_subscript() else parse_bracket(content, self._is_path)
        if not parts:
            return Piece(PieceKind.WORD, "[")
        return Piece(PieceKind.CITATION, f"[{content}]", "", _with_edges("[", parts, "]"))

    def _is_subscript(self) -> bool:
        return self._before.isalnum() and self._before != ""

    def _link(self, label: str, target_start: int) -> Piece | None:
        start = self._position
        limit = target_start + MAX_HELD_CHARS
        end = self._buffer.find(")", target_start, limit)
        stop = re.compile(r"[\n]").search(self._buffer, target_start, limit)
        if end < 0 or (stop and stop.start() < end):
            if stop is None and not self._final and len(self._buffer) < limit:
                return None
            target = None
        else:
            target = parse_target(self._buffer[target_start:end], self._is_path)
        if target is not None and self._before != "!":
            text = self._buffer[start : end + 1]
            parts = parse_bracket(label, self._is_path)
            stated = [part.reference for part in parts if part.reference]
            if len(stated) == 1 and stated[0].start_line is not None and target.start_line is None:
                target = stated[0]
            return Piece(PieceKind.CITATION, text, "" if stated else label, (Part(text, target),))
        parts = parse_bracket(label, self._is_path)
        if (
            parts
            and target is None
            and not self._buffer[target_start : target_start + 4].lower().startswith("http")
        ):
            return Piece(PieceKind.CITATION, f"[{label}]", "", _with_edges("[", parts, "]"))
        return Piece(PieceKind.WORD, "[")

    def _word(self) -> Piece | None:
        start = self._position
        match = _WORD.match(self._buffer, start, start + _MAX_WORD_CHARS)
        assert match is not None
        if self._is_open(match.end()) and len(match.group()) < _MAX_WORD_CHARS:
            return None
        word = match.group()
        if found := find_bare(word, self._is_path):
            first, last, reference = found
            if first:
                return Piece(PieceKind.WORD, word[:first])
            return Piece(PieceKind.CITATION, word[:last], "", (Part(word[:last], reference),))
        lead = len(word) - len(word.lstrip("(*\"'"))
        if lead and lead < len(word):
            return Piece(PieceKind.WORD, word[:lead])
        if word.lower() in ("line", "lines"):
            return self._lines_of_path(word)
        bare = word.rstrip(".,;:!?)*_\"'")
        if (
            bare
            and "://" not in word
            and looks_like_path(bare, self._is_path)
            and word[len(bare) :] in ("", ",")
        ):
            return self._with_lines_after(bare, Piece(PieceKind.WORD, bare), bare)
        return Piece(PieceKind.WORD, word)

    def _lines_of_path(self, word: str) -> Piece | None:
        """Join ``lines 10-20 of`` with the path that follows."""
        start = self._position
        window = self._buffer[start : start + _LOOKAHEAD_PATH_CHARS]
        cut = window.find("\n")
        window = window[: cut if cut >= 0 else None]
        complete = self._final or cut >= 0 or len(window) == _LOOKAHEAD_PATH_CHARS
        match = _OF_PATH.match(window)
        if match and (window[match.end() :].strip(".,;:!?)*") or window[-1:].isspace() or complete):
            path = match["quoted"] or match["path"]
            if looks_like_path(path, self._is_path):
                first = int(match["start"])
                reference = Reference(clean_path(path), first, int(match["end"] or first))
                return Piece(PieceKind.CITATION, match.group(), "", (Part(match.group(), reference),))
            return Piece(PieceKind.WORD, word)
        if not complete and _MAY_BE_OF.match(window):
            return None
        return Piece(PieceKind.WORD, word)


def _with_edges(before: str, parts: tuple[Part, ...], after: str) -> tuple[Part, ...]:
    """Put the brackets into a single reference's text; around several they stand as text of their own."""
    if len(parts) == 1:
        return (Part(f"{before}{parts[0].text}{after}", parts[0].reference),)
    return (Part(before, None), *parts, Part(after, None))
