"""Files that an update left out, kept so that they need not be looked at again and can be shown to the user."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from indexer.discovery import FoundFile, SkippedFile, SkipReason

_FINAL = frozenset({SkipReason.BINARY, SkipReason.MINIFIED, SkipReason.GENERATED})


@dataclass(frozen=True, slots=True)
class SkipRecord:
    """A file left out; with its size and time if its content was the reason."""

    path: str
    reason: SkipReason
    detail: str
    size: int | None = None
    mtime_ns: int | None = None

    @classmethod
    def of(cls, skip: SkippedFile, found: FoundFile | None = None) -> Self:
        """Make a record.

        :param found: what was listed, if the file was opened.
        """
        size, mtime_ns = (found.size, found.mtime_ns) if found else (None, None)
        return cls(skip.path, skip.reason, skip.detail, size, mtime_ns)

    @property
    def is_final(self) -> bool:
        """Whether the same content would be left out again, whatever the settings and permissions."""
        return self.reason in _FINAL

    def to_skipped_file(self) -> SkippedFile:
        """Return what is shown to people."""
        return SkippedFile(self.path, self.reason, self.detail)


def save_skips(path: Path, records: Iterable[SkipRecord]) -> None:
    """Write records to a file."""
    path.write_text(json.dumps([asdict(record) for record in records]), "ascii")


def load_skips(path: Path) -> list[SkipRecord]:
    """Read what :func:`save_skips` wrote."""
    rows = json.loads(path.read_bytes())
    return [SkipRecord(**row | {"reason": SkipReason(row["reason"])}) for row in rows]
