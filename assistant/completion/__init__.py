"""Inline completion: what the user is about to write, from the repository itself and, where configured, from a model.

:class:`CompletionPipeline` is the way in. Nothing here imports httpx before a model is asked.
"""

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
from assistant.completion.options import CompletionOptions, parse_completion
from assistant.completion.pipeline import CompletionPipeline

__all__ = [
    "LOCAL",
    "CompletionOptions",
    "CompletionPipeline",
    "CompletionRequest",
    "CompletionSource",
    "CopyCheck",
    "LocalSource",
    "RecentFile",
    "Suggestion",
    "Trigger",
    "parse_completion",
]
