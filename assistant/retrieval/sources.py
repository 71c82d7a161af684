"""The text of indexed files, read from disk when it is shown: the index stores none."""

import os
import stat
from collections import OrderedDict
from pathlib import Path
from threading import Lock

from indexer.discovery import DiscoveryRules, Source, read_source

_MAX_FILES = 256
_MAX_BYTES = 16 * 2**20
_OPEN_FLAGS = (
    os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


class SourceReader:
    """Reads files below one root as the indexer does, with a small cache. Safe to use from several threads."""

    def __init__(self, root: Path, rules: DiscoveryRules) -> None:
        self._root = root
        self._prefix = os.path.join(os.fspath(root), "")
        self._rules = rules
        self._cache: OrderedDict[str, tuple[tuple[int, int], Source]] = OrderedDict()
        self._cached_bytes = 0
        self._lock = Lock()

    def read(self, path: str) -> Source | None:
        """Return a file's text; None if it is gone or no text any more."""
        try:
            found = os.stat(self._prefix + path)
        except (OSError, ValueError):
            return None
        stamp = (found.st_size, found.st_mtime_ns)
        with self._lock:
            cached = self._cache.get(path)
            if cached and cached[0] == stamp:
                self._cache.move_to_end(path)
                return cached[1]
        source = read_source(self._root, path, self._rules)
        if not isinstance(source, Source):
            return None
        self._keep(path, stamp, source)
        return source

    def _keep(self, path: str, stamp: tuple[int, int], source: Source) -> None:
        with self._lock:
            replaced = self._cache.pop(path, None)
            self._cached_bytes += len(source.text) - (len(replaced[1].text) if replaced else 0)
            self._cache[path] = (stamp, source)
            while len(self._cache) > _MAX_FILES or self._cached_bytes > _MAX_BYTES:
                _, (_, oldest) = self._cache.popitem(last=False)
                self._cached_bytes -= len(oldest.text)

    def open_paths(self) -> frozenset[str]:
        """Return the files whose text is an editor's, and may be newer than any index."""
        return frozenset()

    def may_contain(self, path: str, needle: bytes, *, lowered: bool = False) -> bool:
        """Tell, much faster than :meth:`read`, whether a file is worth reading for some ASCII text.

        :param needle: ASCII only, so that it stands unchanged in every encoding but UTF-16 and UTF-32.
        :param lowered: the needle is in lower case and stands for any case.
        :return: False only if the file's text is sure not to contain it.
        """
        try:
            descriptor = os.open(self._prefix + path, _OPEN_FLAGS)
        except (OSError, ValueError):
            return False
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > self._rules.max_file_bytes:
                return False
            raw = os.read(descriptor, found.st_size + 1)
            if len(raw) < found.st_size:
                return True  # a short read says nothing
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return needle in (raw.lower() if lowered else raw) or b"\0" in raw or raw.startswith(_WIDE_MARKS)

    def lines(self, path: str) -> list[str]:
        """Return a file's lines without their ends; none if it cannot be read."""
        source = self.read(path)
        return split_lines(source.text.decode("utf-8", "replace")) if source else []


def split_lines(text: str) -> list[str]:
    """Split at line feeds only, as editors and the index count lines; carriage returns before them are dropped."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
