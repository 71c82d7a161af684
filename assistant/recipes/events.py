"""What happens while a recipe runs, in order: the context, the answer piece by piece, the end with its result."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answers.citations import Event as Checked
from assistant.answers.citations import Summary
from assistant.backends import Usage
from assistant.copies.answers import CopiedCode
from assistant.privacy import Manifest
from assistant.recipes.findings import Findings
from assistant.recipes.patches import FileChange

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding


@dataclass(frozen=True, slots=True)
class ContextGiven:
    """Always first: what is about to be sent, and where to."""

    manifest: Manifest
    endpoint: str
    model: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thinking:
    """What a reasoning model thinks aloud; no part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of an answer that is read as a whole at its end: a diff, findings, a message."""

    text: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer was shown as it came, its citations checked."""

    summary: Summary


@dataclass(frozen=True, slots=True)
class Found:
    """The findings of the answer."""

    findings: Findings


@dataclass(frozen=True, slots=True)
class Message:
    """A commit message, and what in it does not fit the repository's form."""

    text: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A checked change of a file, as yet unwritten."""

    change: FileChange
    diff: str
    encoding: str
    command: str = ""
    """How new tests are run."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer cannot be used, and why."""

    reason: str


Result = Explained | Found | Message | Change | Refused


@dataclass(frozen=True, slots=True)
class Finished:
    """Always last, unless the run is cancelled or fails."""

    result: Result
    answer: str
    """As the model gave it."""
    notes: tuple[str, ...]
    usage: Usage | None
    finish_reason: str
    copies: "tuple[CopyFinding, ...]" = ()
    """What is copied in its blocks of code, or in the new lines of its change."""


RecipeEvent = ContextGiven | Thinking | Written | Checked | CopiedCode | Finished
