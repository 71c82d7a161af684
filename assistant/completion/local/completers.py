"""The completers of all workspaces, each kept in step with its index.

The corpus lies in the folder of the index that it was made from. A newer index makes a new corpus only when many files
differ; few are laid over the old one. Code is learned from, whatever is vendored or generated is not.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from assistant.completion.local.completer import LocalCompleter
from assistant.completion.local.corpus import RepositoryFile
from assistant.engine import Engine, no_progress
from assistant.retrieval.repository import Source
from indexer.discovery import Role
from indexer.languages import LANGUAGES, LanguageKind
from indexer.progress import Progress

FOLDER = "completion"
LAID_OVER = 24
"""So many files may differ from the corpus before it is made anew."""

_LEFT_OUT = (Role.VENDORED | Role.GENERATED).value
_LOG = logging.getLogger(__name__)


class LocalCompleters:
    """Opens, makes and keeps completers. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._completers: dict[Path, LocalCompleter] = {}
        self._laid_over: dict[Path, set[str]] = {}
        self._lock = Lock()
        self._refreshing = Lock()

    def get(self, root: Path) -> LocalCompleter | None:
        """Return a folder's completer if :meth:`refresh` has made one; never waits."""
        with self._lock:
            return self._completers.get(root)

    def refresh(self, root: Path, progress: Progress = no_progress) -> LocalCompleter | None:
        """Bring a folder's completer in step with its current index; None if it has none.

        Milliseconds where the saved corpus still fits, a second for every few megabytes of code where it does not.

        :raises CorruptIndexError: if the index is damaged. :raises OSError: if the corpus cannot be saved.
        """
        source = self._engine.source(root)
        if source is None:
            return None
        with self._refreshing:
            wanted = _learned(source)
            found = self._saved(root, wanted)
            if found is not None and (differing := _differing(found, wanted)) is not None:
                if len(differing) <= LAID_OVER:
                    self._lay_over(root, found, source, {path: path in wanted for path in differing})
                    return self._keep(root, found)
            made = LocalCompleter.build(
                self._folder(root), _files(source, wanted), len(wanted), progress, {"files": wanted}
            )
            self._laid_over[root] = set()
            _LOG.info("learned from %d files", len(wanted))
            return self._keep(root, made)

    def reopen(self, root: Path) -> LocalCompleter | None:
        """Take a folder's saved corpus up as another process has left it; None if there is none.

        It is used even where much of it is out of date; milliseconds.

        :raises CorruptIndexError: if the index is damaged.
        """
        source = self._engine.source(root)
        if source is None:
            return None
        with self._refreshing:
            wanted = _learned(source)
            found = self._saved(root, wanted)
            if found is None:
                return None
            differing = _differing(found, wanted) or []
            self._lay_over(root, found, source, {path: path in wanted for path in differing[:LAID_OVER]})
            return self._keep(root, found)

    def _saved(self, root: Path, wanted: dict[str, str]) -> LocalCompleter | None:
        """Return the completer that is held, or the one that is saved if that fits better."""
        held = self.get(root)
        if held is not None and len(_differing(held, wanted) or ()) <= LAID_OVER:
            return held
        saved = LocalCompleter.open(self._folder(root))
        if saved is None or (held is not None and saved.facts == held.facts):
            return held
        self._laid_over[root] = set()
        return saved

    def _keep(self, root: Path, completer: LocalCompleter) -> LocalCompleter:
        with self._lock:
            self._completers[root] = completer
        return completer

    def _lay_over(
        self, root: Path, completer: LocalCompleter, source: Source, differing: dict[str, bool]
    ) -> None:
        """Lay over a corpus what differs from it.

        :param differing: whether the file is still one to learn from, by path.
        """
        before = self._laid_over.get(root, set())
        for path in before - differing.keys():
            completer.restore(path)
        for path, is_there in differing.items():
            completer.update(path, _text(source, path) if is_there else None)
        self._laid_over[root] = set(differing)

    def forget(self, root: Path) -> None:
        """Drop the completer of a folder that is no longer open; its corpus stays."""
        with self._lock:
            self._completers.pop(root, None)
            self._laid_over.pop(root, None)

    def _folder(self, root: Path) -> Path:
        return self._engine.directory(root).folder / FOLDER


def _learned(source: Source) -> dict[str, str]:
    """Return the content hashes of all files to learn from, by path."""
    snapshot = source.snapshot
    hashes = snapshot.files.records["content_hash"]
    rows = zip(snapshot.paths, snapshot.languages, snapshot.roles.tolist(), hashes, strict=True)
    return {
        path: bytes(content).hex()
        for path, language, roles, content in rows
        if not roles & _LEFT_OUT and language in LANGUAGES and LANGUAGES[language].kind is LanguageKind.CODE
    }


def _differing(completer: LocalCompleter, wanted: dict[str, str]) -> list[str] | None:
    """Return the paths whose content is not what the corpus was made of; None if that is not known."""
    held = completer.facts.get("files")
    if not isinstance(held, dict):
        return None
    return [path for path in {**held, **wanted} if held.get(path) != wanted.get(path)]


def _files(source: Source, wanted: dict[str, str]) -> Iterator[RepositoryFile]:
    languages = dict(zip(source.snapshot.paths, source.snapshot.languages, strict=True))
    for path in wanted:
        yield RepositoryFile(path, lambda path=path: _text(source, path), languages[path])  # type: ignore[misc]


def _text(source: Source, path: str) -> str | None:
    read = source.texts.read(path)
    return None if read is None else read.text.decode("utf-8", "replace")
