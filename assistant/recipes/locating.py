"""Finds the one place in a file that quoted lines stand for, though the quote may have other white space.

Comparisons go from strict to tolerant: equal; equal but for white space at line ends; equal but for indentation, which
then is translated for the new lines; equal but for runs of white space. The first comparison under which there is a
place decides, and there must be exactly one, unless the answer's line number or the selection tells which.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.recipes.edits import Hunk
from assistant.recipes.errors import EditError

_COMPARISONS: tuple[Callable[[str], str], ...] = (
    lambda line: line,
    str.rstrip,
    str.strip,
    lambda line: " ".join(line.split()),
)
_EXACT_LEVELS = 2
"""Comparisons under which indentation is that of the file already."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a hunk fits: lines ``start`` to ``end`` of the file, counted from 0, end exclusive."""

    start: int
    end: int
    before: tuple[str, ...]
    """The quoted lines."""
    quoted_after: tuple[str, ...]
    """What the answer puts in their place, line for line as ``after``."""
    after: tuple[str, ...]
    """Lines to stand there, with the file's indentation."""


def locate(hunk: Hunk, texts: Sequence[str], span: tuple[int, int] | None = None) -> Located:
    """Find the place of a hunk.

    :param texts: the lines of the file.
    :param span: (first, last) line of the selection, 1-based; decides between several places.
    :raises EditError: if it fits nowhere, or in several places.
    """
    for level, comparison in enumerate(_COMPARISONS):
        keys = [comparison(text) for text in texts]
        for reading in hunk.readings:
            before, after = reading.before, reading.after
            found = _places(before, keys, comparison)
            if level >= _EXACT_LEVELS:
                found = [at for at in found if _translation(before, texts[at : at + len(before)]) is not None]
            if found:
                start = _choose(
                    found, None if hunk.line is None else hunk.line - 1 + reading.skipped, before, span
                )
                actual = texts[start : start + len(before)]
                moved = after if level < _EXACT_LEVELS else _reindented(before, after, actual)
                return Located(start, start + len(before), before, after, moved)
    quoted = next((line.strip() for line in hunk.readings[0].before if line.strip()), "")
    if not any(reading.before for reading in hunk.readings):
        raise EditError("the change does not say where it belongs; ask for it with some lines around it")
    raise EditError(
        f'the change fits nowhere in the file (it starts at "{_short(quoted)}"); run the recipe again'
    )


def _places(before: Sequence[str], keys: Sequence[str], comparison: Callable[[str], str]) -> list[int]:
    if not before:
        return [] if keys else [0]
    wanted = [comparison(line) for line in before]
    anchor = max(range(len(wanted)), key=lambda number: len(wanted[number]))
    last = len(keys) - len(wanted)
    return [
        at - anchor
        for at, key in enumerate(keys)
        if key == wanted[anchor]
        and 0 <= at - anchor <= last
        and list(keys[at - anchor : at - anchor + len(wanted)]) == wanted
    ]


def _choose(found: list[int], stated: int | None, before: Sequence[str], span: tuple[int, int] | None) -> int:
    if len(found) == 1 and (any(line.strip() for line in before) or not before):
        return found[0]
    inside = [at for at in found if span and span[0] <= at + 1 and at + len(before) <= span[1]]
    if len(inside) == 1:
        return inside[0]
    if stated in (inside or found):
        return stated
    quoted = next((line.strip() for line in before if line.strip()), "")
    lines = ", ".join(str(at + 1) for at in found[:5])
    raise EditError(
        f'the change fits in {len(found)} places (lines {lines}; it starts at "{_short(quoted)}"); '
        "name the lines that are meant, as in FILE:START-END"
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _translation(before: Sequence[str], actual: Sequence[str]) -> dict[str, str] | None:
    """Return which indentation of the quote is which in the file; None if one would be two."""
    known: dict[str, str] = {}
    for quoted, real in zip(before, actual, strict=True):
        if quoted.strip() and known.setdefault(_indent(quoted), _indent(real)) != _indent(real):
            return None
    return known


def _reindented(before: Sequence[str], after: Sequence[str], actual: Sequence[str]) -> tuple[str, ...]:
    known = _translation(before, actual) or {}
    return tuple(reindent(line, known) for line in after)


def reindent(line: str, known: dict[str, str]) -> str:
    """Give a line the file's indentation, after that of the lines which are known.

    :param known: indentation as quoted -> as in the file.
    """
    if not line.strip() or not known:
        return line.strip() and line
    indent, text = _indent(line), line.lstrip(" \t")
    if indent in known:
        return known[indent] + text
    shorter = [quoted for quoted in known if indent.startswith(quoted)]
    if shorter:
        nearest = max(shorter, key=len)
        return known[nearest] + _in_the_files_units(indent[len(nearest) :], known) + text
    longer = [quoted for quoted in known if quoted.startswith(indent)]
    if not longer:
        return line
    nearest = min(longer, key=len)
    surplus = _in_the_files_units(nearest[len(indent) :], known)
    return known[nearest].removesuffix(surplus) + text


def _in_the_files_units(indent: str, known: dict[str, str]) -> str:
    """Turn further indentation into the file's: tabs for blanks or blanks for tabs, if the known pairs show that."""
    for quoted, real in known.items():
        if quoted and real and set(quoted) == {" "} and set(real) == {"\t"} and len(quoted) % len(real) == 0:
            unit = len(quoted) // len(real)
            if set(indent) <= {" "} and len(indent) % unit == 0:
                return "\t" * (len(indent) // unit)
        if quoted and real and set(quoted) == {"\t"} and set(real) == {" "} and len(real) % len(quoted) == 0:
            unit = len(real) // len(quoted)
            if set(indent) <= {"\t"}:
                return " " * (unit * len(indent))
    return indent


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
