"""A source whose files lie in a folder: a package, a folder, a work tree.

Files are read as discovery reads them: never through a link out of the folder, never a pipe or a device.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.licensing import LicenceContext
from assistant.copies.corpora.model import FileContent, IsKnown, LeftOut, SourceInfo
from assistant.copies.corpora.selection import may_hold_code
from indexer.discovery import DiscoveryRules, FoundFile, SkippedFile, read_bytes


@dataclass(frozen=True, slots=True)
class DiskSource:
    """Files below a folder, listed when they are wanted.

    :param list_files: names the candidates; their paths are relative to the info's root.
    :param licences: tells where their licences are read.
    """

    info: SourceInfo
    stamp: str
    list_files: Callable[[], Iterable[FoundFile]]
    rules: DiscoveryRules
    licences: Callable[[], LicenceContext | None]
    is_history: bool = False

    @property
    def count_hint(self) -> int:
        """How many files there are to look at."""
        return len(stamps_of(self.list_files(), self.rules))

    def contents(self, is_known: IsKnown) -> Iterator[FileContent | LeftOut]:
        """Read the files that hold code."""
        root = Path(self.info.root)
        for file in self.list_files():
            if not _is_wanted(file, self.rules):
                continue
            stamp = _stamp_of(file)
            if is_known(file.path, stamp):
                yield FileContent(file.path, stamp, None)
                continue
            raw = read_bytes(root, file.path, self.rules)
            if isinstance(raw, SkippedFile):
                yield LeftOut(file.path, f"{raw.reason.value}: {raw.detail}", stamp)
            else:
                yield FileContent(file.path, stamp, raw)


def stamps_of(files: Iterable[FoundFile], rules: DiscoveryRules) -> dict[str, str]:
    """Return the stamps that the files worth reading have now, by path."""
    return {file.path: _stamp_of(file) for file in files if _is_wanted(file, rules)}


def _is_wanted(file: FoundFile, rules: DiscoveryRules) -> bool:
    return 0 < file.size <= rules.max_file_bytes and may_hold_code(file.path, file.size)


def _stamp_of(file: FoundFile) -> str:
    return f"{file.size}:{file.mtime_ns}"


def walk_files(
    root: Path, start: str = "", *, without: Callable[[str], bool] | None = None
) -> Iterator[FoundFile]:
    """Find the regular files below a folder, whatever any ignore file says; links are not followed.

    :param start: where to begin, relative to the root: "" or ending in '/'.
    :param without: tells of a folder, relative to the root and ending in '/', whether to pass it by.
    """
    pending = [start]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as found:
                entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError:
            continue  # gone meanwhile, or not ours to read
        for entry in entries:
            path = folder + entry.name
            try:
                if entry.is_dir(follow_symlinks=False):
                    if without is None or not without(f"{path}/"):
                        pending.append(f"{path}/")
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield FoundFile(path, status.st_size, status.st_mtime_ns)
            except OSError:
                continue
