"""What happens while a question is answered, in order: the context, the answer piece by piece, the end.

The pieces of the answer are :mod:`assistant.answers.citations`' events; their texts, joined, are what the model said.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answers.citations import (
    FlaggedIdentifier,
    FlaggedQuotation,
    Summary,
    Text,
    TrueCitation,
    UntrueCitation,
)
from assistant.backends import Usage
from assistant.conversation.material import Material
from assistant.copies.answers import CopiedCode
from assistant.privacy import Manifest

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding

__all__ = [
    "ContextGiven",
    "CopiedCode",
    "Event",
    "Finished",
    "FlaggedIdentifier",
    "FlaggedQuotation",
    "NothingFound",
    "Summary",
    "Text",
    "Thinking",
    "TrueCitation",
    "UntrueCitation",
]


@dataclass(frozen=True, slots=True)
class ContextGiven:
    """Always first: what is about to be sent, and where to."""

    query: str
    """The question as retrieval understood it: a follow-up with the turn before."""
    material: Material
    manifest: Manifest
    endpoint: str
    model: str


@dataclass(frozen=True, slots=True)
class NothingFound:
    """Nothing in the repository fits; the model is told so, and so is the user."""

    statement: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """What a reasoning model thinks aloud; no part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Always last, unless the turn is cancelled or fails."""

    summary: Summary
    manifest: Manifest
    endpoint: str
    answer: str
    """The whole answer as the model gave it."""
    usage: Usage | None
    finish_reason: str
    first_token_ms: float | None
    elapsed_ms: float
    copies: "tuple[CopyFinding, ...]" = ()
    """What in its blocks of code is copied; lines count within each block."""

    @property
    def was_cut(self) -> bool:
        """Whether the answer ends because it was long enough for the server."""
        return self.finish_reason == "length"


Event = (
    ContextGiven
    | NothingFound
    | Thinking
    | Text
    | TrueCitation
    | UntrueCitation
    | FlaggedIdentifier
    | FlaggedQuotation
    | CopiedCode
    | Finished
)
