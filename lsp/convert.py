"""Between what the engine says and what the protocol says: lines that count from 1 and from 0, kinds, places.

The only module that does so. Nothing here reads a file or knows a session.
"""

from collections.abc import Sequence

from lsprotocol import types

from lsp.text import Edit, TextSnapshot
from lsp.text.documents import Change

_SYMBOL_KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "constructor": types.SymbolKind.Constructor,
    "class": types.SymbolKind.Class,
    "interface": types.SymbolKind.Interface,
    "trait": types.SymbolKind.Interface,
    "struct": types.SymbolKind.Struct,
    "record": types.SymbolKind.Struct,
    "union": types.SymbolKind.Struct,
    "enum": types.SymbolKind.Enum,
    "type": types.SymbolKind.Class,
    "object": types.SymbolKind.Object,
    "module": types.SymbolKind.Module,
    "namespace": types.SymbolKind.Namespace,
    "implementation": types.SymbolKind.Class,
    "constant": types.SymbolKind.Constant,
    "variable": types.SymbolKind.Variable,
    "field": types.SymbolKind.Field,
    "property": types.SymbolKind.Property,
    "macro": types.SymbolKind.Function,
    "declaration": types.SymbolKind.Function,
    "section": types.SymbolKind.String,
    "table": types.SymbolKind.Struct,
    "view": types.SymbolKind.Struct,
    "index": types.SymbolKind.Key,
    "trigger": types.SymbolKind.Event,
    "schema": types.SymbolKind.Namespace,
    "element": types.SymbolKind.Field,
    "rule": types.SymbolKind.Class,
}


def symbol_kind(kind: str) -> types.SymbolKind:
    """Return the protocol's kind of a definition."""
    return _SYMBOL_KINDS.get(kind, types.SymbolKind.Variable)


def line_range(start_line: int, end_line: int) -> types.Range:
    """Return the range of whole lines: from the first one's start to the start of the one behind the last.

    :param start_line: counted from 1, as everywhere inside; ``end_line`` is part of the range.
    """
    return types.Range(types.Position(max(0, start_line - 1), 0), types.Position(max(0, end_line), 0))


def lines_of(span: types.Range) -> tuple[int, int]:
    """Return the lines, counted from 1, that a selection touches; an end at a line's start does not touch it."""
    start, end = span.start.line + 1, span.end.line + 1
    if span.end.character == 0 and end > start:
        end -= 1
    return start, max(start, end)


def text_range(snapshot: TextSnapshot, start: int, end: int) -> types.Range:
    """Return the range between two character offsets of a text."""
    return types.Range(
        types.Position(*snapshot.position(start)),
        types.Position(*snapshot.position(end)),
    )


def offset_of(snapshot: TextSnapshot, position: types.Position) -> int:
    """Return the character offset of a position; what lies outside the text is clamped."""
    return snapshot.offset(position.line, position.character)


def selected_text(snapshot: TextSnapshot, span: types.Range) -> str:
    """Return the text of a range, whichever way round it is."""
    start, end = sorted((offset_of(snapshot, span.start), offset_of(snapshot, span.end)))
    return snapshot.text[start:end]


def changes_of(changes: Sequence[types.TextDocumentContentChangeEvent]) -> list[Change]:
    """Return the edits of one notification."""
    return [
        Edit(
            change.range.start.line,
            change.range.start.character,
            change.range.end.line,
            change.range.end.character,
            change.text,
        )
        if isinstance(change, types.TextDocumentContentChangePartial)
        else change.text
        for change in changes
    ]
