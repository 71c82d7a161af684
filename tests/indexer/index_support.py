"""What the tests of the index share: small real repositories, and an index's content in a form that compares."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import DiscoveryRules
from indexer.embedding import Embedder, StaticEmbedder
from indexer.index.generations import IndexDirectory
from indexer.index.snapshot import Snapshot, open_snapshot
from indexer.index.update import UpdateReport, update_index

SETTLED_NS = 1_600_000_000_123_456_789
"""A time so long ago that nobody takes a file for one that may still change within a tick."""

FILES = {
    "src/readers.py": (
        '"""Readers of documents."""\n\n\n'
        "class PdfReader:\n"
        '    """Reads pages."""\n\n'
        "    def parse(self, stream):\n"
        "        return list(stream)\n\n\n"
        "def open_reader(path):\n"
        "    return PdfReader().parse(open(path))\n"
    ),
    "src/retry.go": "package retry\n\n// Retry calls f again.\nfunc Retry(f func() error) error {\n\treturn f()\n}\n",
    "README.md": "# Shop\n\nSells tea.\n\n## Tests\n\nCall make.\n",
    "data/settings.toml": "[server]\nport = 8080\n",
}


def write_files(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@dataclass
class Project:
    """A folder of sources and the index of it."""

    root: Path
    directory: IndexDirectory
    embedder: Embedder
    rules: DiscoveryRules = field(default_factory=DiscoveryRules)

    def update(self, wait_s: float = 30.0) -> UpdateReport:
        """Bring the index up to date."""
        return update_index(self.directory, self.root, self.rules, self.embedder, no_progress, wait_s)

    def open(self) -> Snapshot:
        """Open the index, which must be there."""
        snapshot = open_snapshot(self.directory)
        assert snapshot is not None
        return snapshot

    def fresh(self, folder: Path) -> Snapshot:
        """Index the same sources from nothing, elsewhere."""
        other = Project(self.root, IndexDirectory(folder), self.embedder, self.rules)
        other.update()
        return other.open()


def no_progress(done: int, total: int) -> None:
    """Report nothing."""


def make_project(
    folder: Path, files: Mapping[str, str | bytes] = FILES, embedder: Embedder | None = None
) -> Project:
    """Write files below ``folder/root`` and name ``folder/index`` for their index, which is not built yet."""
    root = folder / "root"
    root.mkdir(parents=True)
    write_files(root, files)
    return Project(root, IndexDirectory(folder / "index"), embedder or StaticEmbedder.load())


class HashEmbedder:
    """An embedder that is none of the shipped kind: every word has a direction of its own, by its hash."""

    dimensions = 32

    def __init__(self, model_id: str = "hash-32") -> None:
        self.model_id = model_id
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                seed = int.from_bytes(word.encode("utf-8", "surrogatepass")[:16], "little")
                row += np.random.default_rng(seed).standard_normal(self.dimensions)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return rows


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return everything in an index, by path, save what its history decides: uids and the order of files."""
    return {path: _file_content(snapshot, row) for row, path in enumerate(snapshot.paths)} | {
        "skipped": sorted((skip.path, skip.reason, skip.detail) for skip in snapshot.skips)
    }


def _file_content(snapshot: Snapshot, row: int) -> dict[str, Any]:
    record = snapshot.files.records[row]
    return {
        "facts": [
            record[name].tolist()
            for name in ("size", "mtime_ns", "content_hash", "roles", "lines", "users", "uses")
        ],
        "imports": [
            _row_content(snapshot, "imports", n) for n in range(record["import_start"], record["import_end"])
        ],
        "mentions": snapshot.mentions[record["mention_start"] : record["mention_end"]].tolist(),
        "language": snapshot.languages[row],
        "chunks": [_row_content(snapshot, "chunks", chunk) for chunk in snapshot.chunks_of(row)],
        "chunk terms": _terms_found(snapshot, row),
        "definitions": [_row_content(snapshot, "definitions", n) for n in snapshot.definitions_of(row)],
        "vectors": snapshot.vectors[list(snapshot.chunks_of(row))].tolist(),
        "summary": snapshot.summaries[row].tolist(),
    }


def _row_content(snapshot: Snapshot, name: str, row: int) -> dict[str, Any]:
    table = getattr(snapshot, name)
    names = set(table.records.dtype.names) - {"uid", "file"}
    values = {column: table.records[row][column].tolist() for column in sorted(names)}
    return values | {column: strings[row] for column, strings in table.strings.items()}


def _terms_found(snapshot: Snapshot, row: int) -> dict[str, list[int]]:
    """Return, for terms that the tests look for, the chunks of a file that hold them, counted from its first."""
    first = snapshot.chunks_of(row).start
    uid = [int(snapshot.file_uids[row])]
    found = {}
    for term in ("def", "return", "pdf", "port", "tea", "edit", "=pdfreader", "root"):
        hits = snapshot.lexical.all_of("text", [term], 1000, uid)
        found[term] = sorted((snapshot.chunk_rows(hits.uids) - first).tolist())
    return found


def files_with(snapshot: Snapshot, term: str) -> set[str]:
    """Return the paths of the files in whose text a term stands, from their documents and from their chunks."""
    of_files = snapshot.file_rows(snapshot.lexical.all_of("file_text", [term], 10_000).uids)
    chunks = snapshot.chunk_rows(snapshot.lexical.all_of("text", [term], 10_000).uids)
    paths = {snapshot.paths[row] for row in of_files.tolist()}
    assert paths == {snapshot.paths[row] for row in snapshot.chunk_files[chunks].tolist()}
    return paths


def settle(root: Path, *names: str) -> None:
    """Give files below a folder (all, if none is named) a time so old that their stat tells whether they changed."""
    for path in [root / name for name in names] or [path for path in root.rglob("*") if path.is_file()]:
        os.utime(path, ns=(SETTLED_NS, SETTLED_NS), follow_symlinks=False)


@contextmanager
def counted_opens(root: Path) -> Iterator[list[str]]:
    """Give a list that collects the paths, relative to ``root``, of all files that this process opens below it.

    Ignore files are left out: every update reads them.
    """
    opened: list[str] = []
    _watches.append((str(root.resolve()) + "/", opened))
    try:
        yield opened
    finally:
        _watches.pop()


_watches: list[tuple[str, list[str]]] = []


def _on_event(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and _watches and isinstance(args[0], str | bytes):
        path = args[0] if isinstance(args[0], str) else args[0].decode("utf-8", "surrogateescape")
        prefix, opened = _watches[-1]
        if path.startswith(prefix) and not path.endswith((".gitignore", ".assistignore")):
            opened.append(path.removeprefix(prefix))


sys.addaudithook(_on_event)  # cannot be removed again: it does nothing unless somebody watches
