"""Resolves what an answer refers to: the one indexed file that a path means, and lines that are in it now.

Harmless differences are tolerated (``./``, backslashes, the repository's own name in front, a unique end of a path);
all else is refused with a reason that a person can act on. The file on disk decides, not the index.
"""

import difflib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.answers.citation_syntax import Reference
from assistant.answers.places import CurrentFile, current_file
from assistant.retrieval.search import Source

_MAX_CANDIDATES = 4
_MAX_SUGGESTION_POOL = 2000


@dataclass(frozen=True, slots=True)
class Resolved:
    """Lines that are in a file as it is on disk. Lines are 1-based and inclusive."""

    source: Source
    file: CurrentFile
    start_line: int
    end_line: int
    whole_file: bool

    @property
    def root(self) -> Path:
        """The indexed folder that the path is relative to."""
        return self.source.snapshot.root

    @property
    def path(self) -> str:
        """Relative to :attr:`root`."""
        return self.file.path


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a reference leads nowhere: a short reason, and what may have been meant."""

    reason: str
    hint: str = ""


class Resolver:
    """Resolves references against some repositories. Not shared between threads."""

    def __init__(self, sources: Sequence[Source], preferred: Collection[str] = ()) -> None:
        """Prepare to resolve.

        :param preferred: paths that the model was shown: where an end of a path fits several files, one of these.
        """
        self._sources = tuple(sources)
        self._preferred = frozenset(preferred)
        self._files: dict[tuple[int, str], tuple[tuple[int, int], CurrentFile]] = {}

    def is_path(self, path: str) -> bool:
        """Tell whether a path, or the end of one, is that of an indexed file."""
        return bool(self._candidates(path.strip("`'\" ").replace("\\", "/").removeprefix("./")))

    def resolve(self, reference: Reference) -> Resolved | Unresolved:
        """Find the file and check the lines."""
        candidates = self._candidates(reference.path)
        if len(candidates) > 1:
            shown = [item for item in candidates if item[1] in self._preferred]
            candidates = shown if len(shown) == 1 else candidates
        if not candidates:
            return self._unknown(reference.path)
        if len(candidates) > 1:
            names = ", ".join(path for _, path in candidates[:_MAX_CANDIDATES])
            more = len(candidates) - _MAX_CANDIDATES
            return Unresolved(
                "ambiguous path", f"could be {names}" + (f" and {more} more" if more > 0 else "")
            )
        number, path = candidates[0]
        file = self.file(self._sources[number], path)
        if file is None:
            return Unresolved("no such file", "it was indexed, but is gone or no text any more")
        return self._with_lines(self._sources[number], file, reference)

    def file(self, source: Source, path: str) -> CurrentFile | None:
        """Read an indexed file as it is now; None if it is gone."""
        try:
            stat = (source.snapshot.root / path).stat()
        except (OSError, ValueError):
            return None
        key, stamp = (self._sources.index(source), path), (stat.st_size, stat.st_mtime_ns)
        known = self._files.get(key)
        if known is not None and known[0] == stamp:
            return known[1]
        file = current_file(source, path)
        if file is not None:
            self._files[key] = (stamp, file)
        return file

    def _with_lines(self, source: Source, file: CurrentFile, reference: Reference) -> Resolved | Unresolved:
        count = len(file.lines)
        start, end = reference.start_line, reference.end_line
        if start is None:
            return Resolved(source, file, min(1, count), count, whole_file=True)
        end = start if end is None else end
        if start < 1:
            return Unresolved("no such line", "lines count from 1")
        if end < start:
            return Unresolved("no such lines", f"{start}-{end} run backwards")
        if end > count:
            return Unresolved(f"only {count} line{'' if count == 1 else 's'}")
        return Resolved(source, file, start, end, whole_file=False)

    def _candidates(self, path: str) -> list[tuple[int, str]]:
        """Return (source, path) of the files that a path can mean: it exactly, else files whose path ends so."""
        exact = [
            (number, path)
            for number, source in enumerate(self._sources)
            if source.snapshot.file_row(path) is not None
        ]
        if exact:
            return exact
        for number, source in enumerate(self._sources):
            inner = _below(source.snapshot.root, path)
            if inner and source.snapshot.file_row(inner) is not None:
                return [(number, inner)]
        return [
            item for item in self._by_name.get(path.rsplit("/", 1)[-1], ()) if item[1].endswith("/" + path)
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, str]]]:
        """File name -> (source, path) of every indexed file so called."""
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, source in enumerate(self._sources):
            for path in source.snapshot.paths:
                found[path.rsplit("/", 1)[-1]].append((number, path))
        return dict(found)

    def _unknown(self, path: str) -> Unresolved:
        if any(self._is_unindexed_file(source.snapshot.root, path) for source in self._sources):
            return Unresolved("not indexed", "`assist status --files` tells why the file was left out")
        near = self._similar(path)
        return Unresolved("no such file", f"did you mean {near}?" if near else "")

    @staticmethod
    def _is_unindexed_file(root: Path, path: str) -> bool:
        """Whether a path below the root is a file that the index leaves out; none outside the root is looked at."""
        try:
            return ".." not in path.split("/") and not path.startswith("/") and (root / path).is_file()
        except (OSError, ValueError):
            return False

    def _similar(self, path: str) -> str:
        """Return the indexed path that a wrong one resembles most; empty if none does."""
        folder, _, name = path.rpartition("/")
        same_name = [other for _, other in self._by_name.get(name, ())]
        if same_name:
            return max(
                same_name, key=lambda other: (difflib.SequenceMatcher(None, path, other).ratio(), other)
            )
        by_case = {known.lower(): known for known in self._by_name}
        if known := by_case.get(name.lower()):
            return self._by_name[known][0][1]
        names = difflib.get_close_matches(name, list(self._by_name)[:_MAX_SUGGESTION_POOL], 3, 0.75)
        pool = [other for known in names for _, other in self._by_name[known]]
        inside = [other for other in pool if folder and other.startswith(folder + "/")]
        return (inside or pool or [""])[0]


def _below(root: Path, path: str) -> str:
    """Return the part of an absolute path, or of one that begins with the root's name, below the root; else nothing."""
    if path.startswith("/") or path[1:3] == ":/":
        start = root.as_posix().rstrip("/") + "/"
        return path[len(start) :] if path.startswith(start) else path.lstrip("/")
    first, _, rest = path.partition("/")
    return rest if first == root.name else ""
