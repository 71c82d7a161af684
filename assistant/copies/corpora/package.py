"""What the finders of installed packages share: a package's identity, and its files on disk as a source."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.disk import DiskSource
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.licensing import LicenceContext
from assistant.copies.corpora.model import SourceInfo
from assistant.copies.licences import licence_of_package
from indexer.discovery import DiscoveryRules, FoundFile, SkippedFile, read_bytes

MAX_METADATA_BYTES = 2_000_000
_METADATA_RULES = DiscoveryRules(max_file_bytes=MAX_METADATA_BYTES)


@dataclass(frozen=True, slots=True)
class Package:
    """One version of one package.

    :param ecosystem: ``pypi``, ``npm``, ``cargo``, ``go`` or ``maven``: the first part of the key.
    :param kind: :attr:`Facts.kind`.
    :param repository: ``host/owner/name``; empty if its metadata names none that is known.
    """

    ecosystem: str
    kind: str
    name: str
    version: str
    repository: str
    url: str

    @property
    def family(self) -> str:
        """What its versions have in common, and with them the repository that it is made from."""
        return self.repository or f"{self.ecosystem}:{self.name}"

    def info(self, location: str, root: str) -> SourceInfo:
        """Return whom its files come from.

        :param location: where it is installed: the same version in two places is two sources.
        """
        return SourceInfo(
            key=f"{self.ecosystem}:{self.name}@{self.version}:{location}",
            name=self.name,
            version=self.version,
            family=self.family,
            root=root,
            facts=Facts(kind=self.kind, url=self.url),
        )

    def source(
        self,
        root: Path,
        stamp: str,
        list_files: Callable[[], Iterable[FoundFile]],
        rules: DiscoveryRules,
        information: Path | None = None,
    ) -> DiskSource:
        """Return its files below a folder as a source.

        :param information: where its metadata is, if the folder is not its own.
        """

        def licences() -> LicenceContext:
            finding = licence_of_package(self.kind, information or root)  # type: ignore[arg-type] # one of the five
            return LicenceContext(root=str(root), package=finding, is_shared=information is not None)

        return DiskSource(self.info(str(root), str(root)), stamp, list_files, rules, licences)


def read_metadata(root: Path, path: str) -> str | None:
    """Read a small text file below a folder; None if there is none that can be read."""
    raw = read_bytes(root, path, _METADATA_RULES)
    return None if isinstance(raw, SkippedFile) else raw.decode("utf-8-sig", "replace")


def stamp_of(*paths: Path) -> str:
    """Return what changes when one of some files or folders is replaced; those that are missing count too."""
    parts = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            parts.append("-")
        else:
            parts.append(f"{status.st_size}:{status.st_mtime_ns}")
    return " ".join(parts)


def text_in(mapping: Mapping[str, object], key: str) -> str:
    """Return a text of a parsed document; empty if there is another thing in its place."""
    value = mapping.get(key)
    return value.strip() if isinstance(value, str) else ""
