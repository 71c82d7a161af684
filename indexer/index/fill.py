"""Compute missing vectors for an index whose embedding model is too slow to run while indexing.

Search answers lexically meanwhile, and updates go on: the writer's lock is taken only to publish what is done so far,
in steps, each a new generation that shares everything else. Vectors are known by the hash of their text, so that they
fit whatever generation is current then. An interrupted run continues where it last published.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import DiscoveryRules, Source, read_source
from indexer.embedding import Embedder
from indexer.index.analysis import file_vectors
from indexer.index.build import share_vectors
from indexer.index.generations import Generation, IndexDirectory, link_or_copy
from indexer.index.schema import LEXICAL_FOLDER, SUMMARIES_FILE, VECTORS_FILE
from indexer.index.snapshot import Snapshot, open_snapshot
from indexer.index.tables import save_arrays
from indexer.progress import Progress
from indexer.vectors import quantise

_BATCH = 64
_PUBLISH_EVERY_S = 20.0


def fill_vectors(
    directory: IndexDirectory,
    rules: DiscoveryRules,
    embedder: Embedder,
    progress: Progress,
    wait_s: float = -1.0,
    publish_every_s: float = _PUBLISH_EVERY_S,
) -> Generation | None:
    """Embed every chunk that has no vector yet.

    A chunk whose file has changed since is left for the next update.

    :param embedder: the one that the index was made with; with another nothing is done.
    :param progress: called with vectors present and vectors wanted.
    :param publish_every_s: how often what is done so far is published.
    :return: the generation published last; None if nothing could be added or there is no index.
    :raises IndexBusyError: if another process is computing vectors.
    :raises IndexWriteError: if the index cannot be written.
    """
    with directory.filling(wait_s):
        run = _Run(directory, rules, embedder)
        published_s = time.monotonic()
        while (snapshot := run.open()) is not None:
            missing = run.missing(snapshot)
            if not missing:
                break
            done, total = len(snapshot.chunks) - len(missing), len(snapshot.chunks)
            progress(done, total)
            for count in run.embed(snapshot, missing):
                done += count
                progress(done, total)
                if time.monotonic() - published_s >= publish_every_s:
                    run.publish()
                    published_s = time.monotonic()
            run.publish()
        return run.published


class _Run:
    """Vectors computed so far, by the hash of their text."""

    def __init__(self, directory: IndexDirectory, rules: DiscoveryRules, embedder: Embedder) -> None:
        self.published: Generation | None = None
        self._directory = directory
        self._rules = rules
        self._embedder = embedder
        self._computed: dict[int, NDArray[np.int8]] = {}
        self._out_of_date: set[int] = set()

    def open(self) -> Snapshot | None:
        """Open the current generation if it wants vectors of this embedder."""
        snapshot = open_snapshot(self._directory)
        if (
            snapshot is None
            or snapshot.model_id != self._embedder.model_id
            or snapshot.vector_coverage() >= 1.0
        ):
            return None
        return snapshot

    def missing(self, snapshot: Snapshot) -> list[int]:
        """Return the chunk rows that have no vector and that no attempt was made at."""
        rows = np.flatnonzero(~snapshot.vectors.any(axis=1))
        hashes = snapshot.chunks.records["text_hash"][rows]
        pairs = zip(rows.tolist(), hashes.tolist(), strict=True)
        return [row for row, key in pairs if key not in self._computed and key not in self._out_of_date]

    def embed(self, snapshot: Snapshot, rows: Sequence[int]) -> Iterator[int]:
        """Embed chunk rows batch by batch; yields the number of rows done."""
        hashes = snapshot.chunks.records["text_hash"]
        texts = _Texts(snapshot, self._rules)
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            found = {int(hashes[row]): texts.of(row) for row in batch}
            current = {key: text for key, text in found.items() if text is not None}
            self._out_of_date.update(found.keys() - current.keys())
            vectors = quantise(self._embedder.embed(list(current.values())))
            vectors[~vectors.any(axis=1), 0] = 1  # without tokens, but no longer missing
            self._computed.update(zip(current, vectors, strict=True))
            yield len(batch)

    def publish(self) -> None:
        """Publish what the current generation lacks and is known by now; all other files are linked."""
        with self._directory.writing(-1.0):
            snapshot = self.open()
            if snapshot is None or not self._computed:
                return
            vectors = np.array(snapshot.vectors)
            known = np.array(list(self._computed.values()))
            hashes = snapshot.chunks.records["text_hash"]
            share_vectors(vectors, hashes, known, np.array(list(self._computed), np.int64))
            facts = snapshot.generation.facts.copy()
            embedded = int(np.count_nonzero(vectors.any(axis=1)))
            if embedded == facts["embedded"]:
                return
            facts["embedded"] = embedded
            with self._directory.staging() as staged:
                self._stage(staged, snapshot, vectors)
                self.published = self._directory.publish(staged, facts, snapshot.generation)

    def _stage(self, staged: Path, snapshot: Snapshot, vectors: NDArray[np.int8]) -> None:
        generation = snapshot.generation
        (staged / LEXICAL_FOLDER).mkdir()
        for name in generation.manifest.checksums:
            if name not in (VECTORS_FILE, SUMMARIES_FILE):
                link_or_copy(generation.folder / name, staged / name)
        save_arrays(staged / VECTORS_FILE, [vectors])
        files = snapshot.files.records
        summaries = file_vectors(
            vectors.astype(np.float32), (files["chunk_end"] - files["chunk_start"]).tolist()
        )
        save_arrays(staged / SUMMARIES_FILE, [quantise(summaries)])


class _Texts:
    """The texts that vectors are computed from, read from the files as they are now."""

    def __init__(self, snapshot: Snapshot, rules: DiscoveryRules) -> None:
        self._snapshot = snapshot
        self._rules = rules
        self._file = -1
        self._content: bytes | None = None

    def of(self, row: int) -> str | None:
        """Return a chunk's path, scope and text; None if its file is no longer what was indexed."""
        record = self._snapshot.chunks.records[row]
        path = self._snapshot.paths[int(record["file"])]
        content = self._content_of(int(record["file"]))
        if content is None:
            return None
        body = content[int(record["start_byte"]) : int(record["end_byte"])].decode("utf-8", "replace")
        return f"{path} {self._snapshot.chunks.strings['scope'][row]}\n{body}"

    def _content_of(self, file: int) -> bytes | None:
        if file != self._file:
            source = read_source(self._snapshot.root, self._snapshot.paths[file], self._rules)
            indexed = self._snapshot.files.records["content_hash"][file].tobytes()
            self._file, self._content = file, None
            if isinstance(source, Source) and source.content_hash == indexed:
                self._content = source.text
        return self._content
