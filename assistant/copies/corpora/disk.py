"""A source whose files lie in a folder: a package, a folder, a work tree.

Files are read as discovery reads them: never through a link out of the folder, never a pipe or a device.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.copies.corpora.model import FileContent, IsKnown, LeftOut, SourceInfo
from assistant.copies.corpora.selection import may_hold_code
from indexer.discovery import DiscoveryRules, FoundFile, SkippedFile, read_bytes


@dataclass(frozen=True, slots=True)
class DiskSource:
    """Files below a folder, listed when they are wanted.

    :param list_files: names the candidates; their paths are relative to the info's root.
    """

    info: SourceInfo
    stamp: str
    list_files: Callable[[], Iterable[FoundFile]]
    rules: DiscoveryRules
    count_hint: int = 0
    is_history: bool = False

    def contents(self, is_known: IsKnown) -> Iterator[FileContent | LeftOut]:
        """Read the files that hold code."""
        root = Path(self.info.root)
        for file in self.list_files():
            if not may_hold_code(file.path, file.size):
                continue
            if file.size > self.rules.max_file_bytes:
                yield LeftOut(file.path, "too large")
                continue
            stamp = f"{file.size}:{file.mtime_ns}"
            if is_known(file.path, stamp):
                yield FileContent(file.path, stamp, None)
                continue
            raw = read_bytes(root, file.path, self.rules)
            if isinstance(raw, SkippedFile):
                yield LeftOut(file.path, f"{raw.reason.value}: {raw.detail}")
            else:
                yield FileContent(file.path, stamp, raw)


def walk_files(
    root: Path, start: str = "", *, without: Callable[[str], bool] | None = None
) -> Iterator[FoundFile]:
    """Find the regular files below a folder, whatever any ignore file says; links are not followed.

    :param start: where to begin, relative to the root: "" or ending in '/'.
    :param without: tells of a folder, relative to the root and ending in '/', whether to pass it by.
    """
    import os

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
