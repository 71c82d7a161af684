"""Secrets of several lines: private keys, also as JSON Web Keys, and the values of a Kubernetes ``Secret``."""

import re
from collections.abc import Iterable, Iterator

from assistant.privacy.detection.findings import Finding
from assistant.privacy.detection.values import is_placeholder

_BEGIN = re.compile(r"-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-Lines: ?\d+")
_END = re.compile(r"-{4,5} ?END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}|Private-MAC:")
# A block may stand in a string literal, with "\n" written out, behind comment signs, line numbers or diff marks.
_LINE_END = re.compile(r"\\r\\n|\\n|\r?\n|(?=-{4,5} ?END )")
_LINE = re.compile(
    r"""(?x) [\s"'`*\#>|+,;(\\]{0,80} (?:\d{1,6}[ \t]+[|+]?[ \t]*)?
        (?P<material>=?[A-Za-z0-9+/]+={0,2}(?:[ ][A-Za-z0-9+/]+={0,2}){0,400}) [\s"'`*\#|+,;)\\.]{0,80}"""
)
_WHOLE_LINE_CHARS = 20
"""Only the last line of a block is shorter."""
_MOST_HEADERS = 8
_MOST_PREFIX_CHARS = 80
_DIGIT = re.compile(r"\d")
_NOTHING = re.compile(r"""[\s"'`*\\#>|+,;().-]*""")

_WEB_KEY = re.compile(r"""["'](?:d|p|q|dp|dq|qi|k)\\?["']\s*:\s*\\?["'](?P<value>[\w-]{20,})""")

_KUBERNETES_SECRET = re.compile(r"^kind:[ \t]*[\"']?Secret\b", re.MULTILINE)
_DOCUMENT_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
_SECRET_DATA = re.compile(
    r"^(?P<indent>[ \t]*)(?:data|stringData):[ \t]*\n(?P<body>(?:(?P=indent)[ \t]+\S[^\n]*\n?|[ \t]*\n)+)",
    re.MULTILINE,
)
_ENTRY = re.compile(
    r"^[ \t]+[\"']?[\w.-]+[\"']?:[ \t]*[\"']?(?P<value>[^\s\"'|>][^\n\"']*?)[\"']?[ \t]*$", re.MULTILINE
)


def find_blocks(text: str) -> Iterator[Finding]:
    """Yield the secrets of several lines, in no order."""
    yield from find_key_blocks(text)
    if '"kty' in text or "'kty" in text:
        for match in _WEB_KEY.finditer(text):
            yield Finding(match.start("value"), match.end("value"), "json-web-key")
    if "kind:" in text and _KUBERNETES_SECRET.search(text):
        yield from _kubernetes_values(text)


def find_key_blocks(text: str) -> Iterator[Finding]:
    """Yield the material of private keys; also of one whose begin or end lies outside the text."""
    if "PRIVATE KEY" in text or "Private-" in text:
        for marker in _BEGIN.finditer(text):
            prefix = text[max(0, marker.start() - _MOST_PREFIX_CHARS) : marker.start()].rpartition("\n")[2]
            yield from _material(text, _lines_from(text, marker.end(), prefix), _MOST_HEADERS)
        for marker in _END.finditer(text):
            yield from _material(text, _lines_before(text, marker.start()), 1)


def _material(text: str, lines: Iterable[tuple[int, int]], headers: int) -> Iterator[Finding]:
    """Yield the lines next to a marker that hold the key, as one finding.

    :param lines: where the lines are, from the marker on.
    :param headers: how many other lines may stand between the marker and the key.
    """
    found: list[tuple[int, int]] = []
    for start, end in lines:
        if _NOTHING.fullmatch(text, start, end):
            continue
        match = _LINE.fullmatch(text, start, end)
        length = len(match["material"]) if match else 0
        if match and (length >= _WHOLE_LINE_CHARS or (length and found) or headers == 1):
            found.append(match.span("material"))
            if length < _WHOLE_LINE_CHARS and headers > 1 and text[end : end + 6].strip()[:1] != "=":
                break
        elif found or headers == 0:
            break
        else:
            headers -= 1
    if found and max(end - start for start, end in found) >= _WHOLE_LINE_CHARS:
        yield Finding(min(found)[0], max(found)[1], "private-key")


def _lines_from(text: str, start: int, prefix: str = "") -> Iterator[tuple[int, int]]:
    """Yield where lines are, from a position on to the next end marker.

    :param prefix: what stands before the marker on its line, such as a log's time; lines of that shape begin after it.
    """
    shape = _DIGIT.sub("0", prefix)
    while start < len(text):
        line_end = _LINE_END.search(text, start)
        end = line_end.start() if line_end else len(text)
        yield start, end
        if line_end is None or line_end.end() == end:
            return
        start = line_end.end()
        if shape and _DIGIT.sub("0", text[start : start + len(shape)]) == shape:
            start += len(shape)


def _lines_before(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Yield where lines are, from a position back to the start; written-out line ends count only on its own line."""
    line_start = text.rfind("\n", 0, end) + 1
    pieces = list(_lines_from(text[:end], line_start))
    yield from reversed(pieces)
    while line_start > 0:
        end = line_start - 1
        line_start = text.rfind("\n", 0, end) + 1
        yield line_start, end


def _kubernetes_values(text: str) -> Iterator[Finding]:
    start = 0
    for end in [*(match.start() for match in _DOCUMENT_END.finditer(text)), len(text)]:
        if _KUBERNETES_SECRET.search(text, start, end):
            for block in _SECRET_DATA.finditer(text, start, end):
                for entry in _ENTRY.finditer(text, block.start("body"), block.end("body")):
                    if not is_placeholder(entry["value"]):
                        yield Finding(entry.start("value"), entry.end("value"), "kubernetes-secret")
        start = end
