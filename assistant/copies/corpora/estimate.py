"""How much code lies below a folder, told from names and sizes before anything is read."""

from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.disk import stamps_of, walk_files
from assistant.copies.corpora.folders import listed_files, repository_at
from assistant.copies.corpora.model import CorpusKind
from indexer.discovery import DiscoveryRules, FoundFile

_MOST_FILES = 200_000
"""So many files of any kind are looked at, where git cannot list them."""
_BYTES_PER_S = 8_000_000
"""Two cores read that much; see `benchmarks/RESULTS.md`, "copied code: build"."""
_SHARE_KEPT = 0.1
"""Of the source's size, what its fingerprints take."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much there is to read.

    :ivar is_complete: whether all was looked at; else there is at least so much.
    """

    files: int
    source_bytes: int
    is_complete: bool

    @property
    def duration_s(self) -> float:
        """How long reading takes, at a guess."""
        return self.source_bytes / _BYTES_PER_S

    @property
    def kept_bytes(self) -> int:
        """How much of the cache folder it takes, at a guess."""
        return int(self.source_bytes * _SHARE_KEPT)


def estimate(folder: Path, rules: DiscoveryRules) -> Estimate:
    """Tell how much code a folder holds. Costs a listing of at most some 200,000 files, outside of git.

    :raises RootError: if it cannot be listed.
    """
    if repository_at(folder) is None:
        found: list[FoundFile] = []
        for file in walk_files(folder):
            found.append(file)
            if len(found) == _MOST_FILES:
                return _of(found, rules, is_complete=False)
    return _of(listed_files(folder, CorpusKind.FOLDER, rules), rules, is_complete=True)


def _of(files: list[FoundFile], rules: DiscoveryRules, *, is_complete: bool) -> Estimate:
    wanted = stamps_of(files, rules)
    size = sum(file.size for file in files if file.path in wanted)
    return Estimate(len(wanted), size, is_complete)
