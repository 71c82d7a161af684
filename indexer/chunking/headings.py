"""Markdown and reStructuredText by heading: a small line parser that respects fenced code.

A section is a definition of kind ``section``; its scope is the headings above it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.chunking.lines import MERGED_BYTES, LineIndex, line_chunks, line_cuts
from indexer.chunking.model import Chunk, Definition, ParsedSource
from indexer.languages import Language

_ATX = re.compile(rb" {0,3}(#{1,6})[ \t]+([^\r]*[^\s#])[ \t]*#*[ \t]*\r?$")
_FENCE = re.compile(rb"[ \t>]*(`{3,}|~{3,})([^`]*)$")
_SETEXT = re.compile(rb" {0,3}(?:=+|-{2,})[ \t]*\r?$")
_NO_TITLE = re.compile(rb"\s|[-*+>|#=<]|\d+[.)]\s|```|~~~")
_RST_RULE = re.compile(rb"""([=\-`:.'"~^_*+#<>])\1{2,}[ \t]*\r?$""")
_LONGEST_TITLE = 200


class _Heading(NamedTuple):
    """A heading: its level from 1, its title, where it starts and the byte of the title."""

    level: int
    title: str
    start: int
    at: int
    end: int


def parse_headings(text: bytes, language: Language) -> ParsedSource:
    """Cut a document by its headings; small sections next to each other share a chunk.

    :return: with a `Definition` a heading, reaching to the next heading of its level or above.
    """
    index = LineIndex(text)
    lines = text.split(b"\n")
    headings = list(_rst_headings(lines) if language.name == "rst" else _markdown_headings(lines))
    definitions = _sections(index, headings)
    return ParsedSource(language, tuple(_section_chunks(index, definitions)), definitions)


def _markdown_headings(lines: Sequence[bytes]) -> Iterator[_Heading]:
    fence = b""
    start, before, before_start = 0, b"", 0
    front_matter = lines[0].rstrip() == b"---"
    for number, line in enumerate(lines):
        following = start + len(line) + 1
        title = b""
        if front_matter:
            front_matter = number == 0 or line.rstrip() not in (b"---", b"...")
        elif fence:
            closing = _FENCE.match(line)
            if closing and closing[1].startswith(fence) and not closing[2].strip():
                fence = b""
        elif opening := _FENCE.match(line):
            fence = opening[1]
        elif atx := _ATX.match(line):
            yield _Heading(len(atx[1]), _title(atx[2]), start, start + atx.start(2), following - 1)
        elif before and _SETEXT.match(line):
            level = 1 if b"=" in line else 2
            yield _Heading(level, _title(before), before_start, before_start, following - 1)
        elif line.strip() and not _NO_TITLE.match(line):
            title = line
        before, before_start, start = title, start, following


def _rst_headings(lines: Sequence[bytes]) -> Iterator[_Heading]:
    """Find titles with a rule below, or above and below; levels go by the order in which styles appear."""
    styles: list[tuple[bytes, bool]] = []
    start = 0
    starts = []
    for line in lines:
        starts.append(start)
        start += len(line) + 1
    number = 1
    while number < len(lines):
        title, rule = lines[number - 1].rstrip(), _RST_RULE.match(lines[number])
        plain = bool(title.strip()) and not _RST_RULE.match(title) and len(title) <= _LONGEST_TITLE
        if (
            not rule
            or not plain
            or len(lines[number].rstrip()) < len(title.decode("utf-8", "replace").strip())
        ):
            number += 1
            continue
        over = number > 1 and lines[number - 2].rstrip() == lines[number].rstrip()
        if not over and title[:1].isspace():
            number += 1
            continue
        style = (rule[1], over)
        if style not in styles:
            styles.append(style)
        first = number - 2 if over else number - 1
        at = starts[number - 1] + len(title) - len(title.lstrip())
        end = starts[number] + len(lines[number])
        yield _Heading(styles.index(style) + 1, _title(title), starts[first], at, end)
        number += 2


def _title(raw: bytes) -> str:
    return raw.strip()[:_LONGEST_TITLE].decode("utf-8", "replace")


def _sections(index: LineIndex, headings: Sequence[_Heading]) -> tuple[Definition, ...]:
    """Nest headings by level: each reaches to the next one that is not deeper."""
    size = len(index.text)
    ends = [size] * len(headings)
    scopes = [""] * len(headings)
    open_headings: list[int] = []
    for number, heading in enumerate(headings):
        while open_headings and headings[open_headings[-1]].level >= heading.level:
            ends[open_headings.pop()] = heading.start
        scopes[number] = ".".join(headings[outer].title for outer in open_headings)
        open_headings.append(number)
    return tuple(
        Definition(
            heading.title,
            "section",
            scope,
            heading.start,
            end,
            index.line(heading.start),
            index.line(max(heading.start, end - 1)),
            index.line(heading.at),
            heading.level - 1,
            heading.start,
            min(heading.end, size),
        )
        for heading, scope, end in zip(headings, scopes, ends, strict=True)
    )


def _section_chunks(index: LineIndex, sections: Sequence[Definition]) -> Iterator[Chunk]:
    """Merge neighbouring small sections under one heading, and cut large ones by paragraphs."""
    text = index.text
    starts = [section.start_byte for section in sections]
    bounds = [0, *starts, len(text)]
    begin = 0
    for position in range(1, len(bounds)):
        end = bounds[position]
        following = bounds[position + 1] if position + 1 < len(bounds) else end
        grows = (
            following > end and following - begin <= MERGED_BYTES and _nested(sections, starts, begin, end)
        )
        if end > begin and not grows:
            cuts = line_cuts(text, begin, end)
            yield from line_chunks(index, begin, end, cuts, _label(sections, starts, begin))
            begin = end


def _nested(sections: Sequence[Definition], starts: Sequence[int], begin: int, following: int) -> bool:
    """Tell whether the section that starts at `following` may join the chunk that starts at `begin`."""
    first = bisect_right(starts, begin) - 1
    joining = sections[bisect_right(starts, following) - 1]
    return first < 0 or joining.depth >= sections[first].depth


def _label(sections: Sequence[Definition], starts: Sequence[int], begin: int) -> Chunk:
    position = bisect_right(starts, begin) - 1
    if position < 0:
        return Chunk(0, 0, 0, 0, "", "text", "")
    section = sections[position]
    return Chunk(0, 0, 0, 0, section.scope, section.kind, section.name)
