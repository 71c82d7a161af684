"""What a file says of its own licence: SPDX tags, and the notice in its first comment."""

# ruff: noqa: E501 (a table of expressions is read by its rows)

import re
from dataclasses import replace
from functools import lru_cache

from assistant.copies.licences.expressions import all_of, normalise
from assistant.copies.licences.model import UNKNOWN_PART, Confidence, LicenceFinding, unique
from assistant.copies.licences.texts import read_text
from assistant.copies.licences.words import copyright_lines

_TAG = re.compile(
    r"^[^\w\n\"'`]{0,16}(?:rem |dnl |@rem )?SPDX-License-Identifier:[ \t]*([^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_CLOSING = re.compile(r"[ \t]*(?:\*/|-->|\*\)|-}|\]\]|#}|%>|\"\"\"|''')?[ \t\r*#]*$")
_IGNORED = re.compile(r"REUSE-IgnoreStart.*?(?:REUSE-IgnoreEnd|\Z)", re.DOTALL)
_COMMENT = re.compile(
    r"^\s*(?:#(?!(?:include|if|ifdef|ifndef|define|pragma|import)\b)|//|/\*|\*|--|;|%|<!--|\{-|\(\*|\"\"\"|'''|!|@|rem\b|\.\.\s)",
    re.IGNORECASE,
)
_BLOCKS = (("/*", "*/"), ("<!--", "-->"), ('"""', '"""'), ("'''", "'''"), ("{-", "-}"), ("(*", "*)"))
_HEADER_LINES, _HEADER_CHARS = 90, 8_000
_NOTICE = re.compile(
    r"licen[sc]ed\b|licen[sc]e\s*:|under the (?:terms|\w+ ){0,6}licen[sc]e|general public licen[sc]e|permission|redistribut"
    r"|public domain|proprietary|confidential|governed by",
    re.IGNORECASE,
)
_CONCERNS = re.compile(
    r"licen[sc]|copyright|\u00a9|\(c\)|redistribut|warrant|\bliab|proprietary|confidential|public domain|\b[al]?gpl|patent"
    r"|permission (?:is|to|of|from|notice)|(?:written|prior|express|without) permission|permitted|prohibit|royalt"
    r"|commercial|may not|(?:shall|must|can|do|are|is) ?not (?:be )?(?:us|cop|distribut|modif|sold|sell|publish|reproduc|remov)"
    r"|creative ?commons|all rights|\bas is\b|waive|granted|governed|terms|conditions|source and binary|free software"
    r"|\bfees?\b|academic|research|personal|internal use",
    re.IGNORECASE,
)
_LEADER = re.compile(r"^\s*(?:#+|//+|/\*+!?|\*+/?|;+|--+|%+|<!--|dnl\b|@?rem\b|[\"']{3})*\s*", re.IGNORECASE)
_ITSELF = "\0"
"""Stands for the name of a file whose notice is read, since others have the same."""
_FORBIDS = re.compile(
    r"\b(?:proprietary|confidential|permission|redistribut\w+|unauthori[sz]ed)\b", re.IGNORECASE
)
_POINTS = re.compile(
    r"(?:licen[sc]e|copying|notice|copyright|legal)(?:\.\w{2,4}|\s+file|\s+text)|found in the|accompanying|root (?:directory|folder)"
    r"|\bsee (?:the )?(?:licen[sc]e|copying|notice)|top[- ]level|project(?:'s)? licen[sc]e|same (?:licen[sc]e|terms) as",
    re.IGNORECASE,
)


def tagged_licence(text: str, name: str) -> LicenceFinding | None:
    """Return what the SPDX tags of a file say, all of them together, or ``None`` if it has none."""
    if "spdx-license-identifier" not in text[:500_000].casefold():
        return None
    plain = _IGNORED.sub(lambda found: "\n" * found[0].count("\n"), text[:500_000])
    found, evidence = [], []
    for match in _TAG.finditer(plain):
        value = _CLOSING.sub("", match[1]).strip()
        expression = normalise(value)
        found.append(expression or UNKNOWN_PART)
        line = plain.count("\n", 0, match.start()) + 1
        said = expression or f"{value[:60]!r}, which is no SPDX expression"
        evidence.append(f"{name} line {line}: SPDX tag {said}")
    if not found:
        return None
    confidence = Confidence.UNKNOWN if UNKNOWN_PART in found else Confidence.SURE
    return LicenceFinding(all_of(unique(found)), confidence, tuple(evidence[:3]), copyright_lines(text))


def noticed_licence(text: str, name: str) -> LicenceFinding | None:
    """Return what the notice in a first comment says; ``None`` without one, or if it refers to a licence file."""
    finding = _notice(first_comment(text))
    if finding is None:
        return None
    said = f"{name}, its first comment"
    return replace(finding, evidence=tuple(line.replace(_ITSELF, said) for line in finding.evidence))


@lru_cache(maxsize=2_000)
def _notice(header: str) -> LicenceFinding | None:
    """Read a notice; the files of a project share a few, and reading one takes milliseconds."""
    if not _NOTICE.search(header):
        return None
    reading = read_text(_concerning_rights(header), _ITSELF)
    named = [*reading.texts, *(item for item in reading.named if item != UNKNOWN_PART)]
    if reading.offers_choice and UNKNOWN_PART in reading.named and _POINTS.search(header):
        return None
    if named:
        return reading.finding
    if _POINTS.search(header):
        return None
    copyrights = copyright_lines(header)
    if UNKNOWN_PART in reading.named or (copyrights and _FORBIDS.search(header)):
        return LicenceFinding(UNKNOWN_PART, Confidence.UNKNOWN, reading.finding.evidence, copyrights)
    return None


def _concerning_rights(header: str) -> str:
    """Blank the paragraphs of a comment that describe the code; what is left keeps its lines."""
    kept: list[str] = []
    paragraph: list[str] = []
    for line in [*header.split("\n"), ""]:
        if _LEADER.sub("", line):
            paragraph.append(line)
            continue
        concerns = _CONCERNS.search(" ".join(_LEADER.sub("", one) for one in paragraph))
        kept += paragraph if concerns else [""] * len(paragraph)
        kept.append(line)
        paragraph = []
    return "\n".join(kept)


def first_comment(text: str) -> str:
    """Return the comment lines before the first code of a file, and the first docstring."""
    kept: list[str] = []
    closing = ""
    for line in text[:_HEADER_CHARS].split("\n")[:_HEADER_LINES]:
        stripped = line.strip()
        if closing:
            kept.append(line)
            closing = "" if closing in stripped else closing
            continue
        if not stripped or stripped.startswith(("<?", "package ", "'use strict'", '"use strict"')):
            kept.append("")
            continue
        if not _COMMENT.match(line):
            break
        kept.append(line)
        for opening, end in _BLOCKS:
            if stripped.startswith(opening):
                closing = "" if end in stripped[len(opening) :] else end
                break
    return "\n".join(kept)
