"""What helps to understand a passage: signatures of what it uses, and the places that call it."""

from collections.abc import Iterator

from assistant.answers.places import CurrentFile, Place, current_file
from assistant.answers.references import callers
from assistant.context.items import ContextItem
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.index.snapshot import StoredDefinition
from indexer.lexical.tokens import WORD

_MAX_SIGNATURES = 6
_MAX_CALLERS = 2
_MAX_SIGNATURE_LINES = 6
_MIN_NAME_CHARS = 4
_BEHIND = 0.1
"""Related passages stand behind the one that they explain, by this share of its score."""

_TELLING = frozenset(
    "function method constructor class interface struct enum trait type record object macro".split()
)
_ASIDE = Role.TEST | Role.VENDORED | Role.GENERATED | Role.EXAMPLE


def signatures_used(source: Source, item: ContextItem) -> Iterator[ContextItem]:
    """Yield signatures of definitions that a passage names and that only one place defines."""
    seen: set[str] = set()
    found = 0
    for word in WORD.findall(item.text):
        if found >= _MAX_SIGNATURES:
            return
        if len(word) < _MIN_NAME_CHARS or word in seen:
            continue
        seen.add(word)
        definition = _only_definition(source, word)
        if definition is None or _is_inside(definition, item):
            continue
        if (signature := _signature_item(source, definition, item)) is not None:
            found += 1
            yield signature


def callers_of(source: Source, item: ContextItem) -> Iterator[ContextItem]:
    """Yield the lines that call the main definition of a passage, with the caller's signature where it is near."""
    file = current_file(source, item.path)
    place = _main_definition(file, item) if file else None
    if file is None or place is None:
        return
    for use in callers(source, item.path, place, _MAX_CALLERS).uses:
        if use.path == item.path and item.start_line <= use.line <= item.end_line:
            continue
        other = current_file(source, use.path)
        if other is None or use.line > len(other.lines):
            continue
        start, end = max(1, use.line - 1), min(len(other.lines), use.line + 1)
        if use.caller is not None and use.line - use.caller.start_line <= _MAX_SIGNATURE_LINES:
            start = use.caller.start_line
        text = "\n".join(other.lines[start - 1 : end])
        score = item.score * (1 - _BEHIND)
        yield ContextItem(
            use.path, start, end, text, "caller", score, f"uses {place.qualified_name}", item.root
        )


def _main_definition(file: CurrentFile, item: ContextItem) -> Place | None:
    inside = [
        place for place in file.definitions_within(item.start_line, item.end_line) if place.kind in _TELLING
    ]
    return max(
        inside, key=lambda place: place.end_line - place.start_line, default=file.enclosing(item.start_line)
    )


def _only_definition(source: Source, word: str) -> StoredDefinition | None:
    snapshot = source.snapshot
    rows = snapshot.definition_rows_named(word)
    if not 0 < len(rows) <= 3:
        return None
    exact = [
        definition
        for row in rows
        if (definition := snapshot.definition(int(row))).name == word
        and definition.kind in _TELLING
        and not int(snapshot.roles[definition.file]) & _ASIDE.value
    ]
    return exact[0] if len(exact) == 1 else None


def _is_inside(definition: StoredDefinition, item: ContextItem) -> bool:
    return definition.path == item.path and item.start_line <= definition.name_line <= item.end_line


def _signature_item(source: Source, definition: StoredDefinition, item: ContextItem) -> ContextItem | None:
    file = current_file(source, definition.path)
    if file is None:
        return None
    same = [place for place in file.definitions if place.qualified_name == definition.qualified_name]
    if not same:
        return None
    start = same[0].start_line
    end = min(
        max(same[0].signature_end_line, same[0].name_line), start + _MAX_SIGNATURE_LINES - 1, len(file.lines)
    )
    text = "\n".join(file.lines[start - 1 : end])
    score = item.score * (1 - _BEHIND)
    return ContextItem(
        definition.path, start, end, text, "signature", score, f"used by {item.location}", item.root
    )
