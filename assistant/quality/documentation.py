"""Queries from documentation comments: the first sentence of what a definition's comment says.

The comment is masked in the text that is searched, with as many blank lines in its place, so that the sentence has to
be found by what the code says and the targets' lines stay where they were.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.quality.queries import DerivedQuery, Kind, Target
from indexer.chunking import Definition, ParsedSource
from indexer.lexical.tokens import split_word

_FEWEST_WORDS, _MOST_WORDS = 4, 25
_FEWEST_LINES = 3
"""A definition of fewer lines says too little to be found by."""

_DOCUMENTED = frozenset(
    "function method constructor class interface struct trait enum type module object record protocol macro".split()
)
_MARKERS = re.compile(
    r"^[ \t]*(?:/\*+!?|\*+/|\*(?!\w)|///?[/!<]*|--+\[*|#+'?!?|;+|%+|\(\*+|\"\"\"|''')[ \t]?|\*+/[ \t]*$",
    re.MULTILINE,
)
_QUOTES = re.compile(r"^(?:[a-zA-Z~]{0,2}(?:\"\"\"|'''))|(?:\"\"\"|''')$")
_TAGS = re.compile(
    r"<[^<>\n]{1,80}>|\{@\w+ ([^{}]*)\}|:\w+:(?=`)|(?<!\w)[`*_]{1,2}(?=\w)|(?<=[\w.)])[`*_]{1,2}(?!\w)"
)
_FIELD = re.compile(
    r"^\s*(?:[@\\:]\w+|(?:Args|Returns|Parameters|Arguments|Example|Examples|Note)\b)", re.MULTILINE
)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|:\s*$|\n\s*\n", re.MULTILINE)
_UNSUITED = re.compile(
    r"copyright|licen[cs]e|todo|fixme|deprecated|eslint|noqa|type:|pragma|generated|inherit|https?:|^see\b|^example"
    r"|^-\*-|pylint|nolint|[{}<>=;|\\]|[-=*#]{4}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Documented:
    """A definition with what its comment says first.

    :param comment: bytes of the whole comment.
    """

    definition: Definition
    sentence: str
    comment: tuple[int, int]

    def query(self, path: str, language: str) -> DerivedQuery:
        """Return the sentence as a query for the definition."""
        lines = (self.definition.start_line, self.definition.end_line)
        return DerivedQuery(self.sentence, Kind.DOCUMENTATION, language, (Target(path, lines),))


def documented(parsed: ParsedSource, text: bytes) -> list[Documented]:
    """Return the definitions whose comment begins with a sentence that may be asked."""
    comments = list(_joined(parsed.comments, text))
    ends = [end for _, end in comments]
    starts = [start for start, _ in comments]
    found = []
    for definition in parsed.definitions:
        if (
            definition.kind not in _DOCUMENTED
            or definition.end_line - definition.start_line + 1 < _FEWEST_LINES
        ):
            continue
        comment = _before(definition, comments, ends, text) or _inside(definition, comments, starts, text)
        if comment is None:
            continue
        sentence = first_sentence(text[comment[0] : comment[1]].decode("utf-8", "replace"), definition.name)
        if sentence:
            found.append(Documented(definition, sentence, comment))
    return found


def masked(text: bytes, comments: list[tuple[int, int]]) -> bytes:
    """Return a text with blanks in place of some of its bytes; line feeds stay."""
    changed = bytearray(text)
    for start, end in comments:
        changed[start:end] = re.sub(rb"[^\n]", b" ", text[start:end])
    return bytes(changed)


def first_sentence(comment: str, name: str) -> str:
    """Return the first sentence of a comment as somebody might ask it; empty if it is of no use for that.

    A name that the sentence begins with is left out; one with the name further inside is of no use.

    >>> first_sentence("// Close closes the pool and all of its connections.", "Close")
    'closes the pool and all of its connections'
    """
    said = _MARKERS.sub("", _QUOTES.sub("", comment.strip()))
    said = _TAGS.sub(lambda match: match.group(1) or " " if match.group(0)[0] in "<{" else "", said).strip()
    if field := _FIELD.search(said):
        said = said[: field.start()]
    if end := _SENTENCE_END.search(said):
        said = said[: end.start()]
    words = said.split()
    if words and words[0].strip("`'\"():,") == name:
        words = (
            words[2:] if len(words) > 1 and words[1].startswith("(") and words[1].endswith(")") else words[1:]
        )
    sentence = " ".join(words).strip(" -:,`'\"")
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS or _UNSUITED.search(sentence) or not sentence.isascii():
        return ""
    if len(split_word(name)) > 1 and name.lower() in sentence.lower():
        return ""
    return sentence


def _joined(comments: tuple[tuple[int, int], ...], text: bytes) -> Iterator[tuple[int, int]]:
    """Join comments that stand on consecutive lines."""
    current: tuple[int, int] | None = None
    for start, end in comments:
        if current is not None:
            between = text[current[1] : start]
            if not between.strip() and between.count(b"\n") + text[: current[1]].endswith(b"\n") <= 1:
                current = (current[0], end)
                continue
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _before(
    definition: Definition, comments: list[tuple[int, int]], ends: list[int], text: bytes
) -> tuple[int, int] | None:
    """Return the comment that ends on the line above a definition, or within its attributes above its signature."""
    position = bisect_right(ends, definition.signature_start_byte) - 1
    if position < 0:
        return None
    start, end = comments[position]
    between = text[end : definition.start_byte]
    if end <= definition.start_byte:
        own = not between.strip() and between.count(b"\n") + text[:end].endswith(b"\n") <= 1
    else:
        own = start >= definition.start_byte
    line_start = text.rfind(b"\n", 0, start) + 1
    alone = not text[line_start:start].strip() or text[line_start:start].lstrip().startswith(b"@")
    return (start, end) if own and alone else None


def _inside(
    definition: Definition, comments: list[tuple[int, int]], starts: list[int], text: bytes
) -> tuple[int, int] | None:
    """Return a docstring: a string that a definition's body begins with."""
    position = bisect_right(starts, definition.signature_end_byte - 1)
    if position == len(comments):
        return None
    start, end = comments[position]
    is_string = text[start : start + 4].lstrip(b"rRuUbB~S").startswith((b'"', b"'"))
    near = not text[definition.signature_end_byte : start].strip(b" \t\r\n:")
    return (start, end) if is_string and near and end <= definition.end_byte else None
