"""What to show of a search result: its decisive lines, which words matched in them, and why it was found.

Every line comes from the file as it is on disk now. A result whose file changed since it was indexed is
looked up again; one that cannot be found again has no lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answers.highlight import Matcher, Spans
from assistant.answers.places import CurrentFile, Place, current_file, relocated
from assistant.answers.reasons import comment_flags, reason
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source
from indexer.lexical.tokens import WORD

_MAX_SIGNATURE_LINES = 3
_QUOTES = ('"""', "'''")
_NO_NAMES = frozenset({"import", "section", "declaration", "element", "rule"})
_REPEATED = 0.2
"""A word that another shown line has already counts this much of its weight."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file: 1-based number, text without its end, half-open ranges of characters that match."""

    number: int
    text: str
    matches: Spans


@dataclass(frozen=True, slots=True)
class Passage:
    """A result with its decisive lines, ascending (there may be gaps), and its reason.

    No lines means that the place is not in the file any more.
    """

    result: SearchResult
    lines: tuple[Line, ...]
    reason: str


def passage(
    source: Source, result: SearchResult, query: Query, max_lines: int, matcher: Matcher | None = None
) -> Passage:
    """Choose what to show of a result.

    :param source: the searched repository that the result is from.
    :param matcher: of the query; given where many results of one query are shown.
    """
    matcher = matcher or Matcher(query)
    file = current_file(source, result.path)
    current = None if file is None else current_result(source, file, result)
    if file is None or current is None:
        return Passage(result, (), "changed since it was indexed")
    weights = matcher.weights(source.snapshot)
    places = file.definitions_within(current.start_line, current.end_line) or _around(file, current)
    current = _named_after_the_match(file, current, matcher, weights)
    return passage_in(file, current, query, matcher, weights, places, max_lines)


def _named_after_the_match(
    file: CurrentFile, result: SearchResult, matcher: Matcher, weights: Mapping[str, float]
) -> SearchResult:
    """Call a result that holds several definitions after the one that matches, not after its first.

    With lines that were looked for that is the innermost one around the first of them.
    """
    if result.lines:
        first = result.lines[0]
        here = [place for place in file.definitions if place.name_line == first and place.kind != "import"]
        place = here[0] if here else file.enclosing(first)
    else:
        place = main_place(file, result, matcher, weights)
        if place is None or not matcher.parts_in(place.name) - matcher.parts_in(result.name):
            return result
    if place is None or place.kind in _NO_NAMES:
        return result
    return replace(result, name=place.qualified_name, kind=place.kind)


def current_result(source: Source, file: CurrentFile, result: SearchResult) -> SearchResult | None:
    """Return a result with its lines as the file has them now; None if the place is gone."""
    place = relocated(source, file, result.start_line, result.end_line, result.name)
    if place is None:
        return None
    start, end = place
    shift = start - result.start_line
    return replace(
        result,
        start_line=start,
        end_line=min(end, len(file.lines)),
        lines=tuple(number + shift for number in result.lines if number + shift <= len(file.lines)),
    )


def passage_in(
    file: CurrentFile,
    result: SearchResult,
    query: Query,
    matcher: Matcher,
    weights: Mapping[str, float],
    places: Sequence[Place],
    max_lines: int,
) -> Passage:
    """Choose what to show of a result that is known to be in its file.

    :param places: the definitions that the result shows.
    """
    if query.kind is QueryKind.PATH and not result.lines:
        numbers = _beginning(file, result, max_lines)
    else:
        numbers = decisive_lines(file, result, matcher, weights, max_lines)
    lines = file.lines[result.start_line - 1 : result.end_line]
    why = reason(result, query, matcher, weights, places, lines)
    return Passage(result, lines_of(file, numbers, matcher), why)


def _beginning(file: CurrentFile, result: SearchResult, max_lines: int) -> list[int]:
    """Return what a file that was asked for by its path begins with: its first definitions, else its first lines."""
    places = file.definitions_within(result.start_line, result.end_line)
    numbers = [place.name_line for place in places if place.kind != "import"]
    text = (n for n in range(result.start_line, result.end_line + 1) if _says_something(file, n))
    return sorted(set(numbers or text))[:max_lines]


def lines_of(file: CurrentFile, numbers: Sequence[int], matcher: Matcher) -> tuple[Line, ...]:
    """Return lines of a file with what matches in them, ascending; numbers outside the file are left out."""
    inside = sorted({number for number in numbers if 1 <= number <= len(file.lines)})
    return tuple(Line(number, text := file.lines[number - 1], matcher.spans(text)) for number in inside)


def _around(file: CurrentFile, result: SearchResult) -> list[Place]:
    place = file.enclosing(result.start_line)
    return [place] if place and place.qualified_name == result.name else []


def decisive_lines(
    file: CurrentFile, result: SearchResult, matcher: Matcher, weights: Mapping[str, float], max_lines: int
) -> list[int]:
    """Return the numbers of the lines that say most about the query.

    In this order until ``max_lines``: lines that the search itself named; the best definition's signature and
    the first line of its documentation; lines with the query's rarest words that no chosen line has yet.
    """
    chosen = [number for number in result.lines if result.start_line <= number <= result.end_line][:max_lines]
    main = main_place(file, result, matcher, weights)
    if main is not None and len(chosen) < max_lines:
        chosen += _head(file, main, result)[: max_lines - len(chosen)]
    return sorted(set(_filled(file, result, matcher, weights, chosen, max_lines)))


def main_place(
    file: CurrentFile, result: SearchResult, matcher: Matcher, weights: Mapping[str, float]
) -> Place | None:
    """Return the definition in a result that says most about the query, by name and text; None if none."""
    places = file.definitions_within(result.start_line, result.end_line)
    if not places:
        return None

    def score(place: Place) -> tuple[float, bool, int]:
        end = min(place.end_line, result.end_line)
        text = "\n".join(file.lines[place.start_line - 1 : end])
        named = matcher.parts_in(place.name)
        scoped = matcher.parts_in(place.scope) - named
        words = (
            _weight(named, weights) + _weight(scoped, weights) / 2 + _weight(matcher.parts_in(text), weights)
        )
        asked = any(place.name_line <= number <= end for number in result.lines)
        # Of nested sections that say the same the inner one is meant, of definitions the outer one.
        order = place.start_line if place.kind == "section" else -place.start_line
        return asked * sum(weights.values()) + words, place.qualified_name == result.name, order

    return max(places, key=score)


def _weight(parts: set[str], weights: Mapping[str, float]) -> float:
    return sum(weights.get(part, 0.0) for part in parts)


def _head(file: CurrentFile, place: Place, result: SearchResult) -> list[int]:
    """Return the lines of a definition's signature, and of the first sentence that documents it."""
    last = min(place.signature_end_line, place.name_line + _MAX_SIGNATURE_LINES - 1, result.end_line)
    signature = [number for number in range(place.name_line, last + 1) if _says_something(file, number)]
    if place.kind == "section":
        return signature[:1]
    documented = documentation_line(file, place)
    inside = documented if result.start_line <= documented <= result.end_line else 0
    return list(dict.fromkeys([*signature, inside])) if inside else signature


def documentation_line(file: CurrentFile, place: Place) -> int:
    """Return the first line with words of a definition's documentation: in it (Python) or above it; 0 if none."""
    body = range(place.name_line + 1, min(place.signature_end_line + 2, len(file.lines)) + 1)
    if inner := [number for number in body if file.lines[number - 1].lstrip(" \tr").startswith(_QUOTES)]:
        return _first_words(file, range(inner[0], min(inner[0] + 2, len(file.lines) + 1)))
    return _first_words(file, range(documented_start(file, place), place.start_line))


def documented_start(file: CurrentFile, place: Place, first: int = 1) -> int:
    """Return where the comment directly above a definition begins (not before ``first``), or it does."""
    start = place.start_line
    if place.kind == "section":
        return start
    while start > first and comment_flags([file.lines[start - 2]])[0]:
        start -= 1
    return start


def _says_something(file: CurrentFile, number: int) -> bool:
    """Whether a line is more than a brace or opening quotes."""
    return bool(file.lines[number - 1].strip(" \t{\"'"))


def _first_words(file: CurrentFile, numbers: range) -> int:
    """Return the first comment line with a word, 0 if there is none before code begins."""
    in_comment = False
    for number in numbers:
        line = file.lines[number - 1]
        in_comment = in_comment or comment_flags([line])[0]
        if not in_comment:
            return 0
        if WORD.search(line):
            return number
    return 0


def _filled(
    file: CurrentFile,
    result: SearchResult,
    matcher: Matcher,
    weights: Mapping[str, float],
    chosen: list[int],
    max_lines: int,
) -> list[int]:
    """Add the lines that tell most, one after the other; the first ones with text if nothing matches."""
    numbers = range(result.start_line, result.end_line + 1)
    parts = {number: matcher.parts_in(file.lines[number - 1]) for number in numbers}
    shown = {part for number in chosen for part in parts.get(number, ())}
    left = [number for number in numbers if parts[number] and number not in chosen]
    while left and len(chosen) < max_lines:
        best = max(left, key=lambda number: (_gain(parts[number], shown, weights), -number))
        chosen.append(best)
        left.remove(best)
        shown |= parts[best]
    if not chosen:
        chosen = [number for number in numbers if WORD.search(file.lines[number - 1])][:max_lines]
    return chosen


def _gain(parts: set[str], shown: set[str], weights: Mapping[str, float]) -> float:
    return sum(weights.get(part, 0.0) * (_REPEATED if part in shown else 1.0) for part in parts)
