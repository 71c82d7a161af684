"""A read-only view of one generation. Requests work on one snapshot from start to end; writers never touch it."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import CorruptIndexError
from indexer.graph import mention_hash
from indexer.history import FileHistory
from indexer.index.generations import Generation, IndexDirectory, remove_tree
from indexer.index.histories import load_history
from indexer.index.import_edges import Edges
from indexer.index.names import name_hash
from indexer.index.schema import (
    CHUNK_COLUMNS,
    CHUNK_DTYPE,
    CHUNKS_FILE,
    DEFINITION_COLUMNS,
    DEFINITION_DTYPE,
    DEFINITIONS_FILE,
    FILE_COLUMNS,
    FILE_DTYPE,
    FILES_FILE,
    IMPORT_COLUMNS,
    IMPORT_DTYPE,
    IMPORT_EDGE_DTYPE,
    IMPORT_EDGES_FILE,
    IMPORTS_FILE,
    LEXICAL_FOLDER,
    MENTIONS_FILE,
    SKIPPED_FILE,
    SUMMARIES_FILE,
    VECTORS_FILE,
)
from indexer.index.skips import load_skips
from indexer.index.tables import Table, load_arrays
from indexer.lexical.store import LexicalSearcher
from indexer.vectors import VectorSearcher


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as the index knows it. Lines are 1-based and inclusive."""

    row: int
    name: str
    scope: str
    kind: str
    file: int
    path: str
    start_line: int
    end_line: int
    name_line: int
    signature_end_line: int
    depth: int
    size_bytes: int

    @property
    def qualified_name(self) -> str:
        """``scope.name``."""
        return f"{self.scope}.{self.name}" if self.scope else self.name


class Snapshot:
    """One generation, memory-mapped. Safe to read from several threads."""

    def __init__(self, generation: Generation) -> None:
        """Open a verified generation.

        :raises CorruptIndexError: if its files do not fit together.
        """
        self.generation = generation
        folder = generation.folder
        try:
            self.files = Table.load(folder / FILES_FILE, FILE_DTYPE, FILE_COLUMNS)
            self.chunks = Table.load(folder / CHUNKS_FILE, CHUNK_DTYPE, CHUNK_COLUMNS)
            self.definitions = Table.load(folder / DEFINITIONS_FILE, DEFINITION_DTYPE, DEFINITION_COLUMNS)
            self.imports = Table.load(folder / IMPORTS_FILE, IMPORT_DTYPE, IMPORT_COLUMNS)
            self.mentions = _load_mentions(folder / MENTIONS_FILE, self.files)
            self.import_edges = _load_edges(folder / IMPORT_EDGES_FILE)
            dimensions = generation.facts["dimensions"]
            self.vectors = _load_vectors(folder / VECTORS_FILE, (len(self.chunks), dimensions))
            self.summaries = _load_vectors(folder / SUMMARIES_FILE, (len(self.files), dimensions))
            self.lexical = _open_lexical(folder / LEXICAL_FOLDER)
            self.history = load_history(folder)
            self.skips = load_skips(folder / SKIPPED_FILE)
        except (OSError, ValueError) as error:
            raise CorruptIndexError(folder.parent, str(error)) from error
        self.paths: list[str] = self.files.strings["path"].to_list()

    @property
    def root(self) -> Path:
        """The indexed folder."""
        return Path(self.generation.facts["root"])

    @property
    def model_id(self) -> str:
        """The embedding model that the vectors come from."""
        return self.generation.facts["model"]

    @cached_property
    def file_history(self) -> FileHistory:
        """What the log tells of the files there are."""
        return FileHistory(self.history, {path: row for row, path in enumerate(self.paths)}, len(self.paths))

    @cached_property
    def chunk_files(self) -> NDArray[np.int64]:
        """``(n_chunks,)`` int64: the file row of every chunk."""
        return np.ascontiguousarray(self.chunks.records["file"])

    @cached_property
    def chunk_uids(self) -> NDArray[np.int64]:
        """``(n_chunks,)`` int64, ascending."""
        return np.ascontiguousarray(self.chunks.records["uid"])

    @cached_property
    def file_uids(self) -> NDArray[np.int64]:
        """``(n_files,)`` int64, ascending."""
        return np.ascontiguousarray(self.files.records["uid"])

    @cached_property
    def roles(self) -> NDArray[np.uint32]:
        """``(n_files,)`` uint32 :class:`indexer.discovery.Role` flags."""
        return np.ascontiguousarray(self.files.records["roles"])

    @cached_property
    def languages(self) -> list[str]:
        """The language name of every file."""
        return self.files.strings["language"].to_list()

    @cached_property
    def chunk_vectors(self) -> VectorSearcher:
        """Nearest chunks by meaning."""
        return VectorSearcher(self.vectors)

    @cached_property
    def file_vectors(self) -> VectorSearcher:
        """Nearest files by meaning of their summaries."""
        return VectorSearcher(self.summaries)

    @cached_property
    def _path_rows(self) -> dict[str, int]:
        return {path: row for row, path in enumerate(self.paths)}

    @cached_property
    def _name_order(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        hashes = np.ascontiguousarray(self.definitions.records["name_hash"])
        order = np.argsort(hashes, kind="stable")
        return order, hashes[order]

    def file_row(self, path: str) -> int | None:
        """Return the row of a file, by its path relative to the root."""
        return self._path_rows.get(path)

    def chunk_rows(self, uids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the chunk rows of uids from the lexical store."""
        return np.searchsorted(self.chunk_uids, uids)

    def file_rows(self, uids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the file rows of uids from the lexical store."""
        return np.searchsorted(self.file_uids, uids)

    def chunks_of(self, file: int) -> range:
        """Return the chunk rows of a file."""
        record = self.files.records[file]
        return range(int(record["chunk_start"]), int(record["chunk_end"]))

    def definition_rows_named(self, name: str) -> NDArray[np.int64]:
        """Return the rows of definitions with this name, whatever its case."""
        order, hashes = self._name_order
        key = np.uint64(name_hash(name))
        start, end = np.searchsorted(hashes, key, "left"), np.searchsorted(hashes, key, "right")
        return order[start:end]

    def definition(self, row: int) -> StoredDefinition:
        """Return one definition."""
        record: Any = self.definitions.records[row]
        strings = self.definitions.strings
        return StoredDefinition(
            row=row,
            name=strings["name"][row],
            scope=strings["scope"][row],
            kind=strings["kind"][row],
            file=int(record["file"]),
            path=self.paths[int(record["file"])],
            start_line=int(record["start_line"]),
            end_line=int(record["end_line"]),
            name_line=int(record["name_line"]),
            signature_end_line=int(record["signature_end_line"]),
            depth=int(record["depth"]),
            size_bytes=int(record["size"]),
        )

    def definition_kind(self, row: int) -> str:
        """Return one definition's kind."""
        return self.definitions.strings["kind"][row]

    def definitions_named(self, name: str) -> list[StoredDefinition]:
        """Return the definitions with this name, whatever its case."""
        return [self.definition(int(row)) for row in self.definition_rows_named(name)]

    def files_mentioning(self, name: str) -> NDArray[np.int64] | None:
        """Return the rows of the code files that mention a name; None if it is not telling: nothing is kept of it.

        A hash may stand for another name by chance: the text decides.
        """
        value = mention_hash(name)
        if not value:
            return None
        found = np.flatnonzero(self.mentions == np.uint32(value))
        rows: NDArray[np.int64] = np.searchsorted(self.files.records["mention_end"], found, "right")
        return rows

    def modules_imported_by(self, file: int) -> list[str]:
        """Return what a file imports, as it is written there."""
        record = self.files.records[file]
        run = (int(record["import_start"]), int(record["import_end"]))
        return self.imports.strings["module"].take([run]).to_list()

    def importers_of(self, file: int) -> list[tuple[int, int]]:
        """Return the files that import a file, with the line of a statement that does."""
        rows = np.flatnonzero(self.import_edges["imported"] == file)
        return self._imports_of(rows, "importer")

    def imported_by(self, file: int) -> list[tuple[int, int]]:
        """Return the files of this tree that a file imports, with the line of a statement that does."""
        start, end = np.searchsorted(self.import_edges["importer"], [file, file + 1])
        return self._imports_of(np.arange(start, end), "imported")

    def _imports_of(self, rows: NDArray[np.int64], column: str) -> list[tuple[int, int]]:
        edges = self.import_edges[rows]
        lines = self.imports.records["line"][edges["statement"]]
        return list(zip(edges[column].tolist(), lines.tolist(), strict=True))

    @cached_property
    def _exports(self) -> dict[str, list[int]]:
        """Name -> rows of the imports that export it again."""
        names = self.imports.strings["names"]
        found: dict[str, list[int]] = {}
        for row in np.flatnonzero(np.diff(names.offsets)).tolist():
            for name in names[row].split():
                found.setdefault(name, []).append(row)
        return found

    def exports_named(self, name: str) -> list[tuple[int, int]]:
        """Return where a name from elsewhere is made a part of a file's interface: file rows and lines."""
        rows = self._exports.get(name, ())
        return [
            (int(self.imports.records["file"][row]), int(self.imports.records["line"][row])) for row in rows
        ]

    def definitions_of(self, file: int) -> Sequence[int]:
        """Return the definition rows of a file."""
        record = self.files.records[file]
        return range(int(record["definition_start"]), int(record["definition_end"]))

    def vector_coverage(self) -> float:
        """Return the share of chunks that have a vector, 0 to 1; 1 for an empty index."""
        facts = self.generation.facts
        return facts["embedded"] / facts["chunks"] if facts["chunks"] else 1.0


def open_snapshot(directory: IndexDirectory) -> Snapshot | None:
    """Open the current generation; None if there is no index yet.

    :raises CorruptIndexError: if it is damaged or of another format version; a new index must be built.
    """
    while (generation := directory.current()) is not None:
        try:
            return Snapshot(generation)
        except CorruptIndexError:
            if directory.is_current(generation):
                raise
    return None


def _load_vectors(path: Path, shape: tuple[int, int]) -> NDArray[np.int8]:
    (vectors,) = load_arrays(path)
    if vectors.dtype != np.int8 or vectors.shape != shape:
        raise ValueError(f"{path.name} has the shape {vectors.shape} instead of {shape}")
    return vectors


def _load_mentions(path: Path, files: Table) -> NDArray[np.uint32]:
    (mentions,) = load_arrays(path)
    count = int(files.records["mention_end"][-1]) if len(files) else 0
    if mentions.dtype != np.uint32 or mentions.shape != (count,):
        raise ValueError(f"{path.name} has the shape {mentions.shape} instead of {(count,)}")
    return mentions


def _load_edges(path: Path) -> Edges:
    (edges,) = load_arrays(path)
    if edges.dtype != IMPORT_EDGE_DTYPE:
        raise ValueError(f"{path.name} holds other columns")
    return edges


def _open_lexical(folder: Path) -> LexicalSearcher:
    """Open the lexical store, through links from a temporary folder where tantivy cannot make its lock beside it.

    :raises ValueError: if it cannot be read.
    """
    try:
        return LexicalSearcher(folder)
    except ValueError:
        if os.access(folder, os.W_OK):
            raise
    links = Path(tempfile.mkdtemp(prefix="assist-"))
    try:
        for file in folder.iterdir():
            if file.suffix != ".lock":
                (links / file.name).symlink_to(file.absolute())
        return LexicalSearcher(links)  # maps the files, and needs their names no more
    finally:
        remove_tree(links)
