"""What is to be sent, in parts that say where they come from, and the list of it that the user is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from indexer.discovery.names import format_size


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """Lines of a file of a repository."""

    root: Path
    path: str
    """Relative to the root, '/'-separated."""
    start_line: int
    """1-based."""
    end_line: int
    """Inclusive."""
    mentioned: bool = False
    """Whether the user named this very file: then git's ignore rules do not hold it back, all others do."""
    former: str = ""
    """The path that the lines had before a rename: it must be allowed too, a diff shows what stood there."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user typed, now or earlier in the conversation, and what was answered."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Fixed text of assist's own: instructions, a recipe."""


Origin = FileOrigin | Typed | Prompt


@dataclass(frozen=True, slots=True)
class Part:
    """A text and where it comes from. A heading that names a file belongs into the part of that file."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was to be sent and is not."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What goes out, for ``--show-context``, the audit log and the summary line."""

    files: tuple[FileOrigin, ...]
    left_out: tuple[LeftOut, ...]
    redacted: Mapping[str, int]
    """Placeholders by kind of secret."""
    text_bytes: int

    def summary(self) -> str:
        """Return the list in one line: ``6 passages of 4 files, 3.2 kB, 2 secrets redacted, 1 file left out``."""
        passages, files = len(self.files), len({(item.root, item.path) for item in self.files})
        words = (
            [f"{passages} passage{'s' * (passages != 1)} of {files} file{'s' * (files != 1)}"]
            if passages
            else []
        )
        words.append(format_size(self.text_bytes))
        if secrets := sum(self.redacted.values()):
            words.append(f"{secrets} secret{'s' * (secrets != 1)} redacted")
        if left := len({item.path for item in self.left_out}):
            words.append(f"{left} file{'s' * (left != 1)} left out")
        return ", ".join(words)

    def as_record(self) -> dict[str, Any]:
        """Return the list for JSON."""
        return {
            "files": [
                {"root": str(item.root), "path": item.path, "lines": [item.start_line, item.end_line]}
                for item in self.files
            ],
            "left_out": [{"path": item.path, "reason": item.reason} for item in self.left_out],
            "redacted": dict(self.redacted),
        }


@dataclass(frozen=True, eq=False)
class Prepared:
    """Parts that may be sent: as many and in the order as they were given, with nothing in those left out."""

    parts: tuple[Part, ...]
    manifest: Manifest

    @cached_property
    def text(self) -> str:
        """All parts, one after the other."""
        return "".join(part.text for part in self.parts)
