"""How an index compares with its repository: what it holds, how old it is, what changed since, what is left out."""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.engine import Engine
from assistant.settings import rules_for
from indexer.discovery import SkippedFile, list_files, list_ignored
from indexer.index.snapshot import Snapshot
from indexer.index.update import skipped_files


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """How much of an index is in one language."""

    name: str
    files: int
    lines: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that differ from what was indexed, by their size and time."""

    added: int
    changed: int
    removed: int

    @property
    def total(self) -> int:
        """How many files the next update looks at."""
        return self.added + self.changed + self.removed


def age_s(snapshot: Snapshot) -> float:
    """Return how long ago a snapshot was written, in seconds."""
    return max(0.0, time.time() - float(snapshot.generation.facts["written_ns"]) / 1e9)


def language_shares(snapshot: Snapshot) -> list[LanguageShare]:
    """Return the languages of an index, most lines first."""
    lines: Counter[str] = Counter()
    for language, number in zip(snapshot.languages, snapshot.files.records["lines"].tolist(), strict=True):
        lines[language] += number
    files = Counter(snapshot.languages)
    shares = [LanguageShare(name, files[name], number) for name, number in lines.items()]
    return sorted(shares, key=lambda share: (-share.lines, share.name))


def changes_since(engine: Engine, root: Path, snapshot: Snapshot) -> Changes:
    """Compare the files below a root with an index of it."""
    listing = list_files(root, rules_for(root, engine.settings))
    known_skips = {skip.path for skip in skipped_files(snapshot.generation)}
    stamps = np.stack([snapshot.files.records["size"], snapshot.files.records["mtime_ns"]], axis=1).tolist()
    added = changed = kept = 0
    for found in listing.files:
        row = snapshot.file_row(found.path)
        if row is None:
            added += found.path not in known_skips
        else:
            kept += 1
            changed += stamps[row] != [found.size, found.mtime_ns]
    return Changes(added, changed, len(snapshot.files) - kept)


def left_out(engine: Engine, root: Path, snapshot: Snapshot) -> list[SkippedFile]:
    """Return every file below a root that its index leaves out, by path."""
    ignored = list_ignored(root, rules_for(root, engine.settings))
    return sorted({*skipped_files(snapshot.generation), *ignored}, key=lambda skip: skip.path)
