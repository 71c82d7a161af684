"""What a search shows of documents that differ from what was indexed: places as they are in the editor now.

Needs the engine: imported in threads only.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from assistant.answers import Passage, passage
from assistant.answers.highlight import Matcher
from assistant.answers.passages import passage_in
from assistant.answers.places import CurrentFile, Place, current_file, relocated
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source

_EXACT = (QueryKind.LITERAL, QueryKind.REGEX)
_MAX_PARSED_BYTES = 400_000
"""Parsing holds Python's lock, 10 ms for every 90 kB: a larger text is not looked through for new names."""
_GONE = "not in the file any more"


class OpenFiles:
    """The open files as they are now, each parsed once for a search."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, str], CurrentFile | None] = {}

    def get(self, source: Source, path: str) -> CurrentFile | None:
        """Return a file; None if it is gone."""
        key = (source.snapshot.root, path)
        if key not in self._known:
            self._known[key] = current_file(source, path)
        return self._known[key]


def passage_now(
    source: Source, result: SearchResult, query: Query, max_lines: int, matcher: Matcher, files: OpenFiles
) -> Passage:
    """Return what to show of a result; without lines if its place is gone."""
    if result.path not in source.texts.open_paths():
        return passage(source, result, query, max_lines, matcher)
    file = files.get(source, result.path)
    if file is None:
        return Passage(result, (), _GONE)
    if not file.changed:
        return passage(source, result, query, max_lines, matcher)
    now = _found_lines(file, result) if query.kind in _EXACT else _moved(source, file, result)
    if now is None:
        return Passage(result, (), _GONE)
    return _passage(source, file, now, query, matcher, max_lines)


def new_definitions(
    sources: Iterable[Source], query: Query, matcher: Matcher, max_lines: int, files: OpenFiles
) -> list[Passage]:
    """Return the definitions of an asked name that only stand in an open document yet."""
    if not query.symbol:
        return []
    name = query.symbol.replace("::", ".").rpartition(".")[2]
    found = []
    for source in sources:
        indexed = {item.path for item in source.snapshot.definitions_named(name)}
        for path in sorted(source.texts.open_paths() - indexed):
            text = source.texts.read(path)
            if text is None or len(text.text) > _MAX_PARSED_BYTES:
                continue
            file = files.get(source, path)
            for place in file.definitions if file is not None and file.changed else ():
                if file is not None and place.name == name:
                    result = _result(source, file, place)
                    found.append(_passage(source, file, result, query, matcher, max_lines))
    return found


def _found_lines(file: CurrentFile, result: SearchResult) -> SearchResult | None:
    """An exact search has read the text itself: its lines are right, the range around them is the index's."""
    lines = tuple(number for number in result.lines if number <= len(file.lines))
    if not lines:
        return None
    return replace(result, start_line=lines[0], end_line=lines[-1], lines=lines)


def _moved(source: Source, file: CurrentFile, result: SearchResult) -> SearchResult | None:
    place = relocated(source, file, result.start_line, result.end_line, result.name)
    if place is None:
        return None
    start, end = place[0], min(place[1], len(file.lines))
    named = [
        item.name_line for item in file.definitions_within(start, end) if item.qualified_name == result.name
    ]
    return replace(result, start_line=start, end_line=end, lines=tuple(named[:1]))


def _result(source: Source, file: CurrentFile, place: Place) -> SearchResult:
    return SearchResult(
        root=source.snapshot.root,
        path=file.path,
        start_line=place.start_line,
        end_line=place.end_line,
        score=1.0,
        language=file.language,
        name=place.qualified_name,
        kind=place.kind,
        lines=(place.name_line,),
    )


def _passage(
    source: Source, file: CurrentFile, result: SearchResult, query: Query, matcher: Matcher, max_lines: int
) -> Passage:
    places = file.definitions_within(result.start_line, result.end_line)
    weights = matcher.weights(source.snapshot)
    return passage_in(file, result, query, matcher, weights, places, max_lines)
