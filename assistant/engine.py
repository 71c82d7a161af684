"""The façade that the command line and the servers share: it owns the indexes, the embedding model and the settings.

Every request works on snapshots; updating an index publishes a new generation and never disturbs a running request.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from assistant.errors import NoIndexError
from assistant.retrieval import traces
from assistant.retrieval.query import parse_query
from assistant.retrieval.results import SearchResponse
from assistant.retrieval.search import Searcher, Source
from assistant.retrieval.sources import SourceReader
from assistant.settings import Settings, rules_for
from indexer.discovery import DiscoveryRules
from indexer.embedding import Embedder, EmbeddingError, load_embedder
from indexer.embedding.protocol import Vectors
from indexer.errors import IndexBusyError
from indexer.index.fill import fill_vectors
from indexer.index.generations import Generation, IndexDirectory
from indexer.index.snapshot import Snapshot, open_snapshot
from indexer.index.update import UpdateReport, update_index
from indexer.progress import Progress

_PUBLISH_VECTORS_EVERY_S = 5.0
"""At most so much computing of vectors is lost when it is interrupted."""

_LOG = logging.getLogger(__name__)


def no_progress(done: int, total: int) -> None:
    """Report nothing."""


class Engine:
    """Indexes and searches repositories. Safe to use from several threads."""

    def __init__(
        self, settings: Settings, reader: Callable[[Path, DiscoveryRules], SourceReader] = SourceReader
    ) -> None:
        """Begin with nothing loaded.

        :param reader: makes what reads the files of a root; a language server's knows of unsaved text.
        """
        self.settings = settings
        self._reader = reader
        self._lock = Lock()
        self._updating = Lock()
        self._filling = Lock()
        self._embedder_lock = Lock()
        self._embedder: Embedder | None = None
        self._indexing_embedder: Embedder | None = None
        self._sources: dict[Path, Source] = {}
        self._searchers: dict[tuple[Path, ...], Searcher] = {}

    @property
    def embedder(self) -> Embedder:
        """The configured embedding model, loaded on first use. Searches use it under a lock of their own.

        :raises EmbeddingError: if it cannot be loaded.
        """
        with self._embedder_lock:
            if self._embedder is None:
                self._embedder = load_embedder(self.settings.embedder)
            return self._embedder

    def shared_embedder(self) -> Embedder | None:
        """Return the embedding model for a caller beside whom others search; None if it cannot be loaded."""
        embedder = self._usable_embedder()
        return None if embedder is None else _Shared(embedder, self._embedder_lock)

    def directory(self, root: Path) -> IndexDirectory:
        """Return where a folder's index is kept."""
        return self._directory(root.resolve())

    def _directory(self, root: Path) -> IndexDirectory:
        """Return the index directory of a resolved folder."""
        key = blake2b(str(root).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in root.name)[:40]
        return IndexDirectory(self.settings.cache_dir / "indexes" / f"{name or 'root'}-{key}")

    def update(self, root: Path, progress: Progress = no_progress, wait_s: float = -1.0) -> UpdateReport:
        """Bring a folder's index up to date, building it if there is none.

        One update runs at a time in a process; searches and :meth:`fill` go on meanwhile.

        :raises NoIndexError: if the folder does not exist or is none.
        :raises IndexBusyError: if another writer is still at work after ``wait_s`` seconds (negative: no limit).
        :raises EmbeddingError: if the embedding model cannot be loaded.
        """
        root = root.resolve()
        if not root.is_dir():
            raise NoIndexError(f"{root} is not a folder; name a folder with --repo")
        rules = rules_for(root, self.settings)
        directory = self.directory(root)
        with _held(self._updating, directory, wait_s):
            return update_index(directory, root, rules, self._own_embedder(), progress, wait_s)

    def fill(self, root: Path, progress: Progress = no_progress, wait_s: float = -1.0) -> Generation | None:
        """Compute the vectors that :meth:`update` left out because the embedding model is slow.

        :return: the generation that has them; None if none was missing.
        :raises IndexBusyError: as :meth:`update`.
        """
        root = root.resolve()
        rules = rules_for(root, self.settings)
        directory = self.directory(root)
        with _held(self._filling, directory, wait_s):
            return fill_vectors(
                directory, rules, self._own_embedder(), progress, wait_s, _PUBLISH_VECTORS_EVERY_S
            )

    def snapshot(self, root: Path) -> Snapshot | None:
        """Return the current snapshot of a folder's index; None if it has none.

        :raises CorruptIndexError: if the index is damaged; :meth:`update` rebuilds it.
        """
        source = self.source(root)
        return source.snapshot if source else None

    def source(self, root: Path) -> Source | None:
        """Return a folder's current snapshot with the texts behind it; None if it has no index.

        Needs no embedding model, as :meth:`searcher` does.

        :raises CorruptIndexError: if the index is damaged; :meth:`update` rebuilds it.
        """
        return self._source(root.resolve())

    def search(
        self, raw: str, roots: Sequence[Path], limit: int = 10, *, strict: bool = True
    ) -> SearchResponse:
        """Search the indexes of one or several folders as they are.

        :param strict: an unknown ``name:value`` in the query is an error.
        :raises QueryError: if the query cannot be understood.
        :raises NoIndexError: if a folder has no index or is gone.
        :raises CorruptIndexError: if an index is damaged; :meth:`update` rebuilds it.
        """
        started = time.perf_counter()
        query = parse_query(raw, is_trace=traces.is_trace, strict=strict)
        searcher = self.searcher(roots)
        found = searcher.search(query, limit)
        return SearchResponse(
            query=raw,
            kind=found.kind,
            results=found.results,
            files_searched=searcher.files_searched,
            elapsed_ms=1000 * (time.perf_counter() - started),
            notes=found.notes,
        )

    def searcher(self, roots: Sequence[Path]) -> Searcher:
        """Return a searcher over the current snapshots of some folders, each once.

        :raises NoIndexError: if a folder has no index or is gone, or none is given.
        :raises CorruptIndexError: if an index is damaged.
        """
        sources = []
        for root in dict.fromkeys(root.resolve() for root in roots):
            if not root.is_dir():
                raise NoIndexError(f"{root} is no longer there; name another folder with --repo")
            source = self._source(root)
            if source is None:
                raise NoIndexError(f"no index for {root}; run `assist index --repo {root}`")
            sources.append(source)
        if not sources:
            raise NoIndexError("there is no folder to search; name one with --repo")
        key = tuple(source.snapshot.generation.folder for source in sources)
        embedder = self._usable_embedder()
        with self._lock:
            searcher = self._searchers.get(key)
            if searcher is None:
                searcher = Searcher(sources, embedder, self._embedder_lock)
                self._searchers = {key: searcher}
        return searcher

    def _usable_embedder(self) -> Embedder | None:
        """Return the embedder; None, with the reason logged, if it cannot be loaded: words still find much."""
        try:
            return self.embedder
        except EmbeddingError as error:
            _LOG.warning("searching by words only: %s", error)
            return None

    def _own_embedder(self) -> Embedder:
        """Return an embedder for indexing alone: none may be used by several threads at once."""
        with self._embedder_lock:
            if self._indexing_embedder is None:
                self._indexing_embedder = load_embedder(self.settings.embedder)
            return self._indexing_embedder

    def _source(self, root: Path) -> Source | None:
        directory = self._directory(root)
        with self._lock:
            source = self._sources.get(root)
            if source and directory.is_current(source.snapshot.generation):
                return source
            snapshot = open_snapshot(directory)
            if snapshot is None:
                self._sources.pop(root, None)
                return None
            source = Source(snapshot, self._reader(root, rules_for(root, self.settings)))
            self._sources[root] = source
            return source


class _Shared:
    """An embedding model that is used under a lock."""

    def __init__(self, embedder: Embedder, lock: Lock) -> None:
        self._embedder = embedder
        self._lock = lock
        self.model_id = embedder.model_id
        self.dimensions = embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; see ``Embedder.embed``."""
        with self._lock:
            return self._embedder.embed(texts)


@contextmanager
def _held(lock: Lock, directory: IndexDirectory, wait_s: float) -> Iterator[None]:
    """Hold a lock between writers of one process."""
    if not lock.acquire(timeout=wait_s if wait_s >= 0 else -1):
        raise IndexBusyError(
            f"index {directory.folder} has to wait for another one; try again when that is done"
        )
    try:
        yield
    finally:
        lock.release()
