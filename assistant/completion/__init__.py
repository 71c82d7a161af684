"""Inline completion: what the user is about to write, from the repository itself and, where configured, from a model."""

from assistant.completion.model import (
    LOCAL,
    CompletionRequest,
    CompletionSource,
    CopyCheck,
    LocalSource,
    RecentFile,
    Suggestion,
    Trigger,
)

__all__ = [
    "LOCAL",
    "CompletionRequest",
    "CompletionSource",
    "CopyCheck",
    "LocalSource",
    "RecentFile",
    "Suggestion",
    "Trigger",
]
