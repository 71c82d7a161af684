r"""Where the comment or docstring ends in which a part of a file begins: pasted fragments and hunks of diffs often do.

Read from its first line, such a part has its code and its prose exchanged: ``*/`` is two operators, an apostrophe opens
a string, and ``\"\"\"`` swallows the code behind it. What is told here has to be certain, since whole files are asked
about, too: where it is not, a text begins with code.
"""

from __future__ import annotations

import re

_STARRED = re.compile(r"(?:[ \t]*\*(?!/)[^\n]*\n)*[ \t]*\*(?:/|(?:[^*\n]|\*(?!/))*\*/)(?=[ \t\r]*(?:\n|\Z))")
"""Lines that begin with an asterisk, up to the end of the comment."""
_PROSE = re.compile(r"(?:[^\"'`/{};=()<>*#]|;(?= )|(?<=\w)'(?=\w))*+\*/(?=[ \t\r]*(?:\n|\Z))")
"""Words without any sign of code, up to the end of the comment."""
_TRIPLE = re.compile(r"\"\"\"|'''")
_CODE = re.compile(
    r"^[ \t]*(?:#.*"
    r"|(?:def|class|return|raise|if|elif|else|for|while|with|try|except|finally|yield|assert|async|@\w)\b.*"
    r"|(?:from[ \t].+[ \t])?import[ \t].*|[\w.\[\]]+[ \t]*[-+*/|&]?=[^=].*|[\w.]+\(.*|[)\]}]+,?:?[ \t]*|.*:)$",
    re.MULTILINE,
)
_WORDS = re.compile(r"[A-Za-z]+[ ,]+[a-z]+[ ,]+[a-z]+")
_HEADING = re.compile(r"^[ \t]*(?:[A-Z]\w*(?: \w+)?|:\w+[^\n]*):[ \t]*$|^[ \t]*:\w+[^\n]*$", re.MULTILINE)
_MOST_CHARACTERS = 4_000
"""Of a comment or docstring in which a text begins."""


def beginning_of_code(text: str, family: str) -> int:
    """Return the offset behind the comment or docstring that a text begins in; 0 if it seems to begin with code.

    :param family: a name of `indexer.lexing.families`.
    """
    if family == "python":
        return _behind_docstring(text)
    if family in _STARRED_FAMILIES and "*/" in text[:_MOST_CHARACTERS]:
        found = _STARRED.match(text, 0, _MOST_CHARACTERS) or _PROSE.match(text, 0, _MOST_CHARACTERS)
        return found.end() if found else 0
    return 0


_STARRED_FAMILIES = frozenset(
    "c csharp jvm groovy dart go rust swift javascript php css scss sql assembly terraform".split()
)


def _behind_docstring(text: str) -> int:
    """Tell whether the first triple quotes of a text close a docstring: prose is before them, code is behind."""
    first = _TRIPLE.search(text, 0, _MOST_CHARACTERS)
    if first is None:
        return 0
    before = text[: first.start()]
    rest_of_line, _, behind = text[first.end() :].partition("\n")
    if not _WORDS.search(before) or rest_of_line.strip() or _CODE.search(_HEADING.sub("", before)):
        return 0
    next_one = behind.find(first[0])
    return first.end() if _CODE.search(behind if next_one < 0 else behind[:next_one]) else 0
