"""Rows of a batch of analysed files: what they hold, and how they grow file by file.

Row numbers and uids are left zero here; whoever stores the rows assigns them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import Chunk, Definition, Import
from indexer.discovery import SkippedFile
from indexer.graph import definition_hash
from indexer.index.names import name_hash
from indexer.index.schema import CHUNK_DTYPE, DEFINITION_DTYPE, IMPORT_DTYPE
from indexer.index.tables import StringColumn, Table


@dataclass(frozen=True, slots=True)
class AnalysedFile:
    """Facts about one file; its rows are ranges of the batch's tables."""

    path: str
    language: str
    content_hash: bytes
    lines: int
    chunk_count: int
    definition_count: int
    import_count: int
    mention_count: int
    terms: dict[str, str]
    """Lexical fields of the file's document."""


@dataclass(frozen=True, slots=True)
class AnalysedBatch:
    """Rows of a batch of files, in the order of ``files``. Row numbers and uids are assigned by whoever stores them."""

    files: tuple[AnalysedFile, ...]
    skipped: tuple[SkippedFile, ...]
    chunks: Table
    chunk_terms: tuple[dict[str, str], ...]
    definitions: Table
    imports: Table
    mentions: NDArray[np.uint32]
    """Of all files, one after the other."""
    vectors: NDArray[np.int8] | None
    """(n_chunks, dim) unit vectors times 127; None if the embedder is applied later."""
    summaries: NDArray[np.int8] | None
    """(n_files, dim), likewise: :func:`file_vectors` of them."""


@dataclass(slots=True)
class Rows:
    """Columns of a batch while they grow."""

    files: list[AnalysedFile] = field(default_factory=list)
    chunk_terms: list[dict[str, str]] = field(default_factory=list)
    chunk_words: list[Counter[str]] = field(default_factory=list)
    chunks: list[tuple[int, ...]] = field(default_factory=list)
    chunk_strings: list[tuple[str, str, str]] = field(default_factory=list)
    definitions: list[tuple[int, ...]] = field(default_factory=list)
    definition_strings: list[tuple[str, str, str]] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    mentions: list[NDArray[np.uint32]] = field(default_factory=list)
    """An array a file."""

    def sizes(self) -> tuple[int, ...]:
        """Return how many rows each column has, for :meth:`cut_back`."""
        return tuple(len(column) for column in self._columns())

    def cut_back(self, sizes: tuple[int, ...]) -> None:
        """Drop what was added since :meth:`sizes`: the rows of a file that could not be finished."""
        for column, size in zip(self._columns(), sizes, strict=True):
            del column[size:]

    def _columns(self) -> tuple[list[Any], ...]:
        return (
            self.files,
            self.chunk_terms,
            self.chunk_words,
            self.chunks,
            self.chunk_strings,
            self.definitions,
            self.definition_strings,
            self.imports,
            self.mentions,
        )

    def add_chunk(self, chunk: Chunk, key: int) -> None:
        """Add a chunk with its :func:`indexer.index.analysis.text_hash`."""
        self.chunks.append((0, 0, chunk.start_byte, chunk.end_byte, chunk.start_line, chunk.end_line, key))
        self.chunk_strings.append((chunk.name, chunk.scope, chunk.kind))

    def add_definition(self, definition: Definition, text: bytes) -> None:
        """Add a definition of a file with this text."""
        self.definitions.append(
            (
                name_hash(definition.name),
                definition_hash(definition.name, definition.kind, definition.depth),
                0,
                min(definition.end_byte - definition.start_byte, 2**32 - 1),
                definition.start_line,
                definition.end_line,
                definition.name_line,
                definition.start_line
                + text.count(b"\n", definition.start_byte, definition.signature_end_byte),
                min(definition.depth, 2**16 - 1),
            )
        )
        self.definition_strings.append((definition.name, definition.scope, definition.kind))

    def chunk_table(self) -> Table:
        """Return the chunks as columns."""
        return _table(np.array(self.chunks, CHUNK_DTYPE), self.chunk_strings)

    def definition_table(self) -> Table:
        """Return the definitions as columns."""
        return _table(np.array(self.definitions, DEFINITION_DTYPE), self.definition_strings)

    def import_table(self) -> Table:
        """Return the imports as columns."""
        records = np.array([(0, imported.line) for imported in self.imports], IMPORT_DTYPE)
        strings = {
            "module": StringColumn.of([imported.module for imported in self.imports]),
            "names": StringColumn.of([" ".join(imported.names) for imported in self.imports]),
        }
        return Table(records, strings)

    def all_mentions(self) -> NDArray[np.uint32]:
        """Return the mentions of all files, one after the other."""
        return np.concatenate([np.empty(0, np.uint32), *self.mentions])


def _table(records: NDArray[np.void], strings: Sequence[tuple[str, str, str]]) -> Table:
    names, scopes, kinds = zip(*strings, strict=True) if strings else ((), (), ())
    columns = {"name": names, "scope": scopes, "kind": kinds}
    return Table(records, {name: StringColumn.of(values) for name, values in columns.items()})
