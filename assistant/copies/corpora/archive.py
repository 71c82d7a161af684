"""A source in an archive: zip, wheel, jar, tar and its compressed kinds, sdist, npm's tarballs.

Its text is read from the archive alone, so that the store has to keep it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.archive_stream import Member, members_of
from assistant.copies.corpora.errors import ArchiveError
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.installed_node import package_of_json
from assistant.copies.corpora.installed_python import package_of_metadata
from assistant.copies.corpora.licensing import licence_of_texts, with_licence
from assistant.copies.corpora.model import FileContent, IsKnown, LeftOut, SourceInfo
from assistant.copies.corpora.package import MAX_METADATA_BYTES, Package, stamp_of
from assistant.copies.corpora.selection import may_hold_code
from indexer.discovery import DiscoveryRules

_LICENCE_NAMES = ("licen", "copying", "notice", "unlicense")


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """The code in one archive."""

    path: Path
    info: SourceInfo
    stamp: str
    rules: DiscoveryRules
    count_hint: int = 0
    is_history: bool = False

    def contents(self, is_known: IsKnown) -> Iterator[FileContent | LeftOut]:
        """Read the files that hold code.

        :raises ArchiveError: if the archive cannot be read.
        """
        seen: set[str] = set()
        for member in members_of(self.path):
            if not member.path:
                yield LeftOut("", "a path that leads out of the archive")
            elif member.path in seen or not may_hold_code(member.path, member.size):
                continue
            elif member.size > self.rules.max_file_bytes:
                yield LeftOut(member.path, "too large")
            elif member.stamp and is_known(member.path, member.stamp):
                seen.add(member.path)
                yield FileContent(member.path, member.stamp, None)
            else:
                seen.add(member.path)
                yield self._read(member)

    def _read(self, member: Member) -> FileContent | LeftOut:
        raw = member.read(self.rules.max_file_bytes + 1)
        if len(raw) > self.rules.max_file_bytes:
            return LeftOut(member.path, "too large")
        return FileContent(member.path, member.stamp, raw)


def archive_source(path: Path, rules: DiscoveryRules) -> ArchiveSource:
    """Return an archive as a source, with what the package's metadata in it says.

    :raises ArchiveError: if it cannot be read.
    """
    if not path.is_file():
        raise ArchiveError(f"{path} is no file; name an archive or a folder")
    location = str(path)
    package, licences = _read_metadata(path)
    if package is not None:
        info = package.info(location, "")
    else:
        facts = with_licence(Facts(kind="archive"), licence_of_texts(licences))
        info = SourceInfo(f"archive:{location}", path.name, "", f"archive:{path.name}", "", facts)
    return ArchiveSource(path, info, stamp_of(path), rules)


def _read_metadata(path: Path) -> tuple[Package | None, dict[str, str]]:
    """Return the package that the archive is, and its licence files near the top by their paths."""
    package: Package | None = None
    licences: dict[str, str] = {}
    for member in members_of(path):
        depth = member.path.count("/")
        name = member.path.rpartition("/")[2]
        if not member.path or depth > 1 or member.size > MAX_METADATA_BYTES:
            continue
        if name.lower().startswith(_LICENCE_NAMES):
            licences[member.path] = _text(member)
        elif package is None and name in ("METADATA", "PKG-INFO"):
            package = package_of_metadata(_text(member))
            package = package if package.name else None
        elif package is None and name == "package.json":
            package = package_of_json(_text(member))
    return package, licences


def _text(member: Member) -> str:
    return member.read(MAX_METADATA_BYTES).decode("utf-8-sig", "replace")
