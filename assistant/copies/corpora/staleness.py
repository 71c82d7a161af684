"""Whether a corpus is still what was indexed, from names, sizes, times and ids: no file of it is read."""

from collections.abc import Mapping
from pathlib import Path

from assistant.copies.corpora.disk import stamps_of
from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.folders import listed_files, repository_at
from assistant.copies.corpora.installed import environments_of, installed_stamp
from assistant.copies.corpora.model import CorpusKind
from assistant.copies.corpora.package import stamp_of
from assistant.copies.corpora.registry import Corpus
from indexer.discovery import DiscoveryRules
from indexer.errors import IndexerError

GONE = "its place is gone: run `assist corpus remove`"
CHANGED = "changed since indexed: run `assist corpus update`"


def problem_of(
    corpus: Corpus,
    files: Mapping[str, Mapping[str, str]],
    rules: DiscoveryRules,
    environ: Mapping[str, str],
) -> str:
    """Say what has become of a corpus' place; empty if it is as it was.

    :param files: the stamps of its files, by source and path.
    :param rules: those that its place is read by.
    """
    if corpus.kind is CorpusKind.IMPORT:
        return ""
    place = Path(corpus.location)
    if not place.exists():
        return GONE
    try:
        return CHANGED if _has_changed(corpus, place, files, rules, environ) else ""
    except (CorpusError, IndexerError):
        return CHANGED


def is_stale(corpus: Corpus, environ: Mapping[str, str]) -> bool:
    """Tell whether something was installed or removed since what is installed was read."""
    environments = environments_of(corpus.environments, environ)
    return corpus.stamp != installed_stamp(Path(corpus.location), environments)


def _has_changed(
    corpus: Corpus,
    place: Path,
    files: Mapping[str, Mapping[str, str]],
    rules: DiscoveryRules,
    environ: Mapping[str, str],
) -> bool:
    if corpus.kind is CorpusKind.INSTALLED:
        return is_stale(corpus, environ)
    stamps = set(corpus.sources.values())
    if corpus.kind is CorpusKind.ARCHIVE:
        return stamps != {stamp_of(place)}
    repository = repository_at(place) if corpus.kind in (CorpusKind.HISTORY, CorpusKind.GIT) else None
    if corpus.kind is CorpusKind.HISTORY:
        return repository is None or stamps != {repository.refs()}
    if repository is not None and repository.is_bare:
        return stamps != {repository.head()}
    known = next(iter(files.values()), {})
    return stamps_of(listed_files(place, corpus.kind, rules), rules) != known
