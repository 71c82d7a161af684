"""The next generation while it is written: the rows that stay, then those of new and changed files.

Unchanged rows and vectors are copied in slices, and the lexical store continues from hard links to its old segments,
so that the work grows with what changed.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import role_of
from indexer.history import HistoryTable
from indexer.index.analysis import file_vectors
from indexer.index.generations import link_or_copy, write_error
from indexer.index.histories import save_history
from indexer.index.import_edges import Edges, carried_edges, import_edges
from indexer.index.plan import Plan
from indexer.index.rows import AnalysedBatch
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
    IMPORT_EDGES_FILE,
    IMPORTS_FILE,
    LEXICAL_FOLDER,
    MENTIONS_FILE,
    SKIPPED_FILE,
    SUMMARIES_FILE,
    VECTORS_FILE,
)
from indexer.index.skips import SkipRecord, save_skips
from indexer.index.snapshot import Snapshot
from indexer.index.tables import Runs, StringColumn, Table, save_arrays
from indexer.index.users import code_links
from indexer.lexical.store import LexicalWriter
from indexer.vectors import quantise

_OS_ERROR = re.compile(r"'?([^':]*) \(os error (\d+)\)")


@dataclass(frozen=True, slots=True)
class Saved:
    """Counts of what a generation holds."""

    files: int
    chunks: int
    definitions: int
    non_zero_vectors: int
    source_bytes: int
    next_uid: int


class Build:
    """Writes one generation into a staged folder: :meth:`write_documents`, then :meth:`save`."""

    def __init__(self, staged: Path, previous: Snapshot | None, plan: Plan) -> None:
        self._staged = staged
        self._previous = previous
        self._plan = plan
        self._batches: list[AnalysedBatch] = []
        self._file_uids: list[int] = []
        self._chunk_uids: list[int] = []
        self._next_uid = previous.generation.facts["next_uid"] if previous else 0
        self._file_runs = _runs([row for row, _ in plan.kept])

    @property
    def kept_chunks(self) -> int:
        """How many chunks stay."""
        return sum(end - start for start, end in self._runs_of("chunk"))

    def write_documents(self, batches: Iterator[AnalysedBatch]) -> None:
        """Feed the lexical store; keep the rows for :meth:`save`.

        :raises IndexWriteError: if tantivy cannot write.
        """
        folder = self._staged / LEXICAL_FOLDER
        folder.mkdir()
        dropped: Sequence[int] = []
        if self._previous is not None and self._plan.kept:
            _link_folder(self._previous.generation.folder / LEXICAL_FOLDER, folder)
            dropped = self._previous.files.records["uid"][list(self._plan.dropped)].tolist()
        with _lexical_errors(self._staged.parent):
            writer = LexicalWriter(folder)
            for uid in dropped:
                writer.remove_file(uid)
        for batch in batches:
            with _lexical_errors(self._staged.parent):
                self._add_batch(writer, batch)
        with _lexical_errors(self._staged.parent):
            writer.commit()

    def _add_batch(self, writer: LexicalWriter, batch: AnalysedBatch) -> None:
        chunk = 0
        for file in batch.files:
            file_uid = self._next_uid
            self._next_uid += 1 + file.chunk_count
            self._file_uids.append(file_uid)
            writer.add(file_uid, file_uid, file.terms)
            for uid in range(file_uid + 1, self._next_uid):
                writer.add(uid, file_uid, batch.chunk_terms[chunk])
                self._chunk_uids.append(uid)
                chunk += 1
        self._batches.append(replace(batch, chunk_terms=()))

    def save(self, dimensions: int, history: HistoryTable) -> Saved:
        """Write all tables, vectors and the history."""
        files, chunks, definitions, imports = self._tables()
        mentions = self._mentions(files)
        links = code_links(files, definitions, mentions)
        files.records["users"] = links.users_of_each(len(files))
        files.records["uses"] = links.used_by_each(len(files))
        vectors = self._vectors(dimensions, chunks)
        summaries = self._summaries(dimensions, vectors)
        files.save(self._staged / FILES_FILE)
        chunks.save(self._staged / CHUNKS_FILE)
        definitions.save(self._staged / DEFINITIONS_FILE)
        imports.save(self._staged / IMPORTS_FILE)
        save_arrays(self._staged / IMPORT_EDGES_FILE, [self._import_edges(files, imports)])
        save_arrays(self._staged / MENTIONS_FILE, [mentions])
        save_arrays(self._staged / VECTORS_FILE, [vectors])
        save_arrays(self._staged / SUMMARIES_FILE, [summaries])
        save_history(self._staged, history)
        save_skips(self._staged / SKIPPED_FILE, self._skips())
        return Saved(
            files=len(files),
            chunks=len(chunks),
            definitions=len(definitions),
            non_zero_vectors=int(np.count_nonzero(vectors.any(axis=1))),
            source_bytes=int(files.records["size"].sum()),
            next_uid=self._next_uid,
        )

    def _tables(self) -> tuple[Table, Table, Table, Table]:
        """Return files, chunks, definitions and imports."""
        files = [self._kept_files(), self._new_files()]
        chunks = [batch.chunks for batch in self._batches]
        definitions = [batch.definitions for batch in self._batches]
        imports = [batch.imports for batch in self._batches]
        if self._previous is not None:
            chunks.insert(0, self._previous.chunks.take(self._runs_of("chunk")))
            definitions.insert(0, self._previous.definitions.take(self._runs_of("definition")))
            imports.insert(0, self._previous.imports.take(self._runs_of("import")))
        all_files = Table.joined(files, FILE_DTYPE, FILE_COLUMNS)
        all_chunks = Table.joined(chunks, CHUNK_DTYPE, CHUNK_COLUMNS)
        all_definitions = Table.joined(definitions, DEFINITION_DTYPE, DEFINITION_COLUMNS)
        all_imports = Table.joined(imports, IMPORT_DTYPE, IMPORT_COLUMNS)
        all_chunks.records["uid"][len(all_chunks) - len(self._chunk_uids) :] = self._chunk_uids
        _connect(all_files, all_chunks, "chunk")
        _connect(all_files, all_definitions, "definition")
        _connect(all_files, all_imports, "import")
        return all_files, all_chunks, all_definitions, all_imports

    def _import_edges(self, files: Table, imports: Table) -> Edges:
        old = self._previous
        if old is not None:
            carried = carried_edges(old.files, old.imports, old.import_edges, files, imports)
            if carried is not None:
                return carried
        return import_edges(files, imports)

    def _mentions(self, files: Table) -> NDArray[np.uint32]:
        """Return what all files mention, and number the files' ranges in it."""
        parts = [np.empty(0, np.uint32), *(batch.mentions for batch in self._batches)]
        if self._previous is not None:
            kept = [self._previous.mentions[start:end] for start, end in self._runs_of("mention")]
            parts[1:1] = kept
        _number(files, "mention")
        return np.concatenate(parts)

    def _kept_files(self) -> Table:
        if self._previous is None:
            return Table.joined([], FILE_DTYPE, FILE_COLUMNS)
        kept = self._previous.files.take(self._file_runs)
        kept.records["size"] = [found.size for _, found in self._plan.kept]
        kept.records["mtime_ns"] = [found.mtime_ns for _, found in self._plan.kept]
        return kept

    def _new_files(self) -> Table:
        found = {file.path: file for file in self._plan.analyse}
        files = [file for batch in self._batches for file in batch.files]
        records = np.zeros(len(files), FILE_DTYPE)
        for column, values in {
            "uid": self._file_uids,
            "size": [found[file.path].size for file in files],
            "mtime_ns": [found[file.path].mtime_ns for file in files],
            "content_hash": np.array([file.content_hash for file in files], FILE_DTYPE["content_hash"]),
            "roles": [role_of(file.path).value for file in files],
            "lines": [file.lines for file in files],
            "chunk_end": [file.chunk_count for file in files],
            "definition_end": [file.definition_count for file in files],
            "import_end": [file.import_count for file in files],
            "mention_end": [file.mention_count for file in files],
        }.items():
            records[column] = values
        paths, languages = [file.path for file in files], [file.language for file in files]
        return Table(records, {"path": StringColumn.of(paths), "language": StringColumn.of(languages)})

    def _vectors(self, dimensions: int, chunks: Table) -> NDArray[np.int8]:
        """Return a vector a chunk: copied, computed on the way, shared with the same text before an edit, or zero."""
        parts = [np.empty((0, dimensions), np.int8)]
        if self._previous is not None:
            parts += [self._previous.vectors[start:end] for start, end in self._runs_of("chunk")]
        for batch in self._batches:
            parts.append(
                np.zeros((len(batch.chunks), dimensions), np.int8) if batch.vectors is None else batch.vectors
            )
        vectors = np.concatenate(parts)
        if self._previous is not None and any(batch.vectors is None for batch in self._batches):
            old_hashes = self._previous.chunks.records["text_hash"]
            share_vectors(vectors, chunks.records["text_hash"], self._previous.vectors, old_hashes)
        return vectors

    def _summaries(self, dimensions: int, vectors: NDArray[np.int8]) -> NDArray[np.int8]:
        parts = [np.empty((0, dimensions), np.int8)]
        if self._previous is not None:
            parts += [self._previous.summaries[start:end] for start, end in self._file_runs]
        chunk = self.kept_chunks
        for batch in self._batches:
            end = chunk + len(batch.chunks)
            summaries = batch.summaries
            if summaries is None:
                counts = [file.chunk_count for file in batch.files]
                summaries = quantise(file_vectors(vectors[chunk:end].astype(np.float32), counts))
            parts.append(summaries)
            chunk = end
        return np.concatenate(parts)

    def _skips(self) -> list[SkipRecord]:
        found = {file.path: file for file in self._plan.analyse}
        skipped = [skip for batch in self._batches for skip in batch.skipped]
        return [*self._plan.skips, *(SkipRecord.of(skip, found[skip.path]) for skip in skipped)]

    def _runs_of(self, name: str) -> Runs:
        """Return the rows of the kept files' chunks, definitions and so on in the previous generation."""
        if self._previous is None:
            return []
        records = self._previous.files.records
        starts, ends = records[f"{name}_start"], records[f"{name}_end"]
        return [(int(starts[first]), int(ends[end - 1])) for first, end in self._file_runs]


def share_vectors(
    vectors: NDArray[np.int8],
    hashes: NDArray[np.int64],
    known_vectors: NDArray[np.int8],
    known_hashes: NDArray[np.int64],
) -> None:
    """Fill zero rows of ``vectors`` in place with known vectors of the same text.

    :param hashes: ``(n,)`` the text hash of every row.
    :param known_vectors: ``(m, dimensions)``; zero rows are not known.
    :param known_hashes: ``(m,)``
    """
    missing = np.flatnonzero(~vectors.any(axis=1))
    known = np.flatnonzero(known_vectors.any(axis=1))
    rows = dict(zip(known_hashes[known].tolist(), known.tolist(), strict=True))
    for row, text_hash in zip(missing.tolist(), hashes[missing].tolist(), strict=True):
        if (twin := rows.get(text_hash)) is not None:
            vectors[row] = known_vectors[twin]


def _connect(files: Table, rows: Table, name: str) -> None:
    """Number the files' rows anew, in place: the ranges in the file table, the file of every row."""
    rows.records["file"] = np.repeat(np.arange(len(files)), _number(files, name))


def _number(files: Table, name: str) -> NDArray[np.int64]:
    """Number the ranges in the file table anew, in place; return their lengths."""
    counts: NDArray[np.int64] = files.records[f"{name}_end"] - files.records[f"{name}_start"]
    ends = np.cumsum(counts)
    files.records[f"{name}_start"] = ends - counts
    files.records[f"{name}_end"] = ends
    return counts


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending rows as half-open runs."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    return runs


def _link_folder(old: Path, new: Path) -> None:
    for file in old.iterdir():
        if not file.name.endswith(".lock"):
            link_or_copy(file, new / file.name)


@contextmanager
def _lexical_errors(folder: Path) -> Iterator[None]:
    """Turn the :class:`ValueError` that tantivy raises for any failed write into an :class:`IndexWriteError`."""
    try:
        yield
    except ValueError as error:
        match = _OS_ERROR.search(str(error))
        code, problem = (int(match[2]), match[1].strip()) if match else (None, str(error))
        raise write_error(folder, code, problem) from error
