"""Cuts what is there already: the text after the cursor, the lines above it, and loops of a model that found no end."""

from collections.abc import Sequence

from assistant.completion.model import CompletionRequest
from assistant.completion.place import Place

_LEAST_LINE = 4
"""Characters of a line that is worth being called a repetition."""
_LONGEST_LOOP = 4


def without_suffix(text: str, request: CompletionRequest, place: Place) -> str:
    """Cut a text where it goes on with what follows the cursor."""
    tail = place.tail.strip()
    lines = text.split("\n")
    if tail and len(lines) == 1:
        return _without_tail(text, tail)
    following = next_line(request, place)
    if following is None:
        return text
    if (place.head + lines[0]).rstrip() == following and not tail:
        return ""
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == following:
            return "\n".join(lines[:number]).rstrip()
    return text


def next_line(request: CompletionRequest, place: Place) -> str | None:
    """Return the next line after the cursor's that is not blank; None if there is none."""
    at = request.offset + len(place.tail)
    text = request.text
    while at < len(text):
        start = text.find("\n", at) + 1
        if not start:
            return None
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].rstrip()
        if line:
            return line
        at = start
    return None


def _without_tail(text: str, tail: str) -> str:
    """Cut the end of a line that repeats what follows on it; brackets are left to their own rule."""
    if not any(letter.isalnum() for letter in tail):
        return text
    stripped = text.rstrip()
    return stripped[: -len(tail)] if stripped.endswith(tail) else text


def without_echo(text: str, place: Place) -> str:
    """Drop what a text repeats of the cursor's own line."""
    head = place.head.strip()
    if place.is_blank:
        return text.removeprefix(place.head) if place.head else text
    stripped = text.lstrip()
    if len(head) >= _LEAST_LINE and stripped.startswith(head):
        rest = stripped[len(head) :]
        return rest.lstrip(" \t") if place.head[-1].isspace() else rest
    return text


def repeats_above(text: str, request: CompletionRequest, place: Place) -> bool:
    """Tell whether a text says again what the lines right above it say."""
    lines = _telling((place.head + text).split("\n"))
    above = _telling(request.text[: place.line_start].rsplit("\n", 40)[-40:])
    if not lines or len(above) < len(lines):
        return False
    if len(lines) == 1 and (len(lines[0]) < _LEAST_LINE or not any(map(str.isalnum, lines[0]))):
        return False
    return above[-len(lines) :] == lines


def without_loop(text: str) -> str:
    """Cut a text where it begins to say the same lines again."""
    lines = text.split("\n")
    for start in range(len(lines)):
        for length in range(1, _LONGEST_LOOP + 1):
            one, two = lines[start : start + length], lines[start + length : start + 2 * length]
            if one == two and any(len(line.strip()) >= _LEAST_LINE for line in one):
                return "\n".join(lines[: start + length])
    return text


def _telling(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]
