"""What implements or extends a type: heads of definitions elsewhere that name it as what they are made from.

The graph says which files mention the type; the heads there are then read in the text, so that what is shown is a
fact. Types that implement others without naming them (Go's, those of Python's protocols) are known by their methods.
"""

import re
from collections.abc import Iterator, Sequence

from assistant.answers.places import CurrentFile, Place, current_file
from assistant.answers.references import Reference, files_naming
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.index.snapshot import StoredDefinition
from indexer.lexical.tokens import split_word

_MAX_FILES = 60
_HEAD_LINES = 8
_OPEN_LINES = 40
"""Lines of a head at most, and of one whose brackets are still open: a constructor's parameters."""
_BODY_LINES = 40
_LEFT_OUT = Role.VENDORED | Role.GENERATED | Role.DOCS
_ASIDE = Role.TEST | Role.EXAMPLE | Role.BENCHMARK
_TYPES = frozenset("class interface struct enum trait record object module protocol".split())

_TAKES_IN = re.compile(r"\s*(?:@behaviour|use|include|extend|prepend)\b")
"""A line of a body that takes another type in: Elixir, Ruby."""
_MADE_FROM = re.compile(r"\bextends\b|\bimplements\b|\bwith\b|:(?!:)|<")
_OUTSIDE = {
    "rust": re.compile(
        r"\s*(?:unsafe\s+)?impl\b(?P<base>[^{;]*?)\bfor\s+(?P<name>[^{;]*?)\s*(?:\{|where\b|$)"
    ),
    "haskell": re.compile(
        r"(?:deriving\s+)?instance\s+(?:.*=>\s*)?(?P<base>[\w.]+)\s+(?P<name>.+?)\s*(?:where\b|$)"
    ),
    "swift": re.compile(r"\s*(?:\w+\s+)*extension\s+(?P<name>[\w.]+)\s*:(?P<base>[^{]*)"),
}
"""Implementations that stand outside of the definition of their type, a line each."""


def subtypes(source: Source, path: str, definition: Place, limit: int) -> tuple[tuple[Reference, ...], bool]:
    """Find what extends or implements a type, code before tests and examples.

    :param path: the type's file.
    :return: references at the lines that name the type, and whether these are all that the index knows.
    """
    rows, complete = files_naming(source, definition.name)
    roles = source.snapshot.roles
    rows = [row for row in rows if not int(roles[row]) & _LEFT_OUT.value]
    rows.sort(key=lambda row: bool(int(roles[row]) & _ASIDE.value))
    found: list[Reference] = []
    for count, row in enumerate(rows[:_MAX_FILES]):
        file = current_file(source, source.snapshot.paths[row])
        if file is not None:
            found += _in_file(file, definition, own=file.path == path)
        if len(found) >= limit and count + 1 < len(rows):
            return tuple(found[:limit]), False
    return tuple(found[:limit]), complete and len(rows) <= _MAX_FILES and len(found) <= limit


def with_all_methods(source: Source, path: str, definition: Place) -> tuple[Reference, ...]:
    """Find types in other places that define every method that a type lists, code before tests and examples.

    :param path: the type's file.
    """
    file = current_file(source, path)
    methods = {
        place.name
        for place in (file.definitions if file else ())
        if place.scope == definition.qualified_name and place.kind in ("method", "function")
    }
    if not methods or (len(methods) == 1 and len(split_word(next(iter(methods)))) < 2):
        return ()  # one method with a common name makes no type
    owners: list[dict[tuple[str, str], StoredDefinition]] = []
    for name in sorted(methods):
        found = [item for item in source.snapshot.definitions_named(name) if item.name == name and item.scope]
        owners.append({(item.path.rpartition("/")[0], item.scope): item for item in reversed(found)})
    shared = set.intersection(*map(set, owners)) - {(path.rpartition("/")[0], definition.qualified_name)}
    roles = source.snapshot.roles
    firsts = [owners[0][key] for key in shared]
    firsts = [item for item in firsts if not int(roles[item.file]) & _LEFT_OUT.value]
    firsts.sort(key=lambda item: (bool(int(roles[item.file]) & _ASIDE.value), item.path, item.start_line))
    return tuple(_owner(source, item) for item in firsts)


def _owner(source: Source, method: StoredDefinition) -> Reference:
    """Return the type that a method belongs to, where it is declared; the method's line if that is not known."""
    folder, name = method.path.rpartition("/")[0], method.scope.rpartition(".")[2]
    for item in source.snapshot.definitions_named(name):
        beside = item.path.rpartition("/")[0] == folder and item.qualified_name == method.scope
        file = current_file(source, item.path) if beside and item.kind in _TYPES else None
        for place in file.definitions if file else ():
            if place.qualified_name == method.scope and place.kind in _TYPES:
                return Reference(item.path, place.name_line, place, is_call=False)
    unknown = Place(method.scope, "", "type", *(method.name_line,) * 4)
    return Reference(method.path, method.name_line, unknown, is_call=False)


def _in_file(file: CurrentFile, base: Place, *, own: bool) -> Iterator[Reference]:
    named = re.compile(rf"(?<!\w){re.escape(base.name)}(?!\w)")
    numbers = [number for number, line in enumerate(file.lines, 1) if named.search(line)]
    if not numbers:
        return
    for place in file.definitions:
        if place.kind in _TYPES and place.name != base.name:
            line = _line_in_head(file, place, named) or _line_in_body(file, place, named)
            if line:
                yield Reference(file.path, line, place, is_call=False)
    if (outside := _OUTSIDE.get(file.language)) is None:
        return
    for number in numbers:
        match = outside.match(file.lines[number - 1])
        if (
            match
            and named.search(_without_brackets(match["base"]))
            and not (own and number == base.name_line)
        ):
            name = " ".join(match["name"].split())
            yield Reference(file.path, number, _implementation(name, number), is_call=False)


def _implementation(name: str, line: int) -> Place:
    return Place(name, "", "implementation", line, line, line, line)


def _line_in_head(file: CurrentFile, place: Place, named: re.Pattern[str]) -> int:
    """Return the line of a definition's head in which it says that it is made from a type; 0 if it does not."""
    head = _head(file, place)
    start = head.find(place.name) + len(place.name)
    rest = head[start:].partition("{")[0]
    bases = _python_bases(rest) if file.language == "python" else _bases(rest)
    match = named.search(bases)
    return place.name_line + head.count("\n", 0, start + match.start()) if match else 0


def _head(file: CurrentFile, place: Place) -> str:
    """Return a definition from its name's line to the end of its signature, and of brackets that are open there."""
    first, most = place.name_line - 1, min(place.end_line, len(file.lines))
    last = min(max(place.signature_end_line, place.name_line), place.name_line + _HEAD_LINES, most)
    head = "\n".join(file.lines[first:last])
    while head.count("(") > head.count(")") and last < min(most, place.name_line + _OPEN_LINES):
        head += "\n" + file.lines[last]
        last += 1
    return head


def _bases(rest: str) -> str:
    """Return the part of a head, after its name, that names types it is made from, every character at its place."""
    rest = _without_brackets(rest)
    rest = re.sub(r"\bwhere\b.*", "", rest, flags=re.DOTALL)
    made = _MADE_FROM.search(rest)
    return " " * made.end() + rest[made.end() :] if made else ""


def _python_bases(rest: str) -> str:
    """Return the bases in ``(A, b.C[D], metaclass=E)``; deeper brackets and what is bound to a keyword are blanked."""
    if not rest.startswith("("):
        return ""
    inside = "".join(_blanked(rest[1:], stop_at_close=True))
    return " " + re.sub(r"\w+\s*=\s*[\w.]+", lambda match: " " * len(match[0]), inside)


def _without_brackets(text: str) -> str:
    """Blank what stands in round or square brackets, or in closed angle ones."""
    text = "".join(_blanked(text, stop_at_close=False))
    while (closed := re.sub(r"<[^<>]*>", lambda match: " " * len(match[0]), text)) != text:
        text = closed
    return text


def _blanked(text: str, *, stop_at_close: bool) -> Iterator[str]:
    depth = 0
    for character in text:
        if character in ")]":
            if stop_at_close and not depth:
                return
            depth = max(0, depth - 1)
        yield " " if (depth and character != "\n") or character in "()[]" else character
        if character in "([":
            depth += 1


def _line_in_body(file: CurrentFile, place: Place, named: re.Pattern[str]) -> int:
    """Return the line with which the first lines of a body take a type in; 0 if none does."""
    if file.language not in ("ruby", "elixir"):
        return 0
    last = min(place.end_line, place.name_line + _BODY_LINES, len(file.lines))
    lines: Sequence[str] = file.lines[place.name_line : last]
    for number, line in enumerate(lines, place.name_line + 1):
        if _TAKES_IN.match(line) and named.search(line):
            return number
    return 0
