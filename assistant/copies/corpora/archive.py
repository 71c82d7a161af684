"""A source in an archive: zip, wheel, jar, tar and its compressed kinds, sdist, npm's tarballs.

Its text is read from the archive alone, so that the store has to keep it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.archive_stream import Member, members_of
from assistant.copies.corpora.errors import ArchiveError
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.installed_node import package_of_json
from assistant.copies.corpora.installed_python import package_of_metadata
from assistant.copies.corpora.licensing import LicenceContext, says_licence
from assistant.copies.corpora.model import FileContent, IsKnown, LeftOut, SourceInfo
from assistant.copies.corpora.package import MAX_METADATA_BYTES, Package, stamp_of
from assistant.copies.corpora.selection import may_hold_code
from indexer.discovery import DiscoveryRules

_MAX_LICENCE_FILES = 2_000


@dataclass(frozen=True, slots=True)
class ArchiveSource:
    """The code in one archive."""

    path: Path
    info: SourceInfo
    stamp: str
    rules: DiscoveryRules
    licences: Callable[[], LicenceContext]
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
        if raw is None:
            return LeftOut(member.path, "damaged or locked")
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
    package, top, texts = _read_metadata(path)
    if package is not None:
        info = package.info(location, "")
    else:
        info = SourceInfo(
            f"archive:{location}", path.name, "", f"archive:{path.name}", "", Facts(kind="archive")
        )
    context = LicenceContext(texts=texts, top=top)
    return ArchiveSource(path, info, stamp_of(path), rules, lambda: context)


def _read_metadata(path: Path) -> tuple[Package | None, str, dict[str, str]]:
    """Return the package that the archive is, the folder that speaks for it, and the files that tell of licences."""
    package: Package | None = None
    tops: set[str] = set()
    top = None
    texts: dict[str, str] = {}
    for member in members_of(path):
        depth = member.path.count("/")
        folder, _, name = member.path.rpartition("/")
        tops.add(member.path.partition("/")[0] if depth else "")
        if not says_licence(member.path) or member.size > MAX_METADATA_BYTES:
            continue
        if len(texts) == _MAX_LICENCE_FILES:
            break
        text = texts[member.path] = (member.read(MAX_METADATA_BYTES) or b"").decode("utf-8-sig", "replace")
        if package is None and depth <= 1 and name in ("METADATA", "PKG-INFO"):
            package, top = package_of_metadata(text), folder
            package = package if package.name else None
        elif package is None and depth <= 1 and name == "package.json":
            package, top = package_of_json(text), folder
    if top is None:
        top = tops.pop() if len(tops) == 1 else ""
    return package, top, texts
