"""Sources that the user names: a folder, a git repository's files, all versions of its files.

A work tree is read from disk as it is now, ignored files left out; a bare repository's last commit, and every history,
from git's objects, so that the store keeps their text.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.copies.corpora.addresses import repository_of
from assistant.copies.corpora.disk import DiskSource
from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.git_objects import Blob, GitRepository
from assistant.copies.corpora.licensing import LicenceContext, says_licence
from assistant.copies.corpora.model import CorpusKind, FileContent, IsKnown, LeftOut, SourceInfo
from assistant.copies.corpora.selection import may_hold_code
from indexer.discovery import DiscoveryRules, FoundFile, Role, list_files, role_of
from indexer.fingerprints.model import NO_FAMILY

_BLOBS_AT_ONCE = 2_000
_MAX_LICENCE_FILES = 2_000
_MAX_LICENCE_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class BlobSource:
    """Versions of files in a repository's object store: one commit's, or all that ever were.

    :param blobs: of a history each object once; the versions of one path follow each other, newest first.
    """

    info: SourceInfo
    stamp: str
    repository: GitRepository
    blobs: list[Blob]
    rules: DiscoveryRules
    is_history: bool
    licences: Callable[[], LicenceContext]

    @property
    def count_hint(self) -> int:
        """How many versions there are."""
        return len(self.blobs)

    def contents(self, is_known: IsKnown) -> Iterator[FileContent | LeftOut]:
        """Read the versions that hold code."""
        for some in _batched(self.blobs, _BLOBS_AT_ONCE):
            known = {blob.id for blob in some if is_known(blob.path, blob.id)}
            sizes = self.repository.sizes([blob.id for blob in some if blob.id not in known])
            wanted = [blob for blob in some if may_hold_code(blob.path, sizes.get(blob.id, 0))]
            small = [blob for blob in wanted if 0 < sizes.get(blob.id, 0) <= self.rules.max_file_bytes]
            texts = self.repository.contents([blob.id for blob in small])
            raws = dict(zip((blob.id for blob in small), texts, strict=True))
            for blob in wanted:
                raw = raws.get(blob.id)
                if raw is None and blob.id not in known:
                    reason = "too large" if sizes.get(blob.id, 0) > self.rules.max_file_bytes else "empty"
                    yield LeftOut(blob.path, reason if blob.id in sizes else "git lacks its content")
                else:
                    yield FileContent(blob.path, blob.id, raw, blob.commit)


def folder_source(folder: Path, rules: DiscoveryRules, kind: CorpusKind = CorpusKind.FOLDER) -> DiskSource:
    """Return the files of a folder, as discovery lists them, as a source.

    :param kind: ``FOLDER``, ``GIT`` for a work tree, ``OWN`` for the user's own.
    :raises CorpusError: if there is no such folder.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder; name a folder, a git repository or an archive")
    repository = repository_at(folder)
    info = _info(folder, kind, str(folder), repository)
    context = None if kind is CorpusKind.OWN else LicenceContext(root=str(folder))
    return DiskSource(info, "", partial(listed_files, folder, kind, rules), rules, lambda: context)


def commit_source(repository: GitRepository, rules: DiscoveryRules) -> BlobSource:
    """Return the files of a repository's current commit, for one that has no work tree."""
    head = _head_of(repository)
    info = _info(repository.folder, CorpusKind.GIT, "", repository)
    licences = partial(_blob_licences, repository, head)
    return BlobSource(info, head, repository, repository.tree(head), rules, False, licences)


def history_source(repository: GitRepository, rules: DiscoveryRules) -> BlobSource:
    """Return every version of every file that a branch or tag leads to."""
    head = _head_of(repository)
    newest = repository.tree(head)
    by_path: dict[str, list[Blob]] = {}
    for blob in _unique(itertools.chain(newest, repository.versions())):
        if may_hold_code(blob.path, 0):
            by_path.setdefault(blob.path, []).append(blob)
    blobs = [blob for versions in by_path.values() for blob in versions]
    info = _info(repository.folder, CorpusKind.HISTORY, "", repository)
    licences = partial(_blob_licences, repository, head)
    return BlobSource(info, repository.refs(), repository, blobs, rules, True, licences)


def repository_at(folder: Path) -> GitRepository | None:
    """Return the repository whose top a folder is, with or without a work tree; None if there is none."""
    looks_bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir()
    if not (looks_bare or (folder / ".git").exists()):
        return None
    try:
        return GitRepository(folder)
    except CorpusError:
        return None


def _head_of(repository: GitRepository) -> str:
    head = repository.head()
    if not head:
        raise CorpusError(f"{repository.folder} has no commit yet; add it when there is one")
    return head


def _info(folder: Path, kind: CorpusKind, root: str, repository: GitRepository | None) -> SourceInfo:
    key = f"{kind.value}:{folder}"
    remote = repository_of(repository.remote()) if repository else ""
    facts = Facts(
        kind=kind.value,
        url=f"https://{remote}" if remote else "",
        revision=repository.head() if repository else "",
        oldest_commit=repository.root_commit() if repository else "",
    )
    name = remote.rpartition("/")[2] or _name_of(folder)
    family = remote or (f"git:{facts.oldest_commit}" if facts.oldest_commit else key)
    if key.startswith(f"{CorpusKind.OWN.value}:"):
        family = NO_FAMILY
    return SourceInfo(key, name, facts.revision[:12], family, root, facts)


def _name_of(folder: Path) -> str:
    name = folder.name.removesuffix(".git")
    return folder.parent.name if name in ("", "repo") and folder.parent.name else name or str(folder)


def _blob_licences(repository: GitRepository, commit: str) -> LicenceContext:
    """Read what a commit's files say about licences."""
    named = [blob for blob in repository.tree(commit) if says_licence(blob.path)]
    named.sort(key=lambda blob: blob.path.count("/"))
    sizes = repository.sizes([blob.id for blob in named])
    small = [blob for blob in named if sizes.get(blob.id, _MAX_LICENCE_BYTES) < _MAX_LICENCE_BYTES]
    small = small[:_MAX_LICENCE_FILES]
    raws = repository.contents([blob.id for blob in small])
    texts = {
        blob.path: (raw or b"").decode("utf-8", "replace") for blob, raw in zip(small, raws, strict=True)
    }
    return LicenceContext(texts=texts)


def listed_files(folder: Path, kind: CorpusKind, rules: DiscoveryRules) -> list[FoundFile]:
    """List a folder's files as a corpus of a kind has them.

    What is vendored or installed in the user's own repository is not the user's own, ignored by git or not.
    """
    files = list_files(folder, rules).files
    if kind is CorpusKind.OWN:
        return [file for file in files if not role_of(file.path) & Role.VENDORED]
    return list(files)


def _unique(blobs: Iterable[Blob]) -> list[Blob]:
    seen: set[str] = set()
    return [blob for blob in blobs if not (blob.id in seen or seen.add(blob.id))]  # type: ignore[func-returns-value]


def _batched(items: list[Blob], size: int) -> Iterator[list[Blob]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
