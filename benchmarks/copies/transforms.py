"""What people do to code that they copy: reformat it, change its comments, rename its locals, edit a line in six.

Each takes a fragment of a parsed file and gives its new text, dedented. The tokens of a reformatted or re-commented
copy are those of the original (tested); a renamed one differs in its locals alone. All choices come from the `Random`
given.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from random import Random

from benchmarks.copies.phrases import COMMENTS, EXTRA_LINES, NAMES
from benchmarks.copies.tokens import Parsed, Token, local_names

LINES_PER_EDIT = 6
_TAB_COLUMNS = 4
_BREAK_AFTER = frozenset("( [ { ,".split())
_SPACED = frozenset("= == != === !== < > <= >= + && || := += -=".split())
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


class Unchangeable(Exception):
    """The transformation does not apply to this fragment, such as a fragment without locals."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Whole rows of a parsed file; rows count from 0 and include the last."""

    parsed: Parsed
    first_row: int
    last_row: int

    @property
    def start(self) -> int:
        """Byte offset of its first row."""
        return sum(len(line) for line in self.parsed.source.splitlines(keepends=True)[: self.first_row])

    def lines(self) -> list[str]:
        """Its text, a row each, without line ends."""
        return self.parsed.source.decode("utf-8").split("\n")[self.first_row : self.last_row + 1]

    def tokens(self) -> list[Token]:
        """Its tokens, comments included."""
        return [token for token in self.parsed.tokens if self.first_row <= token.row <= self.last_row]


def verbatim(fragment: Fragment) -> str:
    """The fragment as it is."""
    return _dedented("\n".join(fragment.lines()))


def reformatted(fragment: Fragment, random: Random) -> str:
    """Other indentation, line breaks and spaces; the same tokens and comments."""
    tokens = fragment.tokens()
    source, language = fragment.parsed.source, fragment.parsed.language
    unit = random.choice(
        [indent for indent in ("  ", "    ", "   ", "\t") if indent != _indent_unit(fragment)]
    )
    base = min(_columns(line) for line in fragment.lines() if line.strip())
    step = max(2, _columns_step(fragment, base))
    layout = _Layout(language, unit, base, step, random.random() < 0.5, random)
    out = [unit * layout.depth(fragment.lines()[tokens[0].row - fragment.first_row])]
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        out.append(token.text)
        if following is not None:
            gap = source[token.end : following.start].decode("utf-8", "replace")
            out.append(layout.gap(token, following, gap))
    return _dedented("".join(out))


class _Layout:
    """Decides the white space between two tokens, in order."""

    def __init__(
        self, language: str, unit: str, base: int, step: int, brace_on_own_line: bool, random: Random
    ) -> None:
        self._python = language == "python"
        self._own_brace = brace_on_own_line and language in ("java", "javascript")
        self._unit, self._base, self._step = unit, base, step
        self._random = random
        self._brackets = 0
        self._level = 0

    def depth(self, line: str) -> int:
        """The indentation of a line in units."""
        return max(0, round((_columns(line) - self._base) / self._step))

    def gap(self, token: Token, following: Token, gap: str) -> str:
        """White space that replaces `gap`, keeping the tokens what they are."""
        if not token.comment and token.text in _OPEN:
            self._brackets += 1
        elif not token.comment and token.text in _CLOSE:
            self._brackets = max(0, self._brackets - 1)
        if "\\" in gap:
            return gap
        if "\n" in gap:
            self._level = self.depth(gap.rpartition("\n")[2])
            return self._at_line_end(token, following, gap)
        if token.comment or following.comment:
            return gap
        return self._within_line(token, following, gap)

    def _at_line_end(self, token: Token, following: Token, gap: str) -> str:
        inside = self._brackets > 0 and not token.comment and not following.comment
        if inside and token.text in _BREAK_AFTER and (self._python or token.text != "{"):
            if self._random.random() < 0.5:
                return " " if token.text == "," else ""
        blank = self._random.random() < 0.15 if gap.count("\n") == 1 else self._random.random() < 0.5
        return "\n" * (2 if blank else 1) + self._unit * self._level

    def _within_line(self, token: Token, following: Token, gap: str) -> str:
        if self._own_brace and following.text == "{" and token.text == ")":
            return "\n" + self._unit * self._level
        breakable = token.text in _BREAK_AFTER and (self._brackets > 0 or not self._python)
        if breakable and following.text not in _CLOSE and self._random.random() < 0.12:
            return "\n" + self._unit * (self._level + 2)
        if gap == "" and token.text in "([" and _is_word(following.text[0]) and self._random.random() < 0.2:
            return " "
        after_operator = token.text in _SPACED and _is_word(following.text[0])
        before_operator = following.text in _SPACED and _is_word(token.text[-1])
        if (after_operator or before_operator) and self._random.random() < 0.3:
            return "" if gap else " "
        return gap


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def recommented(fragment: Fragment, random: Random) -> str:
    """Its comments removed, others written above some lines and behind some."""
    mark = "# " if fragment.parsed.language == "python" else "// "
    lines = _without_comments(fragment)
    inside = {row for token in fragment.tokens() for row in range(token.row + 1, token.end_row + 1)}
    out: list[str] = []
    for row, line in enumerate(lines, fragment.first_row):
        if line is None:
            continue
        if row not in inside and line.strip() and random.random() < 0.3:
            indent = line[: len(line) - len(line.lstrip())]
            out.append(f"{indent}{mark}{random.choice(COMMENTS)}")
        breaks_later = any(token.row == row < token.end_row for token in fragment.tokens())
        ends_code = line.strip() and not breaks_later and row not in inside and not line.endswith("\\")
        if ends_code and random.random() < 0.2:
            line += f"  {mark}{random.choice(COMMENTS)}"
        out.append(line)
    return _dedented("\n".join(out))


def _without_comments(fragment: Fragment) -> list[str | None]:
    """Its rows without comments; None for a row that held nothing else."""
    rows = [line.encode() for line in fragment.lines()]
    touched: set[int] = set()
    starts = _row_starts(fragment.parsed.source)
    for token in reversed(fragment.tokens()):
        if not token.comment:
            continue
        for row in range(token.row, min(token.end_row, fragment.last_row) + 1):
            begin = token.start - starts[row] if row == token.row else 0
            end = token.end - starts[row] if row == token.end_row else len(rows[row - fragment.first_row])
            line = rows[row - fragment.first_row]
            rows[row - fragment.first_row] = line[:begin] + line[end:]
            touched.add(row - fragment.first_row)
    return [
        None if row in touched and not line.strip() else (line.rstrip() if row in touched else line).decode()
        for row, line in enumerate(rows)
    ]


def renamed(fragment: Fragment, random: Random) -> str:
    """Every local variable and parameter under another name, the same one wherever it stands.

    :raises Unchangeable: when fewer than two locals, or fewer than three uses of them, stand in the fragment.
    """
    start = fragment.start
    text = "\n".join(fragment.lines())
    locals_ = local_names(fragment.parsed, start, start + len(text.encode()))
    if len(locals_) < 2 or sum(map(len, locals_.values())) < 3:
        raise Unchangeable("fewer than two locals or three uses")
    taken = {token.text for token in fragment.tokens()}
    free = [name for name in NAMES if name not in taken]
    chosen = dict(zip(sorted(locals_), random.sample(free, len(locals_)), strict=True))
    data = text.encode()
    spans = sorted((at, name) for name, places in locals_.items() for at in places)
    for (begin, end), name in reversed(spans):
        data = data[: begin - start] + chosen[name].encode() + data[end - start :]
    return _dedented(data.decode("utf-8"))


def edited(fragment: Fragment, random: Random) -> str:
    """One line inserted, deleted or replaced for each six lines of code, and at least one.

    The lines are spread: each edit has a stretch of its own.
    """
    lines: list[str | None] = list(fragment.lines())
    tokens = [token for token in fragment.tokens() if not token.comment]
    inside = {
        row for token in tokens for row in range(token.row, token.end_row + 1) if token.row != token.end_row
    }
    rows = sorted({token.row for token in tokens} - inside)
    names = [token.text for token in tokens if re.fullmatch(r"[a-z]\w{2,}", token.text)] or ["result"]
    edits = max(1, len({token.row for token in tokens}) // LINES_PER_EDIT)
    if len(rows) < 2 * edits:
        raise Unchangeable("too few lines that stand alone")
    before: dict[int, str] = {}
    for edit in range(edits):
        stretch = rows[edit * len(rows) // edits : (edit + 1) * len(rows) // edits]
        what = random.choice(("insert", "delete", "replace"))
        row = random.choice(stretch[1:] or stretch if what == "insert" else stretch)
        line = fragment.lines()[row - fragment.first_row]
        indent = line[: len(line) - len(line.lstrip())]
        extra = random.choice(EXTRA_LINES[fragment.parsed.language]).replace("NAME", random.choice(names))
        if what == "insert":
            before[row - fragment.first_row] = indent + extra
        else:
            lines[row - fragment.first_row] = indent + extra if what == "replace" else None
    out: list[str] = []
    for at, kept in enumerate(lines):
        if at in before:
            out.append(before[at])
        if kept is not None:
            out.append(kept)
    return _dedented("\n".join(out))


def _row_starts(source: bytes) -> list[int]:
    starts = [0]
    for line in source.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _columns(line: str) -> int:
    expanded = line.expandtabs(_TAB_COLUMNS)
    return len(expanded) - len(expanded.lstrip())


def _indent_unit(fragment: Fragment) -> str:
    lines = fragment.lines()
    if any(line.startswith("\t") for line in lines):
        return "\t"
    return " " * _columns_step(fragment, min(_columns(line) for line in lines if line.strip()))


def _columns_step(fragment: Fragment, base: int) -> int:
    deeper = [_columns(line) - base for line in fragment.lines() if line.strip() and _columns(line) > base]
    return min(deeper, default=4)


def _dedented(text: str) -> str:
    """Without common indentation, trailing spaces of lines and blank lines around."""
    lines = [line.rstrip() for line in text.split("\n")]
    return textwrap.dedent("\n".join(lines)).strip("\n") + "\n"
