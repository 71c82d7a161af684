"""Chunks of text that has no grammar: configuration by top-level keys, anything else by blank lines.

Works on lines alone, so that a broken or huge file costs no more than a good one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.chunking.lines import MERGED_BYTES, LineIndex, line_chunks, line_cuts
from indexer.chunking.model import Chunk, ParsedSource
from indexer.languages import Language

_TABLE = rb"^\[{1,2}[^\[\]\n]+\]{1,2}"
_BOUNDARIES = {
    "toml": re.compile(_TABLE, re.MULTILINE),
    "ini": re.compile(_TABLE, re.MULTILINE),
    "yaml": re.compile(rb"^(?:---|[\w\"'.$-][^\n]*:(?:[ \t\r]|$))", re.MULTILINE),
    "json": re.compile(rb"^(?:  |    |\t)\"", re.MULTILINE),
}
_PARAGRAPH = re.compile(rb"(?<=\n)[ \t\r]*\n(?=[^\s])")


def parse_config(text: bytes, language: Language) -> ParsedSource:
    """Cut a text by its outermost keys or tables, else by paragraphs, pieces merged up to the usual size."""
    index = LineIndex(text)
    pattern = _BOUNDARIES.get(language.name)
    if pattern is None:
        starts = [match.end() for match in _PARAGRAPH.finditer(text)]
    else:
        starts = [match.start() for match in pattern.finditer(text)]
    cuts = _merged(text, starts)
    return ParsedSource(
        language, tuple(line_chunks(index, 0, len(text), cuts, Chunk(0, 0, 0, 0, "", "text", "")))
    )


def _merged(text: bytes, starts: list[int]) -> Iterator[int]:
    """Choose cuts among the starts so that pieces stay within the size; a piece too large is cut by lines."""
    begin = previous = 0
    for start in (*starts, len(text)):
        if start - begin > MERGED_BYTES:
            if previous > begin:
                yield previous
                begin = previous
            if start - begin > MERGED_BYTES:
                for cut in line_cuts(text, begin, start):
                    yield cut
                    begin = cut
        previous = start
