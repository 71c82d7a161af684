"""Where the cursor stands: on which line, with what before and after it, in code, in a string or in a comment."""

from dataclasses import dataclass
from enum import Enum

from assistant.completion.model import CompletionRequest
from indexer.lexing import TokenKind, lex

_LEXED_CHARS = 40_000
"""Before the cursor; a string or comment that began earlier is taken for code."""
_LETTER = "x"


class Surroundings(Enum):
    """What a letter typed at the cursor would belong to."""

    CODE = "code"
    STRING = "string"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in its line."""

    head: str
    """The line up to the cursor."""
    tail: str
    """The line from the cursor on, without its end."""
    line_start: int
    """Offset of the line's first character."""
    surroundings: Surroundings
    line_end: str
    """What ends lines in this document: ``\\n`` or ``\\r\\n``."""

    @property
    def indent(self) -> str:
        """The white space that the line begins with, up to the cursor."""
        return self.head[: len(self.head) - len(self.head.lstrip())]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands before the cursor on its line."""
        return not self.head.strip()


def place_of(request: CompletionRequest) -> Place:
    """Look at the text around a cursor."""
    text, offset = request.text, request.offset
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    tail = text[offset : end if end >= 0 else len(text)].removesuffix("\r")
    first = text.find("\n")
    line_end = "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
    surroundings = _surroundings(text[:offset], request.language)
    return Place(text[start:offset], tail, start, surroundings, line_end)


def _surroundings(prefix: str, language: str | None) -> Surroundings:
    """Lex a letter at the cursor and see what became of it."""
    if len(prefix) > _LEXED_CHARS:
        prefix = prefix[prefix.find("\n", len(prefix) - _LEXED_CHARS) + 1 :]
    lexed = lex(prefix + _LETTER, language)
    if not len(lexed) or int(lexed.ends[-1]) <= len(prefix):
        return Surroundings.CODE
    kind = int(lexed.kinds[-1])
    if kind == TokenKind.STRING:
        return Surroundings.STRING
    return Surroundings.COMMENT if kind == TokenKind.COMMENT else Surroundings.CODE
