"""The order in which an answer is made fit to be shown; every step only takes away."""

import re
from dataclasses import dataclass

from assistant.completion.cleaning.blocks import block_of
from assistant.completion.cleaning.brackets import Surrounding
from assistant.completion.cleaning.chatter import code_of
from assistant.completion.cleaning.parsing import parseable
from assistant.completion.cleaning.repetition import (
    repeats_above,
    without_echo,
    without_loop,
    without_suffix,
)
from assistant.completion.model import CompletionRequest
from assistant.completion.place import Place, Surroundings
from assistant.completion.prompting.templates import ALL_MARKERS

_PLACEHOLDER = "<redacted:"
_HALF = re.compile(r"[\w$]+$|\s+$")
_HANGING = re.compile(r"[ \t]+$", re.MULTILINE)
_OPERATORS = re.compile(r"[\s=+\-*/%&|<>!,.:?^~(\[{]+$")
_ENDS = (")", "]", "}", ";", ":")
"""Single characters that are worth being suggested."""
_CLOSERS = ")]}\"'`"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that may be shown, and how much of what follows the cursor it replaces."""

    text: str
    replaced: int = 0
    """Characters after the cursor: closers that an editor set and that the text brings itself."""


def clean(
    answer: str,
    request: CompletionRequest,
    place: Place,
    most_lines: int,
    *,
    is_chat: bool = False,
    is_cut_off: bool = False,
) -> Cleaned | None:
    """Make a suggestion of a model's answer.

    :param is_chat: whether a chat model wrote it, which may talk and repeat.
    :param is_cut_off: whether the answer ended because it was too long.
    :return: None if nothing is left that is worth showing.
    """
    text = answer.replace("\r\n", "\n").replace("\r", "\n")
    if marker := ALL_MARKERS.search(text):
        text, is_cut_off = text[: marker.start()], False
    if is_chat:
        text = code_of(text)
    text = without_echo(text, place)
    if is_cut_off:
        text = _without_half(text)
    text, _ = block_of(text, place, most_lines)
    text = without_loop(without_suffix(text, request, place))
    if _PLACEHOLDER in text or not text.strip() or repeats_above(text, request, place):
        return None
    if place.surroundings is not Surroundings.CODE:
        return _finished(text, request, place, 0)
    return _balanced(text, request, place)


def _balanced(text: str, request: CompletionRequest, place: Place) -> Cleaned | None:
    """Keep what leaves brackets and syntax no worse; closers right behind the cursor may be brought by the text."""
    around = Surrounding(request.prefix, request.suffix, request.language)
    fitting, replaced = around.fitting(text), 0
    if not place.tail.startswith(text[len(fitting) :].strip()):
        replaced = _replaceable(text, request, place, around.most)
    if replaced:
        fitting = text
        request = _without(request, replaced)
        around = Surrounding(request.prefix, request.suffix, request.language, around.most)
    elif fitting != text:
        fitting = without_hanging(fitting)
    kept = parseable(fitting, request)
    if kept != fitting:
        kept = around.fitting(kept)
    return _finished(kept, request, place, replaced) if around.allows(kept) else None


def _replaceable(text: str, request: CompletionRequest, place: Place, most: int) -> int:
    """Return how many closers behind the cursor a text brings itself, so that with them replaced all of it fits."""
    for count in range(1, len(place.tail) - len(place.tail.lstrip(_CLOSERS)) + 1):
        if place.tail[count - 1] not in text:
            break
        around = Surrounding(request.prefix, request.suffix[count:], request.language, most)
        if around.fitting(text) == text and around.allows(text):
            return count
    return 0


def _finished(text: str, request: CompletionRequest, place: Place, replaced: int) -> Cleaned | None:
    """Give a text the document's line ends; nothing if it says nothing."""
    text = _HANGING.sub("", text) if "\n" in text else text
    text = text.rstrip() if not place.tail.strip() else text.rstrip("\n")
    if not text.strip() or without_suffix(text, request, place) != text:
        return None
    says_something = any(map(str.isalnum, text)) or len(text.strip()) > 1
    if not says_something and text.strip() not in _ENDS:
        return None
    return Cleaned(text.replace("\n", place.line_end), replaced)


def _without(request: CompletionRequest, count: int) -> CompletionRequest:
    """Return a request without the first characters after the cursor."""
    return CompletionRequest(
        root=request.root,
        path=request.path,
        text=request.prefix + request.suffix[count:],
        offset=request.offset,
        language=request.language,
    )


def _without_half(text: str) -> str:
    """Drop what an answer that was cut off may hold in half: its last line, or its last word if it is one line."""
    whole, newline, _ = text.rpartition("\n")
    if newline and whole.strip():
        return whole
    return without_hanging(_HALF.sub("", text))


def without_hanging(text: str) -> str:
    """Drop operators that a cut left at the end without their right side."""
    return _OPERATORS.sub("", text)
