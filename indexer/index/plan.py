"""What an update has to do: which files of the previous generation stay, and which are analysed.

Files whose size and time are unchanged cost the stat that listed them; touched ones are read and compared by content
hash. Nothing is written here.
"""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import DiscoveryRules, FoundFile, Listing, SkippedFile, Source, read_source
from indexer.index.skips import SkipRecord
from indexer.index.snapshot import Snapshot

_TICK_NS = 50_000_000
_COARSE_TICK_NS = 2_000_000_000
"""A file written this shortly before it was looked at may change again without a new time: clocks of file systems tick
every few milliseconds, some (FAT, HFS+, old network shares) only every one or two seconds."""
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """An update, before anything is analysed."""

    kept: Sequence[tuple[int, FoundFile]]
    """Files that stay: (row in the previous generation, what was listed), ascending."""
    analyse: Sequence[FoundFile]
    """New and changed files."""
    dropped: Sequence[int]
    """Rows of the previous generation that do not stay: files that are gone, and old versions of changed ones."""
    gone: int
    """How many of ``dropped`` have no successor in ``analyse``."""
    skips: Sequence[SkipRecord]
    """Files that are left out without being analysed."""
    stale_stats: bool
    """The sizes, times or skipped files on record are no longer right, or can be trusted from now on."""

    @property
    def changes_files(self) -> bool:
        """Whether searches are to find something else from now on."""
        return bool(self.analyse or self.dropped)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to write."""
        return self.changes_files or self.stale_stats


def plan_update(
    root: Path, rules: DiscoveryRules, listing: Listing, started_ns: int, previous: Snapshot | None
) -> Plan:
    """Compare a listing with the previous generation.

    :param started_ns: Unix time before the listing was made.
    :param previous: None if there is none that can be continued: every file is analysed.
    """
    skips = [SkipRecord.of(skip) for skip in listing.skipped]
    if previous is None:
        return Plan([], listing.files, [], 0, skips, stale_stats=False)
    comparison = _Comparison(root, rules, previous, started_ns)
    kept: list[tuple[int, FoundFile]] = []
    analyse = []
    for found in listing.files:
        row = previous.file_row(found.path)
        if row is not None and comparison.is_unchanged(row, found):
            kept.append((row, found))
        elif row is None and (skip := comparison.known_skip(found)):
            skips.append(skip)
        else:
            analyse.append(found)
    kept.sort(key=operator.itemgetter(0))
    stays = np.zeros(len(previous.files), bool)
    stays[[row for row, _ in kept]] = True
    dropped: list[int] = np.flatnonzero(~stays).tolist()
    changed = {found.path for found in analyse}
    old_skips = {skip for skip in previous.skips if skip.path not in changed}
    return Plan(
        kept=kept,
        analyse=analyse,
        dropped=dropped,
        gone=sum(previous.paths[row] not in changed for row in dropped),
        skips=skips,
        stale_stats=comparison.found_stale_stats or old_skips != set(skips),
    )


class _Comparison:
    """Tells whether single files are what the previous generation says."""

    def __init__(self, root: Path, rules: DiscoveryRules, previous: Snapshot, started_ns: int) -> None:
        records = previous.files.records
        self.found_stale_stats = False
        self._root = root
        self._rules = rules
        self._started_ns = started_ns
        self._previous_ns = previous.generation.facts["started_ns"]
        self._stats: list[tuple[int, int]] = list(
            zip(records["size"].tolist(), records["mtime_ns"].tolist(), strict=True)
        )
        self._hashes: NDArray[np.void] = records["content_hash"]
        self._skips = {skip.path: skip for skip in previous.skips if skip.mtime_ns is not None}

    def is_unchanged(self, row: int, found: FoundFile) -> bool:
        """Tell whether a file has the content that row ``row`` was made from; reads it only if its stat cannot tell."""
        size, mtime_ns = self._stats[row]
        if found.size != size:
            return False
        same_stat = found.mtime_ns == mtime_ns
        if same_stat and _is_settled(found, self._previous_ns):
            return True
        source = read_source(self._root, found.path, self._rules)
        if not isinstance(source, Source) or source.content_hash != self._hashes[row].tobytes():
            return False
        if not same_stat or _is_settled(found, self._started_ns):
            self.found_stale_stats = True
        return True

    def known_skip(self, found: FoundFile) -> SkipRecord | None:
        """Return the record of a file that was left out because of its content, if it still would be."""
        skip = self._skips.get(found.path)
        if skip is None or (skip.size, skip.mtime_ns) != (found.size, found.mtime_ns):
            return None
        if skip.is_final:
            return skip if _is_settled(found, self._previous_ns) else None
        now = read_source(self._root, found.path, self._rules)
        if isinstance(now, SkippedFile) and SkipRecord.of(now, found) == skip:
            return skip
        return None


def _is_settled(found: FoundFile, looked_ns: int) -> bool:
    """Tell whether a change after the file was looked at would have changed its time."""
    tick_ns = _TICK_NS if found.mtime_ns % _SECOND_NS else _COARSE_TICK_NS
    return found.mtime_ns < looked_ns - tick_ns
