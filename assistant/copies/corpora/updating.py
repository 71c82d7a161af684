"""Bringing one corpus up to date under the store's lock: its sources found, taken in, and what is gone removed."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.copies.corpora.archive import archive_source
from assistant.copies.corpora.archive_stream import is_archive
from assistant.copies.corpora.build import Builder, Taken
from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.folders import commit_source, folder_source, history_source, repository_at
from assistant.copies.corpora.git_objects import GitRepository
from assistant.copies.corpora.installed import environments_of, installed_sources, installed_stamp
from assistant.copies.corpora.model import CorpusKind, Source
from assistant.copies.corpora.reading import Known
from assistant.copies.corpora.registry import Corpus, Registry
from indexer.discovery import DiscoveryRules
from indexer.fingerprints.store import FingerprintStore
from indexer.progress import Progress


@dataclass(frozen=True, slots=True)
class Update:
    """What happened to one corpus."""

    corpus: Corpus
    taken: Taken
    took_s: float


def update_corpus(
    store: FingerprintStore,
    registry: Registry,
    wanted: Corpus,
    rules: DiscoveryRules,
    environ: Mapping[str, str],
    progress: Progress,
    wait_s: float,
) -> Update:
    """Read what has changed in a corpus; make it if there is none of its kind at its place.

    What was published before an error or an interruption stays, and is known to the registry.

    :raises CorpusError: if its place cannot be read.
    :raises StoreBusyError: if another process still writes after ``wait_s`` seconds (negative: no limit).
    """
    started = time.perf_counter()
    with store.writing(wait_s) as writer:
        corpus = registry.at(wanted.kind, wanted.location) or registry.named_apart(wanted)
        intact = {summary.origin.key for summary in store.origins() if not summary.needs_rebuild}
        known = Known(corpus.sources, registry.stamps(corpus), frozenset(intact))
        stamp = ""
        if corpus.kind is CorpusKind.INSTALLED:
            corpus = replace(corpus, environments=environments_of(corpus.environments, environ))
            stamp = installed_stamp(Path(corpus.location), corpus.environments)

        def record(taken: Taken) -> None:
            registry.put(replace(corpus, sources={**corpus.sources, **taken.sources}))
            registry.put_stamps(corpus, {**known.files, **taken.files})

        sources = list(_sources(corpus, rules, environ))
        taken = Builder(writer, known, progress, record).take_in(sources)
        for key in alone(registry, corpus, set(corpus.sources) - set(taken.sources)):
            writer.remove_origin(key)
        done = replace(
            corpus, sources=taken.sources, stamp=stamp, updated_ns=time.time_ns(), left_out=taken.left_out
        )
        registry.put(done)
        registry.put_stamps(done, taken.files)
    return Update(done, taken, time.perf_counter() - started)


def alone(registry: Registry, corpus: Corpus, keys: Iterable[str]) -> list[str]:
    """Return those keys that no other corpus has."""
    others = {key for other in registry.corpora() if other.id != corpus.id for key in other.sources}
    return [key for key in keys if key not in others]


def kind_of(path: Path, *, history: bool) -> CorpusKind:
    """Return what kind of corpus a path makes.

    :raises CorpusError: if it makes none.
    """
    if path.is_dir():
        repository = repository_at(path)
        if history and repository is None:
            raise CorpusError(f"{path} is no git repository, so it has no history; add it without --history")
        if history:
            return CorpusKind.HISTORY
        return CorpusKind.GIT if repository else CorpusKind.FOLDER
    if history:
        raise CorpusError(f"{path} is no folder; --history wants a git repository")
    if path.is_file() and is_archive(path):
        return CorpusKind.ARCHIVE
    if path.exists():
        raise CorpusError(f"{path} is no folder and no archive that can be read; name one of these")
    raise CorpusError(f"{path} does not exist; name a folder, a git repository or an archive")


def _sources(corpus: Corpus, rules: DiscoveryRules, environ: Mapping[str, str]) -> Iterator[Source]:
    place = Path(corpus.location)
    if not place.exists():
        raise CorpusError(f"{place} is gone; `assist corpus remove {corpus.name}` forgets it")
    if corpus.kind is CorpusKind.INSTALLED:
        yield from installed_sources(place, corpus.environments, environ, rules)
    elif corpus.kind is CorpusKind.ARCHIVE:
        yield archive_source(place, rules)
    elif corpus.kind is CorpusKind.HISTORY:
        yield history_source(GitRepository(place), rules)
    else:
        repository = repository_at(place) if corpus.kind is CorpusKind.GIT else None
        if repository is not None and repository.is_bare:
            yield commit_source(repository, rules)
        else:
            yield folder_source(place, rules, corpus.kind)
