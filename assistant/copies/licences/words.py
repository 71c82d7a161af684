"""A licence text as words: lower case, one spelling, without copyright lines, bullets and typography.

Follows the spirit of SPDX's matching guidelines. The texts that the shipped profiles were made of went through the same
functions, so a change here means to make the profiles again (``scripts/update_licence_profiles.py``).
"""

import re
import zlib

_TYPOGRAPHY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": " ", "\u00ad": "-"})
_BREAKS_HYPHEN = re.compile(r"(?<=[a-z])-[ \t\r]*\n?[ \t>*#/;%|]*(?=[a-z])")
_TAG = re.compile(
    r"</?(?:p|br|li|ul|ol|div|span|h[1-6]|html|body|head|pre|title|td|tr|b|i|em|strong|a)\b[^<>]*>"
)
_LEADER = re.compile(
    r"^[ \t]*(?:(?:#+!?|//+[/!]*|/\*+!?|;+|--+|%+|<!--|dnl|@?rem)(?=\s|$|\*))+", re.MULTILINE
)
"""What comments begin their lines with; of a block comment the next one, too."""
_STAR = re.compile(r"^[ \t]*\*+(?=\s|$)(?!/)", re.MULTILINE)
_COPYRIGHT_LINE = re.compile(
    r"^[^\w\n©]{0,12}(?:portions |parts |this software is )?"
    r"(?:(?:copyright|copr\.?|\(c\)|©|&copy;)[:, \t]*)+(?:\(c\)|©|&copy;|\(r\)|by\b|[\d<\[{_x$]|the\b)[^\n]{0,160}$"
    r"|^[^\w\n©]{0,12}(?:©|\(c\))[ \t]*(?:copyright|[\d<])[^\n]{0,160}$"
    r"|\bcopyright[ \t:,]*(?:\(c\)|©)?[ \t]*\d{4}(?:[-, \t\d]*|[-\d, ]+present)",
    re.MULTILINE,
)
_TERMS = re.compile(
    r"\b(?:(?:released |distributed |available )?under|licen[sc]\w*|(?:non-?)?commercial\w*|proprietary|confidential"
    r"|permi\w+|redistribut\w+|restrict\w+|[al]?gpl\w*|public domain|for \w+ use|not|only|must|see|warrant\w+)\b"
)
_RESERVED = re.compile(r"\ball rights reserved\b\.?")
_WORD = re.compile(r"[^\W_]+")
_SPELLING = {
    "licence": "license",
    "licences": "licenses",
    "licenced": "licensed",
    "sublicence": "sublicense",
    "sublicences": "sublicenses",
    "acknowledgement": "acknowledgment",
    "favour": "favor",
    "fulfil": "fulfill",
    "organisation": "organization",
    "merchantibility": "merchantability",
    "https": "http",
    "owner": "holder",
    "owners": "holders",
    "author": "holder",
    "authors": "holders",
}
_BULLET = re.compile(r"(?:[a-z]|\d{1,2}|i{1,3}|iv|vi{0,3})\Z")


def prepare(text: str) -> str:
    """Return the text in lower case with copyright lines and comment signs blanked; characters keep their offsets.

    The offsets hold for all but a few letters whose lower case is longer; they only serve to name lines.
    """
    lower = text.translate(_TYPOGRAPHY).lower()
    if "<p" in lower or "<br" in lower or "<li" in lower:
        lower = _TAG.sub(_blank, lower)
    if "copyright" in lower or "\u00a9" in lower or "(c)" in lower:
        lower = _COPYRIGHT_LINE.sub(_blank_name, lower)
        lower = _RESERVED.sub(_blank, lower)
    is_block = "/*" in lower
    lower = _LEADER.sub(_blank, lower)
    return _STAR.sub(_blank, lower) if is_block else lower


def _blank_name(match: re.Match[str]) -> str:
    """Blank a copyright line as far as it only names holders."""
    terms = _TERMS.search(match[0])
    end = terms.start() if terms else len(match[0])
    return " " * end + match[0][end:]


def _blank(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


def words_of(prepared: str) -> list[tuple[str, int]]:
    """Return the words of a prepared text with their character offsets, bullets and numbers of lists left out."""
    joined = _BREAKS_HYPHEN.sub(_close, prepared) if "-" in prepared else prepared
    found = []
    for match in _WORD.finditer(joined):
        word = match[0]
        if len(word) < 4 and _BULLET.match(word):
            continue
        found.append((_SPELLING.get(word, word), match.start()))
    return found


def _close(match: re.Match[str]) -> str:
    """Close a hyphen by a letter that nobody writes, so that offsets stay: ``non-free`` is one word."""
    return "\u02d0" * (match.end() - match.start())


def word_key(word: str) -> int:
    """Return the 32-bit key under which a word is stored in the profiles."""
    return zlib.crc32(word.replace("\u02d0", "").encode())


def copyright_lines(text: str, most: int = 5) -> tuple[str, ...]:
    """Return the first copyright statements as they are written, one line each."""
    found = []
    for line in text.splitlines()[:400]:
        stripped = line.strip(" \t#*/;-.<>!").strip()
        if len(stripped) < 200 and _STATEMENT.match(stripped) and not _PLACEHOLDER.search(stripped):
            found.append(stripped)
            if len(found) == most:
                break
    return tuple(dict.fromkeys(found))


_STATEMENT = re.compile(
    r"(?:copyright|\(c\)|©)[\s:]*(?:\(c\)|©)?[\s:]*(?:\d{4}|[A-Z][\w.-]+ )", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"<year>|\[yyyy\]|<name of|\{yyyy\}|free software foundation", re.IGNORECASE)
