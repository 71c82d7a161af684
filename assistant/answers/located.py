"""From search results to definitions: the place that is meant is a whole definition, not the chunk that was found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from assistant.answers.highlight import Matcher
from assistant.answers.passages import (
    Passage,
    current_result,
    documented_start,
    lines_of,
    main_place,
    passage_in,
)
from assistant.answers.places import CurrentFile, Place, current_file
from assistant.answers.references import Reference
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.index.snapshot import StoredDefinition
from indexer.lexical.tokens import split_word

_TYPES = frozenset(
    "class interface struct enum trait type record object module protocol union namespace typeclass".split()
)
_OUTSIDE = frozenset({"text", "imports", "comment"})
_REFERABLE = _TYPES | {"function", "method", "constructor", "macro"}
_NO_ANSWER = frozenset({"section", "import"})
_BEHIND = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.GENERATED | Role.COMPAT | Role.BENCHMARK


@dataclass(frozen=True, slots=True)
class Located:
    """A passage, the definition that it shows (None for text outside of any), and how much of the question it has."""

    source: Source
    passage: Passage
    definition: Place | None
    share: float
    """Share of the question's words, 0 to 1, weighed by idf."""

    @property
    def result(self) -> SearchResult:
        """The place."""
        return self.passage.result


class Locator:
    """Turns results of one query into definitions with their decisive lines."""

    def __init__(self, query: Query, matcher: Matcher, max_lines: int) -> None:
        self.query = query
        self.matcher = matcher
        self._max_lines = max_lines

    def locate(self, source: Source, result: SearchResult) -> Located | None:
        """Return what to show of a result; None if it is not in the file any more."""
        file = current_file(source, result.path)
        current = None if file is None else current_result(source, file, result)
        if file is None or current is None:
            return None
        weights = self.matcher.weights(source.snapshot)
        main = main_place(file, current, self.matcher, weights)
        share = self._share(file, current, weights)
        if self.query.kind is QueryKind.TRACE and current.lines:
            framed = file.enclosing(current.lines[0])
            if framed is not None:
                return self.define(source, file, framed, current, share)
        if main is not None and self._meant(main, file, current):
            meant = self._outer(main, file) or main
            return self.define(source, file, meant, current, share)
        if main is None and (named := self._named(file, current, weights)):
            whole = replace(current, start_line=named.start_line, end_line=named.end_line)
            return self.define(source, file, named, whole, share)
        around = file.enclosing(current.start_line)
        places = [around] if around and around.qualified_name == current.name else []
        shown = passage_in(file, current, self.query, self.matcher, weights, places, self._max_lines)
        return Located(source, shown, None, share)

    def define(
        self, source: Source, file: CurrentFile, place: Place, result: SearchResult, share: float
    ) -> Located:
        """Return a definition as an answer, with lines from the part of it that was found."""
        inner = replace(
            result,
            start_line=documented_start(file, place, min(result.start_line, place.start_line)),
            end_line=max(min(place.end_line, result.end_line), place.name_line),
            name=place.qualified_name,
            kind=place.kind,
        )
        weights = self.matcher.weights(source.snapshot)
        shown = passage_in(file, inner, self.query, self.matcher, weights, [place], self._max_lines)
        return Located(source, replace(shown, result=replace(inner, end_line=place.end_line)), place, share)

    def _share(self, file: CurrentFile, result: SearchResult, weights: Mapping[str, float]) -> float:
        total = sum(weights.values())
        lines = file.lines[result.start_line - 1 : result.end_line]
        text = "\n".join((*lines, result.path, result.name))
        return sum(weights[part] for part in self.matcher.parts_in(text)) / total if total else 1.0

    def _named(self, file: CurrentFile, result: SearchResult, weights: Mapping[str, float]) -> Place | None:
        """Return the definition of a file that the question names, where the place found is outside of any."""
        if result.name or result.kind not in _OUTSIDE:
            return None
        asked = {
            place: sum(weights[part] for part in self.matcher.parts_in(place.name))
            for place in file.definitions
            if place.kind in _REFERABLE
        }
        best = max(asked, key=lambda place: (asked[place], -place.start_line), default=None)
        return best if best is not None and asked[best] else None

    def _outer(self, place: Place, file: CurrentFile) -> Place | None:
        """Return the type around a member if the question names the type and nothing of the member's own name."""
        scope = next((other for other in file.definitions if other.qualified_name == place.scope), None)
        if scope is None or scope.kind not in _TYPES:
            return None
        in_scope = self.matcher.parts_in(scope.name)
        named_whole = len(in_scope) >= len(set(split_word(scope.name)))
        return scope if named_whole and not self.matcher.parts_in(place.name) - in_scope else None

    def _meant(self, place: Place, file: CurrentFile, result: SearchResult) -> bool:
        if place.qualified_name == result.name:
            return True
        lines = file.lines[place.start_line - 1 : min(place.end_line, result.end_line)]
        return bool(self.matcher.parts_in("\n".join((place.qualified_name, *lines))))


def definitions_named(source: Source, name: str) -> list[StoredDefinition]:
    """Return the definitions that a name can mean, likeliest first: types, then large ones.

    Those in tests, examples and vendored files only count if there are no others.

    :param name: may be qualified with any of the usual separators.
    """
    parts = [part for part in _split(name) if part]
    if not parts:
        return []
    whole = (
        source.snapshot.definitions_named(name) if len(parts) > 1 else []
    )  # Elixir: one name with dots in it
    found = [
        item for item in whole or source.snapshot.definitions_named(parts[-1]) if item.kind not in _NO_ANSWER
    ]
    found = [item for item in found if item.name in (parts[-1], name)] or found
    if len(parts) > 1:
        found = _owned(found, parts[-2])
    roles = source.snapshot.roles
    code = [item for item in found if not int(roles[item.file]) & _BEHIND.value]
    return sorted(code or found, key=_likelihood)


def _owned(found: list[StoredDefinition], owner: str) -> list[StoredDefinition]:
    """Return the definitions that belong most closely to an owner; all of them if none does."""
    lower = owner.lower()
    for belongs in (
        lambda item: item.scope.rpartition(".")[2] == owner,
        lambda item: lower in (*item.scope.lower().split("."), PurePosixPath(item.path).stem.lower()),
        lambda item: lower in f"{item.scope}.{item.path}".lower(),
    ):
        if inside := [item for item in found if belongs(item)]:
            return inside
    return found


def is_named(place: Place, path: str, name: str) -> bool:
    """Tell whether a definition has a name, and belongs to the type that a qualified one says.

    What an owner is called that begins in lower case, a variable or a module, says nothing about its type.
    """
    *owner, last = [part for part in _split(name) if part][-2:] or [""]
    if place.name.lower() not in (last.lower(), name.lower()):
        return False
    if not owner or not owner[0][:1].isupper():
        return True
    return owner[0].lower() in f"{place.scope}.{path}".lower()


def is_type_named(place: Located, name: str) -> bool:
    """Tell whether a place is a type of exactly this name."""
    definition = place.definition
    return (
        definition is not None
        and definition.kind in _TYPES
        and definition.name in (name, [*_split(name)][-1])
    )


def _split(name: str) -> Iterator[str]:
    for separator in ("::", "->", "#", "/"):
        name = name.replace(separator, ".")
    yield from name.split(".")


def _likelihood(item: StoredDefinition) -> tuple[bool, bool, int, int]:
    return item.kind == "declaration", item.kind not in _TYPES, item.depth, -item.size_bytes


def current_definition(source: Source, item: StoredDefinition) -> tuple[CurrentFile, Place] | None:
    """Return a definition as its file has it now; None if it is gone."""
    file = current_file(source, item.path)
    if file is None:
        return None
    same = [
        place
        for place in file.definitions
        if place.qualified_name == item.qualified_name and place.kind == item.kind
    ]
    nearest = min(same, key=lambda place: abs(place.name_line - item.name_line), default=None)
    return None if nearest is None else (file, nearest)


def result_of(source: Source, file: CurrentFile, place: Place, score: float = 0.0) -> SearchResult:
    """Return a definition as a result."""
    return SearchResult(
        root=source.snapshot.root,
        path=file.path,
        start_line=place.start_line,
        end_line=place.end_line,
        score=score,
        language=file.language,
        name=place.qualified_name,
        kind=place.kind,
        lines=(place.name_line,),
    )


def reference_passage(source: Source, reference: Reference, why: str, matcher: Matcher) -> Passage | None:
    """Return a reference as a passage: the line that names the caller, and the line that refers."""
    file = current_file(source, reference.path)
    if file is None:
        return None
    place = reference.caller or Place(
        "", "", "text", reference.line, reference.line, reference.line, reference.line
    )
    result = replace(result_of(source, file, place), lines=(reference.line,))
    return Passage(result, lines_of(file, [place.name_line, reference.line], matcher), why)
