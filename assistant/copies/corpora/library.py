"""The user's corpora: added, brought up to date, listed and removed, all in one store.

One writer at a time changes them (the store's lock); what a writer has published is there for every reader at once.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from assistant.copies.corpora.archive import archive_source
from assistant.copies.corpora.archive_stream import is_archive
from assistant.copies.corpora.build import Builder, Taken
from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.folders import commit_source, folder_source, history_source, repository_at
from assistant.copies.corpora.git_objects import GitRepository
from assistant.copies.corpora.installed import installed_sources, installed_stamp
from assistant.copies.corpora.model import CorpusKind, Source
from assistant.copies.corpora.own import exclude_own, identity_of
from assistant.copies.corpora.reading import Known
from assistant.copies.corpora.registry import Corpus, Registry
from assistant.copies.corpora.staleness import problem_of
from assistant.settings import Settings, rules_for
from indexer.discovery import DiscoveryRules
from indexer.discovery.names import format_size
from indexer.fingerprints.errors import StoreError
from indexer.fingerprints.model import OriginSummary, Place
from indexer.fingerprints.store import FingerprintStore
from indexer.index.pipeline import Progress

_LOG = logging.getLogger(__name__)


def no_progress(done: int, total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Update:
    """What happened to one corpus."""

    corpus: Corpus
    taken: Taken
    took_s: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A corpus as it is now.

    :param problem: why it should be updated, for people; empty if all is well as far as can be told at once.
    """

    corpus: Corpus
    origins: int
    files: int
    source_bytes: int
    problem: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether there is something to compare with, and what the user should know about it."""

    notes: tuple[str, ...]


def said(update: Update) -> str:
    """Say in one line what was read."""
    taken, corpus = update.taken, update.corpus
    size = format_size(taken.read_bytes)
    sources = f" of {len(taken.sources):,} packages" if corpus.kind is CorpusKind.INSTALLED else ""
    return (
        f"compared with {corpus.name} from now on: {taken.read_files:,} files{sources} ({size}) "
        f"read in {update.took_s:.1f} s"
    )


class CorpusLibrary:
    """The corpora in the user's cache folder. Safe to use from several threads.

    :param environ: says which environment is active and where caches are.
    :param wait_s: how long to wait for another process that changes them; negative waits for ever.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str], wait_s: float = -1) -> None:
        self._settings = settings
        self._environ = environ
        self.folder = settings.cache_dir / "corpora"
        self._registry = Registry(self.folder)
        self._wait_s = wait_s
        self._lock = Lock()
        self._store: FingerprintStore | None = None

    @property
    def store(self) -> FingerprintStore:
        """The fingerprints of all corpora, as they were last published."""
        with self._lock:
            if self._store is None:
                self._store = FingerprintStore.open(self.folder / "store")
            else:
                self._store.refresh()
            return self._store

    def corpora(self) -> list[Corpus]:
        """Return the corpora in the order they were added."""
        return self._registry.corpora()

    def named(self, name: str) -> Corpus:
        """Return a corpus by its name or its place.

        :raises CorpusError: if there is none, or several at that place.
        """
        corpora = self.corpora()
        found = [corpus for corpus in corpora if corpus.name == name]
        found = found or [corpus for corpus in corpora if corpus.location == str(_absolute(name))]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(corpus.name for corpus in found)
            raise CorpusError(f"{name} is the place of several corpora ({listed}); name one of them")
        raise CorpusError(f'no corpus "{name}"; `assist corpus list` shows those that there are')

    def add(self, path: Path, *, history: bool = False, progress: Progress = no_progress) -> Update:
        """Add a folder, a repository or an archive, or bring it up to date if it is there.

        :param history: of a repository, every version of every file rather than the current ones.
        :raises CorpusError: if it cannot be read.
        """
        path = path.expanduser().resolve()
        kind = _kind_of(path, history=history)
        name = _name_of(path) + (":history" if history else "")
        return self._update(Corpus("", name, kind, str(path)), progress)

    def add_installed(
        self, root: Path, *, automatic: bool = False, progress: Progress = no_progress
    ) -> Update:
        """Add what is installed for a workspace, or bring it up to date."""
        root = root.resolve()
        name = f"{_name_of(root)}:installed"
        return self._update(Corpus("", name, CorpusKind.INSTALLED, str(root), automatic), progress)

    def add_own(self, root: Path, *, automatic: bool = False, progress: Progress = no_progress) -> Update:
        """Add a repository of the user's own, for duplicates, or bring it up to date."""
        root = root.resolve()
        name = f"{_name_of(root)}:own"
        return self._update(Corpus("", name, CorpusKind.OWN, str(root), automatic), progress)

    def update(self, corpus: Corpus, progress: Progress = no_progress) -> Update:
        """Read what has changed in a corpus.

        :raises CorpusError: if its place is gone, or it was imported.
        """
        if corpus.kind is CorpusKind.IMPORT:
            raise CorpusError(f"{corpus.name} was built elsewhere; import a newer file in its place")
        return self._update(corpus, progress)

    def remove(self, corpus: Corpus) -> None:
        """Remove a corpus; what others brought too stays."""
        with self.store.writing(self._wait_s) as writer:
            for key in self._alone(corpus, corpus.sources):
                writer.remove_origin(key)
            self._registry.remove(corpus)

    def ensure(self, root: Path, progress: Progress = no_progress, *, own: bool = True) -> Readiness:
        """Make sure that a workspace can be compared with what is installed for it, and with itself.

        Costs some ``stat`` calls when nothing was installed since. What cannot be read or written is said in the
        notes: there may be other corpora to compare with.

        :param own: also bring the workspace's own files up to date, which lists them.
        """
        root = root.resolve()
        notes: list[str] = []
        steps: list[Callable[[], Update]] = []
        corpus = self._existing(CorpusKind.INSTALLED, str(root))
        if corpus is None or corpus.stamp != installed_stamp(root, self._environ):
            steps.append(lambda: self.add_installed(root, automatic=True, progress=progress))
        if own:
            steps.append(lambda: self.add_own(root, automatic=True, progress=progress))
        for step in steps:
            try:
                update = step()
            except (CorpusError, StoreError) as error:
                notes.append(str(error))
            else:
                if update.corpus.kind is CorpusKind.INSTALLED and update.taken.read_files:
                    notes.append(said(update))
        return Readiness(tuple(notes))

    def listed(self) -> list[Listed]:
        """Return every corpus with its size and what is wrong with it."""
        summaries = {summary.origin.key: summary for summary in self.store.origins()}
        return [self._listed(corpus, summaries) for corpus in self.corpora()]

    def exclude_for(self, root: Path) -> Callable[[Place], bool]:
        """Return what tells of a place that a copy from there into a workspace is no alarm: it is the user's own."""
        roots = [Path(corpus.location) for corpus in self.corpora() if corpus.kind is CorpusKind.OWN]
        return exclude_own(identity_of(root.resolve()), [root.resolve(), *roots])

    def export(self, file: Path, corpora: Iterable[Corpus], *, with_text: bool) -> None:
        """Write some corpora to one file.

        :param with_text: so that passages can be shown where the sources are not.
        """
        keys = {key for corpus in corpora for key in corpus.sources}
        self.store.export(file, with_text=with_text, origins=keys)

    def import_(self, file: Path, name: str = "") -> Corpus:
        """Take in a corpus that was built elsewhere, in place of one of the same name that was imported before.

        :raises ImportRefusedError: if the file is damaged.
        """
        file = file.expanduser().resolve()
        if not file.is_file():
            raise CorpusError(f"{file} is no file; name what `assist corpus export` has written")
        name = name or file.name.partition(".")[0]
        old = next(
            (one for one in self.corpora() if one.name == name and one.kind is CorpusKind.IMPORT), None
        )
        corpus = old or self._registry.named_apart(Corpus("", name, CorpusKind.IMPORT, str(file)))
        origins = self.store.import_(file, key_prefix=f"import:{corpus.id}:")
        corpus = replace(
            corpus,
            location=str(file),
            updated_ns=time.time_ns(),
            sources={origin.key: "" for origin in origins},
        )
        if old is not None:
            with self.store.writing(self._wait_s) as writer:
                for key in set(old.sources) - set(corpus.sources):
                    writer.remove_origin(key)
        self._registry.put(corpus)
        return corpus

    def _update(self, wanted: Corpus, progress: Progress) -> Update:
        """Bring a corpus up to date; make it if there is none of that kind at that place."""
        started = time.perf_counter()
        with self.store.writing(self._wait_s) as writer:
            corpus = self._existing(wanted.kind, wanted.location) or self._registry.named_apart(wanted)
            stamp = installed_stamp(Path(corpus.location), self._environ) if _is_installed(corpus) else ""
            sources = list(self._sources(corpus))
            builder = Builder(
                writer, self._known(corpus), progress, lambda taken: self._record(corpus, taken)
            )
            taken = builder.take_in(sources)
            gone = set(corpus.sources) - set(taken.sources)
            for key in self._alone(corpus, gone):
                writer.remove_origin(key)
            done = replace(
                corpus,
                sources=taken.sources,
                stamp=stamp,
                updated_ns=time.time_ns(),
                left_out=taken.left_out,
            )
            self._registry.put(done)
            if taken.files:
                self._registry.put_stamps(done, taken.files)
        return Update(done, taken, time.perf_counter() - started)

    def _record(self, corpus: Corpus, taken: Taken) -> None:
        """Take note of what was published, so that an interruption loses no more than the last step."""
        self._registry.put(replace(corpus, sources={**corpus.sources, **taken.sources}))
        if taken.files:
            self._registry.put_stamps(corpus, taken.files)

    def _sources(self, corpus: Corpus) -> Iterator[Source]:
        place = Path(corpus.location)
        rules = self._rules(corpus)
        if corpus.kind is CorpusKind.INSTALLED:
            yield from installed_sources(place, self._environ, rules)
        elif corpus.kind is CorpusKind.OWN:
            yield folder_source(place, rules, CorpusKind.OWN)
        elif corpus.kind is CorpusKind.ARCHIVE:
            yield archive_source(place, rules)
        elif corpus.kind is CorpusKind.HISTORY:
            yield history_source(GitRepository(place), rules)
        else:
            repository = repository_at(place)
            if repository is not None and repository.is_bare:
                yield commit_source(repository, rules)
            else:
                yield folder_source(place, rules, corpus.kind)

    def _rules(self, corpus: Corpus) -> DiscoveryRules:
        if corpus.kind is CorpusKind.OWN:
            return rules_for(Path(corpus.location), self._settings)
        return self._settings.rules

    def _known(self, corpus: Corpus) -> Known:
        intact = {summary.origin.key for summary in self.store.origins() if not summary.needs_rebuild}
        return Known(corpus.sources, self._registry.stamps(corpus), frozenset(intact))

    def _existing(self, kind: CorpusKind, location: str) -> Corpus | None:
        return next((one for one in self.corpora() if one.kind is kind and one.location == location), None)

    def _alone(self, corpus: Corpus, keys: Iterable[str]) -> list[str]:
        """Return those keys that no other corpus has."""
        others = {key for other in self.corpora() if other.id != corpus.id for key in other.sources}
        return [key for key in keys if key not in others]

    def _listed(self, corpus: Corpus, summaries: Mapping[str, OriginSummary]) -> Listed:
        found = [summaries[key] for key in corpus.sources if key in summaries]
        return Listed(
            corpus,
            len(found),
            sum(summary.files for summary in found),
            sum(summary.source_bytes for summary in found),
            self._problem(corpus, found),
        )

    def _problem(self, corpus: Corpus, found: list[OriginSummary]) -> str:
        damaged = next((summary.needs_rebuild for summary in found if summary.needs_rebuild), "")
        if damaged or len(found) < len(corpus.sources):
            action = "import it again" if corpus.kind is CorpusKind.IMPORT else "run `assist corpus update`"
            return f"damaged ({damaged or 'parts are missing'}): {action}"
        return problem_of(corpus, self._registry.stamps(corpus), self._rules(corpus), self._environ)


def _kind_of(path: Path, *, history: bool) -> CorpusKind:
    if path.is_dir():
        repository = repository_at(path)
        if history:
            if repository is None:
                raise CorpusError(
                    f"{path} is no git repository, so it has no history; add it without --history"
                )
            return CorpusKind.HISTORY
        return CorpusKind.GIT if repository else CorpusKind.FOLDER
    if history:
        raise CorpusError(f"{path} is no folder; --history wants a git repository")
    if path.is_file() and is_archive(path):
        return CorpusKind.ARCHIVE
    if path.exists():
        raise CorpusError(f"{path} is no folder and no archive that can be read; name one of these")
    raise CorpusError(f"{path} does not exist; name a folder, a git repository or an archive")


def _is_installed(corpus: Corpus) -> bool:
    return corpus.kind is CorpusKind.INSTALLED


def _absolute(path: str) -> Path:
    return Path(path).expanduser().resolve()


def _name_of(path: Path) -> str:
    name = path.name.removesuffix(".git")
    return path.parent.name if name in ("", "repo") and path.parent.name else name or "root"
