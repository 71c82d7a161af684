"""Two hashes a token: one of the token itself, and one that is blind to the names of locals and to literals.

Made from `indexer.lexing`, used by everything else here. Comments and docstrings are left out: copies lose and gain
them. Imports stay, so that passages around them align, but are marked as no evidence: everybody imports the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.lexing import Lexed, TokenKind
from indexer.lexing.hashing import text_hash

_VARIABLE, _NUMBER, _STRING = (np.uint64(text_hash(f"\0{name}")) for name in ("variable", "number", "string"))


@dataclass(frozen=True, slots=True)
class Stream:
    """The tokens of a text without its comments and docstrings; all arrays have one entry a token.

    :ivar exact: hashes of tokens as they are written.
    :ivar blind: the same, but all locals are one token, all numbers one and all strings one.
    :ivar lines: the line each starts on, 1-based.
    :ivar imports: whether it belongs to an import.
    :ivar variables: whether it is taken for a local's name.
    :ivar numbers: index of the token in ``lexed``.
    """

    lexed: Lexed
    exact: NDArray[np.uint64]
    blind: NDArray[np.uint64]
    lines: NDArray[np.int32]
    imports: NDArray[np.bool_]
    variables: NDArray[np.bool_]
    numbers: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.exact)

    def token(self, index: int) -> str:
        """Return the text of a token."""
        return self.lexed.token(int(self.numbers[index]))


def stream_of(lexed: Lexed, language: str | None) -> Stream:
    """Hash the tokens of a lexed text."""
    numbers = np.flatnonzero(lexed.kinds != TokenKind.COMMENT)
    if language == "python":
        numbers = np.delete(numbers, _docstrings(lexed, numbers))
    exact = lexed.hashes[numbers]
    kinds = lexed.kinds[numbers]
    lines = lexed.lines[numbers]
    blind = exact.copy()
    blind[kinds == TokenKind.NUMBER] = _NUMBER
    blind[kinds == TokenKind.STRING] = _STRING
    variables = _variables(lexed, numbers, kinds, exact)
    blind[variables] = _VARIABLE
    imports = _imports(exact, lines, language)
    return Stream(lexed, exact, blind, lines, imports, variables, numbers)


_OPEN_ENDED = "( [ { , = + - * / % | and or not in return yield if else == += lambda print".split()


def _docstrings(lexed: Lexed, numbers: NDArray[np.intp]) -> list[int]:
    """Find strings in triple quotes that have their lines to themselves and continue nothing, among *numbers*."""
    kinds, lines = lexed.kinds[numbers], lexed.lines[numbers]
    strings = np.flatnonzero(kinds == TokenKind.STRING)
    first = np.ones(len(strings), np.bool_)
    inner = strings > 0
    first[inner] = lines[strings[inner]] > lines[strings[inner] - 1]
    found = []
    for index in strings[first].tolist():
        number = int(numbers[index])
        start, end = int(lexed.starts[number]), int(lexed.ends[number])
        quote = lexed.text[start : start + 5].lstrip("rRbBuUfF")[:3]
        if quote not in ('"""', "'''"):
            continue
        last = int(lines[index]) + lexed.text.count("\n", start, end)
        if index + 1 < len(lines) and int(lines[index + 1]) <= last:
            continue
        if not index or lexed.token(int(numbers[index - 1])) not in _OPEN_ENDED:
            found.append(index)
    return found


@lru_cache(maxsize=256)
def _word(text: str) -> np.uint64:
    return np.uint64(text_hash(text))


def _any_of(hashes: NDArray[np.uint64], words: tuple[str, ...]) -> NDArray[np.bool_]:
    found = np.zeros(len(hashes), np.bool_)
    for word in words:
        found |= hashes == _word(word)
    return found


def _variables(
    lexed: Lexed, numbers: NDArray[np.intp], kinds: NDArray[np.uint8], exact: NDArray[np.uint64]
) -> NDArray[np.bool_]:
    """Tell which tokens are probably names of locals: lower case, not a member of something, not called."""
    names = np.flatnonzero(kinds == TokenKind.IDENTIFIER)
    letters = np.frombuffer(lexed.text.encode("utf-32-le", "surrogatepass"), np.uint32)[
        lexed.starts[numbers[names]]
    ]
    lower = ((letters >= ord("a")) & (letters <= ord("z"))) | (letters == ord("_")) | (letters == ord("$"))
    lower |= letters >= 128
    variables = np.zeros(len(kinds), np.bool_)
    variables[names[lower]] = True
    variables[1:] &= ~_any_of(exact[:-1], (".", "->", "::", "?."))
    variables[:-1] &= exact[1:] != _word("(")
    return variables


_IMPORT_WORDS: dict[str, tuple[str, ...]] = {
    "python": ("import", "from"),
    "javascript": ("import",),
    "typescript": ("import",),
    "tsx": ("import",),
    "java": ("import", "package"),
    "kotlin": ("import", "package"),
    "scala": ("import", "package"),
    "groovy": ("import", "package"),
    "go": ("import", "package"),
    "rust": ("use",),
    "csharp": ("using",),
    "php": ("use", "namespace", "require_once", "include_once"),
    "swift": ("import",),
    "haskell": ("import",),
    "dart": ("import", "export"),
    "ruby": ("require", "require_relative"),
    "elixir": ("alias", "import", "require"),
    "bash": ("source",),
}
_ANY_IMPORT = ("import", "package", "use", "using", "from")


def _imports(exact: NDArray[np.uint64], lines: NDArray[np.int32], language: str | None) -> NDArray[np.bool_]:
    """Mark import statements: their line, and on to that of the closing bracket where one is opened on it."""
    count = len(exact)
    marked = np.zeros(count, np.bool_)
    if not count:
        return marked
    first = np.empty(count, np.bool_)
    first[0] = True
    first[1:] = lines[1:] != lines[:-1]
    begins = first & _any_of(exact, _IMPORT_WORDS.get(language or "", _ANY_IMPORT))
    begins[:-1] |= first[:-1] & (exact[:-1] == _word("#")) & (exact[1:] == _word("include"))
    starts = np.flatnonzero(begins)
    if not len(starts):
        return marked
    ends = np.searchsorted(lines, lines[starts], side="right")
    opening = np.append(np.flatnonzero(_any_of(exact, ("(", "{"))), count)
    closing = np.append(np.flatnonzero(_any_of(exact, (")", "}"))), count - 1)
    opened = opening[np.searchsorted(opening, starts)]
    closed = closing[np.searchsorted(closing, np.minimum(opened, count - 1))] + 1
    spans = (opened < ends) & (closed - starts < 400)
    behind = np.searchsorted(lines, lines[closed - 1], side="right")
    ends = np.where(spans, np.maximum(ends, behind), ends)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        marked[start:end] = True
    return marked
