"""Brings together what several sources suggest: each text once, a model's before the repository's own.

A model sees more and writes whole blocks, so its suggestion is shown first. Where the local completer says the same,
the suggestion is surer, and the shorter of the two is left out.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.completion.model import CompletionRequest, Suggestion

_AGREED = 0.9


def merged(model: Sequence[Suggestion], local: Sequence[Suggestion], limit: int) -> list[Suggestion]:
    """Return the suggestions of both, the model's first, without repetitions."""
    kept: list[Suggestion] = []
    for suggestion in (*model, *local):
        number = next((n for n, other in enumerate(kept) if _same_start(other, suggestion)), None)
        if number is None:
            kept.append(suggestion)
        elif suggestion.source != kept[number].source:
            sure = max(_AGREED, kept[number].confidence)
            kept[number] = replace(kept[number], confidence=sure)
    return kept[:limit]


def anchored(request: CompletionRequest, suggestion: Suggestion) -> Suggestion | None:
    """Return a suggestion that begins at the cursor; None if it does not fit the document.

    A suggestion that replaces what stands before the cursor by the same text only inserts what is new.
    """
    start, offset = suggestion.replace_start, request.offset
    if start == offset:
        return suggestion
    typed = request.text[start:offset]
    if start > offset or not suggestion.text.startswith(typed):
        return None
    return replace(suggestion, text=suggestion.text[len(typed) :], replace_start=offset)


def _same_start(shown: Suggestion, other: Suggestion) -> bool:
    return shown.text == other.text or (
        shown.source != other.source and shown.text.startswith(other.text.rstrip())
    )
