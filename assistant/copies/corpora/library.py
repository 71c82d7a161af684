"""The user's corpora: added, brought up to date, listed and removed, all in one store.

One writer at a time changes them (the store's lock); what a writer has published is there for every reader at once.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.estimate import Estimate, estimate
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.fingerprinting import VERSION
from assistant.copies.corpora.model import CorpusKind
from assistant.copies.corpora.own import exclude_own, identity_of
from assistant.copies.corpora.registry import Corpus, Registry
from assistant.copies.corpora.staleness import is_stale, problem_of
from assistant.copies.corpora.updating import Update, alone, kind_of, update_corpus
from assistant.settings import Settings, rules_for
from indexer.discovery import DiscoveryRules
from indexer.discovery.names import format_size
from indexer.fingerprints.errors import StoreError
from indexer.fingerprints.model import OriginSummary, Place
from indexer.fingerprints.store import FingerprintStore
from indexer.progress import Progress

_FOR_EVER = -1.0


def no_progress(done: int, total: int) -> None:
    """Report nothing."""


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
    """What was done so that there is something to compare with.

    :param notes: what the user should know, a line each.
    """

    notes: tuple[str, ...]


class CorpusLibrary:
    """The corpora in the user's cache folder. Safe to use from several threads.

    :param environ: says which environment is active and where caches are.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self.folder = settings.cache_dir / "corpora"
        self._registry = Registry(self.folder)
        self._lock = Lock()
        self._store: FingerprintStore | None = None
        self._store_folder = self.folder / f"store-{VERSION}"

    @property
    def store(self) -> FingerprintStore:
        """The fingerprints of all corpora, as they were last published."""
        with self._lock:
            if self._store is None:
                self._store = FingerprintStore.open(self._store_folder)
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
        place = str(Path(name).expanduser().resolve())
        found = [corpus for corpus in corpora if corpus.name == name]
        found = found or [corpus for corpus in corpora if corpus.location == place]
        if len(found) == 1:
            return found[0]
        if found:
            listed = ", ".join(corpus.name for corpus in found)
            raise CorpusError(f"{name} is the place of several corpora ({listed}); name one of them")
        raise CorpusError(f'no corpus "{name}"; `assist corpus list` shows those that there are')

    def estimate(self, path: Path) -> Estimate:
        """Tell how much a folder would be to read.

        :raises RootError: if it cannot be listed.
        """
        return estimate(path.expanduser().resolve(), self._settings.rules)

    def add(
        self,
        path: Path,
        *,
        history: bool = False,
        progress: Progress = no_progress,
        wait_s: float = _FOR_EVER,
    ) -> Update:
        """Add a folder, a repository or an archive, or bring it up to date if it is there.

        :param history: of a repository, every version of every file rather than the current ones.
        :param wait_s: how long to wait for another process that changes the corpora; negative waits for ever.
        :raises CorpusError: if it cannot be read.
        :raises StoreBusyError: if another process still changes them.
        """
        path = path.expanduser().resolve()
        kind = kind_of(path, history=history)
        name = _name_of(path) + (":history" if history else "")
        return self.update(Corpus("", name, kind, str(path)), progress, wait_s)

    def add_installed(
        self,
        root: Path,
        *,
        automatic: bool = False,
        progress: Progress = no_progress,
        wait_s: float = _FOR_EVER,
    ) -> Update:
        """Add what is installed for a workspace, or bring it up to date; raises as :meth:`add`."""
        root = root.resolve()
        name = f"{_name_of(root)}:installed"
        return self.update(Corpus("", name, CorpusKind.INSTALLED, str(root), automatic), progress, wait_s)

    def add_own(
        self,
        root: Path,
        *,
        automatic: bool = False,
        progress: Progress = no_progress,
        wait_s: float = _FOR_EVER,
    ) -> Update:
        """Add a repository of the user's own, for duplicates, or bring it up to date; raises as :meth:`add`."""
        root = root.resolve()
        name = f"{_name_of(root)}:own"
        return self.update(Corpus("", name, CorpusKind.OWN, str(root), automatic), progress, wait_s)

    def update(self, corpus: Corpus, progress: Progress = no_progress, wait_s: float = _FOR_EVER) -> Update:
        """Read what has changed in a corpus; raises as :meth:`add`."""
        if corpus.kind is CorpusKind.IMPORT:
            raise CorpusError(f"{corpus.name} was built elsewhere; import a newer file in its place")
        rules = self._rules(corpus)
        done = update_corpus(self.store, self._registry, corpus, rules, self._environ, progress, wait_s)
        for folder in self.folder.glob("store-*"):
            if folder != self._store_folder:  # of another version of assist, which would make it anew as well
                shutil.rmtree(folder, ignore_errors=True)
        return done

    def remove(self, corpus: Corpus, wait_s: float = _FOR_EVER) -> None:
        """Remove a corpus; what others brought too stays."""
        with self.store.writing(wait_s) as writer:
            for key in alone(self._registry, corpus, corpus.sources):
                writer.remove_origin(key)
            self._registry.remove(corpus)

    def ensure(
        self,
        root: Path,
        progress: Progress = no_progress,
        *,
        own: bool = True,
        wait_s: float = _FOR_EVER,
    ) -> Readiness:
        """Make sure that a workspace can be compared with what is installed for it, and with itself.

        Costs some ``stat`` calls when nothing was installed since. What cannot be read or written is said in the
        notes: there may be other corpora to compare with.

        :param own: also bring the workspace's own files up to date, which lists them.
        """
        root = root.resolve()
        notes: list[str] = []
        steps: list[Callable[[], Update]] = []
        corpus = self._registry.at(CorpusKind.INSTALLED, str(root))
        if corpus is None or is_stale(corpus, self._environ) or not self._has_any(corpus):
            steps.append(lambda: self.add_installed(root, automatic=True, progress=progress, wait_s=wait_s))
        if own:
            steps.append(lambda: self.add_own(root, automatic=True, progress=progress, wait_s=wait_s))
        for step in steps:
            try:
                update = step()
            except (CorpusError, StoreError) as error:
                notes.append(str(error))
            else:
                if update.corpus.kind is CorpusKind.INSTALLED and update.taken.read_files:
                    notes.append(_said(update))
        return Readiness(tuple(notes))

    def listed(self) -> list[Listed]:
        """Return every corpus with its size and what is wrong with it."""
        summaries = {summary.origin.key: summary for summary in self.store.origins()}
        return [self._listed(corpus, summaries) for corpus in self.corpora()]

    def exclude_for(self, root: Path) -> Callable[[Place], bool]:
        """Return what tells of a place that a copy from there into a workspace is no alarm: it is the user's own."""
        roots = [Path(corpus.location) for corpus in self.corpora() if corpus.kind is CorpusKind.OWN]
        root = root.resolve()
        return exclude_own(lambda: identity_of(root), [root, *roots])

    def export(self, file: Path, corpora: Iterable[Corpus], *, with_text: bool) -> None:
        """Write some corpora to one file.

        :param with_text: so that passages can be shown where the sources are not.
        :raises StoreError: if the file cannot be written.
        """
        keys = {key for corpus in corpora for key in corpus.sources}
        self.store.export(file, with_text=with_text, origins=keys)

    def import_(self, file: Path, name: str = "") -> Corpus:
        """Take in a corpus that was built elsewhere, in place of one of the same name that was imported before.

        :raises CorpusError: if there is no such file.
        :raises ImportRefusedError: if the file is damaged.
        """
        file = file.expanduser().resolve()
        if not file.is_file():
            raise CorpusError(f"{file} is no file; name what `assist corpus export` has written")
        name = name or file.name.partition(".")[0]
        imported = [one for one in self.corpora() if one.kind is CorpusKind.IMPORT and one.name == name]
        old = imported[0] if imported else None
        corpus = old or self._registry.named_apart(Corpus("", name, CorpusKind.IMPORT, str(file)))
        origins = self.store.import_(file, key_prefix=f"import:{corpus.id}:")
        sources = {origin.key: "" for origin in origins}
        if any(Facts.from_json(origin.facts).fingerprints != VERSION for origin in origins):
            self._forget(sources)
            raise CorpusError(
                f"{file} was made by another version of assist, whose fingerprints differ; export it with this one"
            )
        done = replace(corpus, location=str(file), updated_ns=time.time_ns(), sources=sources)
        self._forget(set(corpus.sources) - set(sources))
        self._registry.put(done)
        return done

    def _forget(self, keys: Iterable[str]) -> None:
        with self.store.writing() as writer:
            for key in keys:
                writer.remove_origin(key)

    def _has_any(self, corpus: Corpus) -> bool:
        """Tell whether the store has anything of a corpus: not when it was lost, or made by another version."""
        return not corpus.sources or any(one.origin.key in corpus.sources for one in self.store.origins())

    def _rules(self, corpus: Corpus) -> DiscoveryRules:
        if corpus.kind is CorpusKind.OWN:
            return rules_for(Path(corpus.location), self._settings)
        return self._settings.rules

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


def _said(update: Update) -> str:
    """Say in one line what was read."""
    taken = update.taken
    return (
        f"compared with {len(taken.sources):,} installed packages from now on: {taken.read_files:,} files, "
        f"{format_size(taken.read_bytes)}, read in {update.took_s:.1f} s"
    )


def _name_of(path: Path) -> str:
    name = path.name.removesuffix(".git")
    return path.parent.name if name in ("", "repo") and path.parent.name else name or "root"
