"""Taking sources into the store: fingerprints are made in worker processes, and published in steps.

Of a file's versions in a history only those are kept that hold code which no newer one holds, and only the fingerprints
of that code. What a source no longer has is removed at the end, so that a file that moved keeps its content.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.fingerprinting import VERSION, Job, Jobs, set_up
from assistant.copies.corpora.model import LeftOut, Source, SourceInfo
from assistant.copies.corpora.novelty import Novelty
from assistant.copies.corpora.reading import Batch, Known, Reader
from indexer.fingerprints.model import FileInput, Origin
from indexer.fingerprints.writer import StoreWriter
from indexer.progress import Progress
from indexer.workers import map_in_workers

_WORKERS_FROM_BYTES = 4_000_000
"""Below this much source, starting workers costs more than it saves."""
_CHECKPOINT_BYTES = 150_000_000
"""So much source at most is read again after an interruption."""

Results = list[FileInput | LeftOut]


@dataclass(slots=True)
class Taken:
    """What was taken in so far.

    :param sources: the stamps of sources that are done, by key.
    :param files: the stamps of their files, for those whose files change one by one.
    """

    sources: dict[str, str] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    read_files: int = 0
    read_bytes: int = 0
    unchanged_files: int = 0
    removed_files: int = 0
    left_out: int = 0


class Builder:
    """Takes sources into an open store.

    :param on_published: called after each step that the store has published.
    """

    def __init__(
        self,
        writer: StoreWriter,
        known: Known,
        progress: Progress,
        on_published: Callable[[Taken], None],
    ) -> None:
        self._writer = writer
        self._known = known
        self._progress = progress
        self._on_published = on_published
        self._taken = Taken()
        self._total = 0
        self._done = 0
        self._since_published = 0
        self._novelty = Novelty()
        self._again = set_up()
        self._current: Source | None = None
        self._is_storing = False
        self._stamps: dict[str, str] = {}  # of the current source
        self._present: set[str] = set()
        self._gone: list[tuple[str, list[str]]] = []

    def take_in(self, sources: Iterable[Source]) -> Taken:
        """Read what is new in some sources, and publish it.

        A KeyboardInterrupt, best raised by the progress callback, ends it; what was read until then is published.

        :raises CorpusError: if a source cannot be read; what was published before stays.
        """
        changed = [source for source in sources if not self._pass_by(source)]
        self._total = sum(source.count_hint for source in changed)
        self._progress(0, self._total)
        reader = Reader(self._known, self._writer.has)
        try:
            for batch, results in _worked(reader.batches(changed)):
                self._store(batch, results)
        except KeyboardInterrupt:
            self._keep_unfinished()
            raise
        for key, paths in self._gone:
            self._writer.remove_files(key, paths)
            self._taken.removed_files += len(paths)
        self._publish()
        return self._taken

    def _pass_by(self, source: Source) -> bool:
        """Take note of a source that is as it was; False if it has to be looked at."""
        key = source.info.key
        if not self._known.has_unchanged(source):
            return False
        self._taken.sources[key] = source.stamp
        if key in self._known.files:
            self._taken.files[key] = dict(self._known.files[key])
        return True

    def _store(self, batch: Batch, results: Results) -> None:
        files: list[FileInput] = []
        for job, made in zip(batch.work.jobs, results, strict=True):
            result = made
            if isinstance(result, FileInput):
                result = self._finished(batch, job, result, files)
            if isinstance(result, FileInput):
                files.append(result)
                self._present.add(result.path)
            else:
                self._taken.left_out += 1
        self._current = batch.source
        self._stamps |= batch.stamps
        self._is_storing = True
        self._writer.put(_origin(batch.source.info, batch.facts), files)
        self._is_storing = False
        self._count(batch)
        if batch.is_last:
            self._end_source(batch)
        if self._since_published >= _CHECKPOINT_BYTES:
            self._publish()

    def _finished(
        self, batch: Batch, job: Job, file: FileInput, before: list[FileInput]
    ) -> FileInput | LeftOut:
        """Return what is to be stored of a file."""
        if batch.source.is_history:
            return self._novelty.of(job.path, file)
        if file.hashes is not None or self._writer.has([file.content_hash]):
            return file
        if any(other.content_hash == file.content_hash for other in before):
            return file
        # Its content was stored when it was read, or was to be: the only file that had it has changed since.
        needed = replace(job, is_stored=False)
        return self._again(replace(batch.work, jobs=(needed,)))[0]

    def _count(self, batch: Batch) -> None:
        taken = self._taken
        taken.read_files += len(batch.work.jobs)
        taken.read_bytes += batch.size
        taken.unchanged_files += len(batch.kept)
        taken.left_out += batch.n_left
        self._since_published += batch.size
        self._done += len(batch.work.jobs) + len(batch.kept)
        self._total = max(self._total, self._done)
        self._progress(self._done, self._total)

    def _end_source(self, batch: Batch) -> None:
        """Take note of what the source no longer has, and of its stamps."""
        source = batch.source
        key = source.info.key
        stamps = {**self._stamps, **batch.kept, **batch.left}
        if source.is_history:
            stamps = {**self._known.files_of(key), **stamps}
        else:
            stored = self._writer.snapshot.files_of(key)
            gone = [path for path in stored if path not in self._present and path not in batch.kept]
            if gone:
                self._gone.append((key, gone))
        self._taken.sources[key] = source.stamp
        if source.is_history or not source.stamp:
            self._taken.files[key] = stamps
        self._stamps, self._present, self._current = {}, set(), None

    def _keep_unfinished(self) -> None:
        """Publish what was read of sources, one of which may not be at its end: it is looked at again."""
        if self._is_storing:  # interrupted half-way through a batch
            return
        if self._current is not None:
            key = self._current.info.key
            self._taken.sources[key] = ""
            self._taken.files[key] = {**self._known.files_of(key), **self._stamps}
        self._publish()

    def _publish(self) -> None:
        self._writer.checkpoint()
        self._since_published = 0
        self._on_published(self._taken)


def _worked(batches: Iterator[Batch]) -> Iterator[tuple[Batch, Results]]:
    """Have the work of batches done, by worker processes if it is much; in the batches' order."""
    first: list[Batch] = []
    size = 0
    for batch in batches:
        first.append(batch)
        size += batch.size
        if size >= _WORKERS_FROM_BYTES:
            break
    workers = (os.cpu_count() or 1) if size >= _WORKERS_FROM_BYTES else 1
    waiting: list[Batch] = []

    def work() -> Iterator[Jobs]:
        for part in (first, batches):
            for batch in part:
                waiting.append(batch)
                yield batch.work

    for _, results in map_in_workers(set_up, work(), workers):
        yield waiting.pop(0), results


def _origin(info: SourceInfo, facts: Facts) -> Origin:
    return Origin(
        info.key,
        info.name,
        info.version,
        info.family,
        info.root,
        replace(facts, fingerprints=VERSION).to_json(),
    )
