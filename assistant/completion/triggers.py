"""When a completion comes up by itself: where one can be right, and where it would be no nuisance.

Whoever asks for a completion gets one wherever the cursor stands.
"""

import re
from enum import Enum

from assistant.completion.indenting import is_half_indented
from assistant.completion.model import CompletionRequest, Trigger
from assistant.completion.options import CompletionOptions
from assistant.completion.place import Place, Surroundings

_LONGEST_LINE = 500
_LONGEST_TEXT = 1_000_000
"""Characters; what is longer was hardly written by hand."""
_FINISHED = (";", "}", ")", "]")
_GOES_ON = re.compile(
    r"\s*(?:[}\w\s]*\b)?(?:if|elif|else|for|foreach|while|until|switch|match|when|case|catch|with|using|unless"
    r"|def|fn|func|fun|function|class|struct|impl|sub|proc|lambda|select|return)\b"
)
"""What begins a line whose closing bracket may be followed by more: a block, a type, a value."""


class Refusal(Enum):
    """Why no completion comes up."""

    DISABLED = "completions are switched off"
    LANGUAGE = "completions are switched off for this language"
    NOTHING_WRITTEN = "the document is empty"
    TOO_LARGE = "the document or the line is too long"
    INSIDE_WORD = "the cursor is inside a word"
    FINISHED = "the statement is finished"
    INDENTING = "the line's indentation is being typed"
    STRING = "the cursor is in a string"
    COMMENT = "the cursor is in a comment"


def refusal(request: CompletionRequest, place: Place, options: CompletionOptions) -> Refusal | None:
    """Return why no completion is to come up; None if one may."""
    if request.trigger is Trigger.INVOKED:
        return None
    if not options.enabled:
        return Refusal.DISABLED
    if request.language in options.disabled_languages:
        return Refusal.LANGUAGE
    if len(request.text) > _LONGEST_TEXT or len(place.head) + len(place.tail) > _LONGEST_LINE:
        return Refusal.TOO_LARGE
    if place.tail[:1].isalnum() or place.tail[:1] == "_":
        return Refusal.INSIDE_WORD
    if not request.text or request.text.isspace():
        return Refusal.NOTHING_WRITTEN
    if place.surroundings is Surroundings.STRING:
        return None if options.in_strings else Refusal.STRING
    if place.surroundings is Surroundings.COMMENT:
        return None if options.in_comments else Refusal.COMMENT
    if is_half_indented(request.text, place, request.language):
        return Refusal.INDENTING
    return Refusal.FINISHED if is_finished(place) else None


def is_finished(place: Place) -> bool:
    """Tell whether the line is a whole statement, as far as its last character tells."""
    head = place.head
    if place.tail.strip() or not head.endswith(_FINISHED):
        return False
    if head.endswith((")", "]")):
        return not _GOES_ON.match(head) and _depth(head) <= 0
    return _depth(head) <= 0  # the semicolons of `for (;;` stand between brackets


def _depth(head: str) -> int:
    """Return how many more brackets a line opens than it closes."""
    return sum(map(head.count, "([{")) - sum(map(head.count, ")]}"))
