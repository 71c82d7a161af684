"""The shape of a sample source, and the properties that every parse has."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.chunking import Definition, ParsedSource
from indexer.chunking.lines import LARGEST_BYTES


@dataclass(frozen=True, slots=True)
class Sample:
    language: str
    source: str
    definitions: str
    imports: tuple[str, ...] = ()
    problems: int = 0


def described(definition: Definition) -> str:
    """Write a definition the way that samples do."""
    lines = f"{definition.start_line}-{definition.end_line} @{definition.name_line}"
    return f"{definition.kind} {definition.scope}|{definition.name} {lines} {definition.depth}"


def check_properties(text: bytes, parsed: ParsedSource) -> None:
    """Assert that chunks cover the text in order with the right lines, and that definitions lie in it."""
    covered = 0
    for chunk in parsed.chunks:
        assert covered <= chunk.start_byte < chunk.end_byte <= len(text)
        assert not text[covered : chunk.start_byte].strip(), "a line that is not blank is in no chunk"
        assert chunk.end_byte - chunk.start_byte <= LARGEST_BYTES
        assert chunk.start_line == text.count(b"\n", 0, chunk.start_byte) + 1
        assert chunk.end_line == text.count(b"\n", 0, chunk.end_byte - 1) + 1
        starts_line = chunk.start_byte == 0 or text[chunk.start_byte - 1 : chunk.start_byte] == b"\n"
        assert starts_line or covered == chunk.start_byte, "a chunk that starts inside a line continues one"
        covered = chunk.end_byte
    assert not text[covered:].strip()
    for definition in parsed.definitions:
        assert 0 <= definition.start_byte <= definition.signature_start_byte
        assert (
            definition.signature_start_byte
            <= definition.signature_end_byte
            <= definition.end_byte
            <= len(text)
        )
        assert definition.start_line <= definition.name_line <= definition.end_line
        assert definition.name
    for start, end in parsed.comments:
        assert 0 <= start < end <= len(text)
