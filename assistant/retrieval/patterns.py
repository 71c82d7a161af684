"""What is certain about every match of a literal or a regular expression: words that stand whole, a text it holds.

Words narrow a search by the index, the text narrows it by a look at a file's bytes. Both may only ever leave out what
cannot match; where nothing is certain, nothing is said.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

try:  # the parser of the standard library's own regular expressions: no public interface gives the syntax tree
    from re import _constants as constants  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - another implementation of Python
    parser = None

_INNER_WORD = re.compile(r"(?<=\W)\w+(?=\W)")
_GAP = "\n"
"""Stands for one or more characters, or a place, at which any word ends."""

_UNSAFE_FOLDS = frozenset("iksIKS")
"""Letters that others outside ASCII equal whatever the case: the dotted I, the Kelvin sign, the long S."""


@dataclass(frozen=True, slots=True)
class Certain:
    """What every match contains."""

    words: frozenset[str] = frozenset()
    """Words that stand whole in any text with a match, in this case."""
    needle: bytes = b""
    """Longest certain run of ASCII; lower-cased if ``lowered``. Empty if there is none."""
    lowered: bool = False


def certain_of_literal(literal: str) -> Certain:
    r"""Tell what any text that contains a literal contains: the words not at its ends, its longest ASCII run.

    Line feeds end runs, since a file may have ``\r\n`` where the literal has ``\n``.
    """
    return Certain(frozenset(_INNER_WORD.findall(literal)), _needle([literal]))


def certain_of_regex(pattern: re.Pattern[str]) -> Certain:
    """Tell what every text with a match contains."""
    if parser is None:
        return Certain()
    runs = list(_runs(parser.parse(pattern.pattern, pattern.flags), pattern.flags))
    if pattern.flags & re.IGNORECASE:
        parts = (
            "".join("\0" if character in _UNSAFE_FOLDS else character for character in run) for run in runs
        )
        return Certain(needle=_needle(parts).lower(), lowered=True)
    words = frozenset(word for run in runs for word in _INNER_WORD.findall(run))
    return Certain(words, _needle(runs))


def _needle(texts: Iterable[str]) -> bytes:
    runs = (run for text in texts for run in re.findall(r"[\x01-\x09\x0b\x0c\x0e-\x7f]+", text))
    return max(runs, key=len, default="").encode()


def _runs(items: Iterable[tuple[Any, Any]], flags: int) -> Iterator[str]:
    """Yield runs of text that every match contains; a gap in a run is a place where words end."""
    run: list[str] = []
    for operation, argument in _flat(items, flags):
        if operation is constants.LITERAL:
            run.append(chr(argument))
        elif _ends_words(operation, argument, flags):
            run.append(_GAP)
        else:
            yield "".join(run)
            run = []
    yield "".join(run)


def _flat(items: Iterable[tuple[Any, Any]], flags: int) -> Iterator[tuple[Any, Any]]:
    """Take groups apart; one that changes flags stays whole, and with it unknown."""
    for operation, argument in items:
        if operation is constants.SUBPATTERN and not (argument[1] or argument[2]):
            yield from _flat(argument[3], flags)
        else:
            yield operation, argument


_PLACES = ("AT_BEGINNING", "AT_BEGINNING_STRING", "AT_END", "AT_END_STRING")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def _ends_words(operation: Any, argument: Any, flags: int) -> bool:  # noqa: ANN401 - the parser's own types
    """Tell whether an item matches a place where words end, or one or more characters of which none is in a word."""
    if operation is constants.AT:
        bounded = argument is constants.AT_BOUNDARY and not flags & re.ASCII
        return bounded or str(argument) in _PLACES
    if str(operation) in _REPEATS:
        least, _, repeated = argument
        return least > 0 and len(repeated) == 1 and _outside_words(repeated[0], flags)
    return _outside_words((operation, argument), flags)


def _outside_words(item: Any, flags: int) -> bool:  # noqa: ANN401
    """Tell whether an item matches one character that is never part of a word."""
    operation, argument = item
    if operation is constants.IN:
        return all(_outside_words(member, flags) for member in argument)
    if operation is constants.LITERAL:
        return not re.match(r"\w", chr(argument))
    if operation is constants.CATEGORY:
        unicode_words = not flags & re.ASCII
        return argument is constants.CATEGORY_SPACE or (
            argument is constants.CATEGORY_NOT_WORD and unicode_words
        )
    return False
