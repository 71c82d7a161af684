"""What a follow-up asks for: "and who calls it?" understood with the turns before. Pure text, no model call.

Only retrieval reads the result; a model is sent the conversation itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_REFERRING = re.compile(
    r"\b(?:it|they|them|this one|that one|the same|this (?:class|function|method|file|module|one|thing)"
    r"|that (?:class|function|method|file|module|one|thing)|these|those|this|that)\b(?!\s+(?:is|are|was)\s+why)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
_OPENING = re.compile(
    r"^\s*(?:(?:and|but|so|then|ok(?:ay)?|also|now|what about|how about|or)\b[\s,]*)+", re.IGNORECASE
)
_IDENTIFIER = re.compile(
    r"`([^`\s]+)`|\b(\w+(?:(?:\.|::)\w+)+|[A-Z]\w*[a-z]\w*[A-Z]\w*|[a-z]+[a-z0-9]*[A-Z]\w*|\w+_\w+|[A-Z]{2,}\w*|\w+(?=\(\)))"
)
_WORD = re.compile(r"[^\W\d_]\w+")
_STOP = frozenset(
    "a an and are about any at be been but by can could did do does exactly for from get has have how i if in into is"
    " it its just me more my of on one or our please same should show so some tell than that the their them then there"
    " these they this those to too us use used uses was we were what when where which who why will with would you"
    " also now ok okay again else another other here".split()
)
_SHORT = 3
"""A question of at most so many words of meaning that opens like a follow-up, is one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a turn was about, for the next one."""

    question: str
    """As it was understood."""
    names: tuple[str, ...] = field(default=())
    """Definitions and files that its answer rested on, the most important first."""


def understood(question: str, before: Sequence[Subject]) -> str:
    """Return a question that stands by itself.

    :param before: the turns before, oldest first; the last one with a name or words is what is referred to.
    """
    question = question.strip()
    last = next((subject for subject in reversed(before) if _topic(subject)), None)
    if last is None or not question:
        return question
    body = _OPENING.sub("", question)
    opens = body != question
    own = identifiers(question)
    topic = _topic(last)
    if not own and (match := _REFERRING.search(body)):
        return _put(body, match, topic)
    if not own and (match := _POSSESSIVE.search(body)):
        return _put(body, match, f"{topic}'s" if " " not in topic else topic)
    words = meaning(body)
    if own or not (opens or not words):
        return question
    if not words:
        return last.question
    return f"{body.rstrip('?!. ')} {topic}" if len(words) <= _SHORT else question


def identifiers(text: str) -> tuple[str, ...]:
    """Return what is written as a name of code."""
    return tuple(dict.fromkeys(match[1] or match[2] for match in _IDENTIFIER.finditer(text)))


def meaning(text: str) -> tuple[str, ...]:
    """Return the words that say what a text is about."""
    return tuple(word for word in _WORD.findall(text) if word.lower() not in _STOP)


def _topic(subject: Subject) -> str:
    """Return the name that "it" stands for, else the question's words."""
    known = {part.lower() for name in subject.names for part in (name, *re.split(r"\W+", name))}
    asked = identifiers(subject.question)
    for name in (*(name for name in reversed(asked) if name.lower() in known), *subject.names, *asked[-1:]):
        return name
    return " ".join(meaning(subject.question)[:6])


def _put(text: str, match: re.Match[str], topic: str) -> str:
    return f"{text[: match.start()]}{topic}{text[match.end() :]}"
