"""Where a result stands in its file as the file is now, and which definitions are there.

The index may be older than the file. An unchanged file (same content hash) is taken as indexed; a changed
one is parsed again and the place is looked up by its definition's name or its chunk's content. What cannot be
found again is no place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieval.search import Source
from assistant.retrieval.sources import split_lines
from indexer.chunking import parse_source
from indexer.index.analysis import names_by_chunk, text_hash
from indexer.languages import language_of

_HEAD_BYTES = 4096
_STRINGS = ("name", "scope", "kind")
_NUMBERS = ("start_line", "end_line", "name_line", "signature_end_line")
_NOT_ENCLOSING = frozenset("section declaration import field variable constant element rule".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A definition in a file as it is now. Lines are 1-based and inclusive."""

    name: str
    scope: str
    kind: str
    start_line: int
    end_line: int
    name_line: int
    signature_end_line: int

    @property
    def qualified_name(self) -> str:
        """``scope.name``."""
        return f"{self.scope}.{self.name}" if self.scope else self.name


@dataclass(frozen=True, slots=True)
class CurrentFile:
    """A file's lines as they are on disk, and its definitions in order of their start."""

    path: str
    language: str
    lines: Sequence[str]
    definitions: tuple[Place, ...]
    changed: bool
    """Whether the file is another than was indexed."""

    def definitions_within(self, start_line: int, end_line: int) -> list[Place]:
        """Return the definitions whose name stands in a range of lines."""
        return [place for place in self.definitions if start_line <= place.name_line <= end_line]

    def enclosing(self, line: int) -> Place | None:
        """Return the innermost definition around a line, headings and plain values left out."""
        around = [
            place
            for place in self.definitions
            if place.start_line <= line <= place.end_line and place.kind not in _NOT_ENCLOSING
        ]
        return max(around, key=lambda place: (place.start_line, -place.end_line), default=None)


def current_file(source: Source, path: str) -> CurrentFile | None:
    """Read a file; None if it is gone or no text any more."""
    text = source.texts.read(path)
    if text is None:
        return None
    snapshot = source.snapshot
    row = snapshot.file_row(path)
    lines = split_lines(text.text.decode("utf-8", "replace"))
    if row is not None and bytes(snapshot.files.records[row]["content_hash"]) == text.content_hash:
        return CurrentFile(path, snapshot.languages[row], lines, _indexed(source, row), changed=False)
    parsed = parse_source(text.text, language_of(path, text.text[:_HEAD_BYTES]))
    definitions = tuple(
        Place(
            item.name,
            item.scope,
            item.kind,
            item.start_line,
            item.end_line,
            item.name_line,
            item.start_line + text.text.count(b"\n", item.start_byte, item.signature_end_byte),
        )
        for item in parsed.definitions
    )
    return CurrentFile(path, parsed.language.name, lines, definitions, changed=True)


def _indexed(source: Source, row: int) -> tuple[Place, ...]:
    table, rows = source.snapshot.definitions, source.snapshot.definitions_of(row)
    if not len(rows):
        return ()
    start, end = rows[0], rows[-1] + 1
    records = table.records[start:end]
    names, scopes, kinds = (table.strings[column].take([(start, end)]).to_list() for column in _STRINGS)
    numbers = (records[column].tolist() for column in _NUMBERS)
    return tuple(map(Place, names, scopes, kinds, *numbers))


def relocated(
    source: Source, file: CurrentFile, start_line: int, end_line: int, name: str
) -> tuple[int, int] | None:
    """Return where an indexed range of lines is now; None if that cannot be told.

    :param name: qualified name of the main definition in the range, or empty.
    """
    if not file.changed:
        return (start_line, end_line) if end_line <= len(file.lines) else None
    if found := _same_chunk(source, file.path, start_line):
        return found
    same = [place for place in file.definitions if name and place.qualified_name == name]
    if not same:
        return None
    nearest = min(same, key=lambda place: abs(place.start_line - start_line))
    return nearest.start_line, nearest.end_line


def _same_chunk(source: Source, path: str, start_line: int) -> tuple[int, int] | None:
    """Find the chunk that started at a line when it was indexed, by its content."""
    snapshot, text = source.snapshot, source.texts.read(path)
    row = snapshot.file_row(path)
    if row is None or text is None:
        return None
    records = snapshot.chunks.records
    wanted = {
        int(records[chunk]["text_hash"])
        for chunk in snapshot.chunks_of(row)
        if _starts(records[chunk], start_line)
    }
    parsed = parse_source(text.text, language_of(path, text.text[:_HEAD_BYTES]))
    for chunk, names in zip(parsed.chunks, names_by_chunk(parsed), strict=True):
        body = text.text[chunk.start_byte : chunk.end_byte].decode("utf-8", "replace")
        if text_hash(path, chunk.scope, names, body) in wanted:
            return chunk.start_line, chunk.end_line
    return None


def _starts(record: object, line: int) -> bool:
    return bool(record["start_line"] <= line <= record["end_line"])  # type: ignore[index]
