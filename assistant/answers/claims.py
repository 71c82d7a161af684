"""Judges whether cited lines say what a sentence claims of them, by the names in the sentence.

A name is in the lines if it stands there as a word, or if the lines lie inside the definition of that name. Beyond that
there is one margin, and it is structural rather than a number of lines, because a citation that is off by two lines is
as wrong as one that is off by fifty: lines that show the header of a definition the sentence names (or its leading
comment or decorators), or lie in its body, are about that definition, and the sentence may say of it what stands
elsewhere, such as who calls it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answers.code_names import Name, Weight, expression_words
from assistant.answers.identifiers import KnownIdentifiers
from assistant.answers.places import CurrentFile, Place
from assistant.answers.resolution import Resolved

_VALUES = frozenset("field variable constant property element rule section table".split())
"""Definitions that are about nothing but themselves: their lines do not vouch for the rest of a sentence."""

_CALLABLE = frozenset("function method constructor macro trigger".split())
_COMMENT = ("#", "//", "/*", "*", "--", '"""', "'''", "@", ";", "<!--", "%", "[")
_MAX_COMMENT_LINES = 40
_MAX_LINES_NAMED = 3


@dataclass(slots=True)
class Claim:
    """What a sentence says of its citation: the names it uses and the code it quotes."""

    names: list[Name] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)
    inherited: bool = False
    """Whether the names come from the sentence before; then one of them is enough."""

    def __bool__(self) -> bool:
        return bool(self.names or self.expressions)


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that the cited lines do not have, and where it is instead (empty if nowhere)."""

    shown: str
    elsewhere: str


class ClaimJudge:
    """Judges claims against lines. Not shared between threads."""

    def __init__(self, known: KnownIdentifiers) -> None:
        self._known = known

    def judge(self, claim: Claim, places: Sequence[Resolved]) -> list[Missing | None]:
        """Judge the citations that one claim rests on together.

        :return: for each citation the name that refutes it, or None. A name that any of them has is not missing, but
            each must have at least one, or be about one.
        """
        firm, soft = self._weighted(claim)
        needed = firm or soft
        if not needed and not claim.expressions:
            return [None] * len(places)
        held = [{name.parts for name in needed if _mentions(place, name)} for place in places]
        quoted = [any(_quotes(place, text) for text in claim.expressions) for place in places]
        together = set().union(*held) if held else set()
        verdicts: list[Missing | None] = []
        for place, names, has_quote in zip(places, held, quoted, strict=True):
            lacking = [name for name in needed if name.parts not in (together if names else names)]
            verdicts.append(
                self._verdict(claim, place, needed if firm else [], lacking, has_quote, bool(names))
            )
        return verdicts

    def _verdict(
        self,
        claim: Claim,
        place: Resolved,
        firm: list[Name],
        lacking: list[Name],
        has_quote: bool,
        has_some: bool,
    ) -> Missing | None:
        if not lacking and (has_some or has_quote or not claim.expressions):
            return None
        enough = has_some or has_quote
        if (not firm or claim.inherited) and enough:
            return None
        if any(_is_about(place, name) for name in claim.names):
            return None
        if lacking:
            return Missing(lacking[0].shown, self._elsewhere(place, lacking[0]))
        return None if _shares_words(place, claim.expressions) else Missing(claim.expressions[0], "")

    def _weighted(self, claim: Claim) -> tuple[list[Name], list[Name]]:
        """Split a claim's names by what the repository knows: what it defines counts, common words only so."""
        firm, soft = [], []
        for name in dict.fromkeys(claim.names):
            known = self._known
            if name.weight is Weight.FIRM:
                invented = not known.exists(name.last)
                if invented or known.is_in_repository(
                    name.last
                ):  # else it is the user's own word for something
                    firm.append(name)
            elif known.is_defined(name.last) and len(name.parts) > 1:
                firm.append(name)
            elif name.weight is Weight.SOFT or known.is_defined(name.last):
                soft.append(name)
        return firm, soft

    def _elsewhere(self, place: Resolved, name: Name) -> str:
        """Say where a missing name is: defined in the cited file, used there, or defined in another file."""
        defined = [item for item in place.file.definitions if _named(item, name)]
        if defined:
            item = defined[0]
            return f"it is defined at lines {item.start_line}-{item.end_line}"
        numbers = [number for number, line in enumerate(place.file.lines, 1) if _word(name.last).search(line)]
        if numbers:
            listed = ", ".join(map(str, numbers[:_MAX_LINES_NAMED]))
            more = " and elsewhere" if len(numbers) > _MAX_LINES_NAMED else ""
            return f"it is in line{'s' if len(numbers) > 1 else ''} {listed}{more}"
        other = self._known.definitions(name.last)
        return f"it is defined in {other[0].path}:{other[0].start_line}" if other else ""


def _mentions(place: Resolved, name: Name) -> bool:
    text = "\n".join(place.file.lines[place.start_line - 1 : place.end_line])
    if _word(name.last).search(text):
        return True
    return any(_surrounds(item, place) and item.name == name.last for item in place.file.definitions)


def _is_about(place: Resolved, name: Name) -> bool:
    """Whether the lines show where a thing is defined, or are part of a function that is claimed."""
    for item in place.file.definitions:
        if item.kind in _VALUES or not _named(item, name):
            continue
        if item.kind in _CALLABLE and _surrounds(item, place):
            return True
        if place.start_line <= item.name_line and place.end_line >= _head_start(place.file, item):
            return True
    return False


def _named(item: Place, name: Name) -> bool:
    """Whether a definition is the named one; of ``A.b`` the scope must fit where the definition has one."""
    if item.name != name.last:
        return False
    scope = set(re.findall(r"\w+", item.scope))
    return len(name.parts) == 1 or not scope or bool(scope & set(name.parts[:-1]))


def _surrounds(item: Place, place: Resolved) -> bool:
    return item.start_line <= place.start_line and place.end_line <= item.end_line


def _head_start(file: CurrentFile, item: Place) -> int:
    """Return the first line of a definition's decorators and leading comment."""
    start = item.start_line
    while start > 1 and item.start_line - start < _MAX_COMMENT_LINES:
        if not file.lines[start - 2].strip().startswith(_COMMENT):
            break
        start -= 1
    return start


def _quotes(place: Resolved, expression: str) -> bool:
    text = "".join("".join(place.file.lines[place.start_line - 1 : place.end_line]).split())
    return "".join(expression.split()) in text


def _shares_words(place: Resolved, expressions: Sequence[str]) -> bool:
    """Whether the lines have any telling word of quoted code, which models shorten and paraphrase."""
    text = "\n".join(place.file.lines[place.start_line - 1 : place.end_line])
    words = [word for expression in expressions for word in expression_words(expression)]
    return not words or any(_word(word).search(text) for word in words)


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
