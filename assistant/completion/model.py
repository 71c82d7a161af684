"""What goes into a completion and what comes out: the values at the seam between server, pipeline and completers.

Offsets count characters of ``text`` (Python's, not UTF-16's); whoever speaks to an editor converts once, at its border.
Nothing here computes anything.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

LOCAL = "local"
"""The source of suggestions that need no model; any other source is a backend's name."""

_ids = itertools.count(1)


class Trigger(Enum):
    """Why a completion is wanted."""

    AUTOMATIC = "automatic"
    """The user typed or moved; silence is a good answer."""
    INVOKED = "invoked"
    """The user asked; several candidates are welcome and rules of tact do not apply."""


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file that is open or was edited a short while ago, as the editor has it."""

    path: str
    """As :attr:`CompletionRequest.path`."""
    text: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A cursor in a document, at one moment."""

    root: Path
    """The folder of the workspace that the document belongs to."""
    path: str
    """Relative to ``root``, with forward slashes; absolute for a document outside of it."""
    text: str
    offset: int
    """Of the cursor, in characters: ``0 <= offset <= len(text)``."""
    language: str | None = None
    """As in :mod:`indexer.languages`."""
    version: int | None = None
    trigger: Trigger = Trigger.AUTOMATIC
    recent: Sequence[RecentFile] = field(default=(), repr=False)
    """Open and recently edited files, newest first; without the document itself."""

    @property
    def prefix(self) -> str:
        """The text before the cursor."""
        return self.text[: self.offset]

    @property
    def suffix(self) -> str:
        """The text after the cursor."""
        return self.text[self.offset :]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text that may replace ``replace_start`` to ``replace_end`` of the document."""

    text: str
    replace_start: int
    replace_end: int
    """Equal to ``replace_start`` where nothing is replaced; never on another line than it."""
    source: str = LOCAL
    confidence: float = 1.0
    """0 to 1; comparable only within one source."""
    copies: tuple[object, ...] = ()
    """What the checker found copied in it, as the checker gave it."""
    id: str = field(default_factory=lambda: f"s{next(_ids)}", compare=False)
    """Unique in this process; feedback names it. What is left of a suggestion after typing along it keeps its id."""


class CompletionSource(Protocol):
    """Whatever suggests text at a cursor. Cancelling the task that awaits it must free what it holds, at once."""

    async def complete(self, request: CompletionRequest) -> list[Suggestion]:
        """Return suggestions, best first; an empty list where there is nothing good to say."""
        ...


class LocalSource(Protocol):
    """A completer that needs no model and answers in milliseconds, safe to call in a thread."""

    def suggest(self, request: CompletionRequest) -> list[Suggestion]:
        """Return suggestions, best first; an empty list where it is not sure."""
        ...


class CopyCheck(Protocol):
    """Finds copied code in a suggestion, in milliseconds; never raises for what the text holds."""

    def check(self, text: str, path: str, lines: range | None = None) -> Sequence[object]:
        """Return what was found in a text that would stand in ``path``, an absolute one.

        :param lines: 1-based, to which the evidence is restricted.
        """
        ...
