"""From sources to batches of work: what has changed is read here, in the process that writes the store.

An unchanged source is passed by and an unchanged file is not read. A content that the store has already, whoever
brought it, or that is on its way there, needs no fingerprints.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.fingerprinting import Job, Jobs
from assistant.copies.corpora.licensing import with_licence
from assistant.copies.corpora.model import FileContent, LeftOut, Source
from indexer.discovery import content_hash_of

_BATCH_BYTES = 1_000_000
_BATCH_FILES = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of some sources when they were last read.

    :param sources: their stamps, by key.
    :param files: the stamps of their files, by key and path.
    :param intact: the keys of those that the store has whole.
    """

    sources: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    intact: frozenset[str] = frozenset()

    def files_of(self, key: str) -> Mapping[str, str]:
        """Return the stamps that still hold of a source's files, by path."""
        return self.files.get(key, {}) if key in self.intact else {}

    def has_unchanged(self, source: Source) -> bool:
        """Tell whether a source need not be looked at."""
        key, stamp = source.info.key, source.stamp
        return bool(stamp) and key in self.intact and self.sources.get(key) == stamp


@dataclass(frozen=True, slots=True)
class Batch:
    """Some files of one source; the last batch of a source, which may be empty, ends it.

    :param facts: of the source, with its licence.
    :param stamps: of the files to work on, by their stored paths, in the order of the jobs.
    :param kept: the stamps of stored files that are unchanged; in the last batch.
    :param left: the stamps of files that were left out unread; in the last batch.
    :param n_left: how many were left out.
    """

    source: Source
    facts: Facts
    work: Jobs
    stamps: Mapping[str, str]
    kept: Mapping[str, str]
    left: Mapping[str, str]
    n_left: int
    is_last: bool

    @property
    def size(self) -> int:
        """Bytes of source text."""
        return sum(len(job.raw) for job in self.work.jobs)


class Reader:
    """Reads what has changed in some sources.

    :param is_stored: tells of contents' hashes which the store has.
    """

    def __init__(self, known: Known, is_stored: Callable[[list[bytes]], set[bytes]]) -> None:
        self._known = known
        self._is_stored = is_stored
        self._coming: set[bytes] = set()

    def batches(self, sources: Iterable[Source]) -> Iterator[Batch]:
        """Read sources, one after the other.

        :raises CorpusError: if one of them cannot be read.
        """
        for source in sources:
            yield from self._batches_of(source)

    def _batches_of(self, source: Source) -> Iterator[Batch]:
        key = source.info.key
        known = self._known.files_of(key)
        versions = set(known.values()) if source.is_history else set()
        context = source.licences()
        facts = with_licence(source.info.facts, context.finding()) if context else source.info.facts
        jobs: list[Job] = []
        stamps: dict[str, str] = {}
        kept: dict[str, str] = {}
        left: dict[str, str] = {}
        n_left = size = 0

        def is_known(path: str, stamp: str) -> bool:
            return stamp in versions if source.is_history else known.get(path) == stamp

        def batch(*, is_last: bool) -> Batch:
            work = Jobs(key, tuple(jobs), context, facts.licence)
            if is_last:
                return Batch(source, facts, work, dict(stamps), kept, left, n_left, is_last)
            return Batch(source, facts, work, dict(stamps), {}, {}, 0, is_last)

        for content in source.contents(is_known):
            if isinstance(content, LeftOut):
                n_left += 1
                if content.stamp:
                    left[content.path] = content.stamp
                continue
            stored_path = _stored_path(source, content)
            if content.raw is None:
                kept[stored_path] = content.stamp
                continue
            jobs.append(self._job(source, content, content.raw, stored_path))
            stamps[stored_path] = content.stamp
            size += len(content.raw)
            if size >= _BATCH_BYTES or len(jobs) >= _BATCH_FILES:
                yield batch(is_last=False)
                jobs, stamps, size = [], {}, 0
        yield batch(is_last=True)

    def _job(self, source: Source, content: FileContent, raw: bytes, stored_path: str) -> Job:
        digest = content_hash_of(raw)
        # What is new of a version can only be told by its fingerprints.
        is_stored = not source.is_history and (digest in self._coming or bool(self._is_stored([digest])))
        if not source.is_history:
            self._coming.add(digest)
        facts = Facts(revision=content.revision)
        return Job(content.path, stored_path, raw, not source.info.root, facts, is_stored)


def _stored_path(source: Source, content: FileContent) -> str:
    """Return how the store names a file: of a history as ``git show`` does, commit and path."""
    return f"{content.revision[:12]}:{content.path}" if source.is_history else content.path
