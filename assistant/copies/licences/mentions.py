"""Licences that prose names: "licensed under the Apache License, Version 2.0", "GPL v2 or later".

Works on text prepared by :func:`~assistant.copies.licences.words.prepare` (lower case). A name without its version,
such as "BSD", is a mention whose licence is open: only a text beside it can tell which.
"""

# ruff: noqa: E501 (a table of expressions is read by its rows)

import re
from dataclasses import dataclass
from itertools import zip_longest

from assistant.copies.licences.expressions import normalise, parts_of


@dataclass(frozen=True, slots=True)
class Mention:
    """A licence named in a text."""

    family: str
    """The beginning of its SPDX identifiers in lower case: ``bsd``, ``gpl``."""
    expression: str
    """An SPDX expression, or empty when the name leaves open which one of the family is meant."""
    start: int
    end: int
    is_of_media: bool = False
    """Whether it is said to hold for documentation, pictures or fonts, and so not for code."""


_L = r"(?:\s+software)?\s+(?:public\s+)?licen[sc]es?"
_V = r"[\s,;:(\"-]*(?:v|ver|version)?[.\s]*"
_NAMED: tuple[tuple[str, str, str], ...] = (
    ("artistic", r"(?:same|under the) terms as perl(?: itself)?", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("apache", rf"\bapache(?:{_L})?(?:\s*\(asl\))?{_V}2(?:\.0)?\b|apache\.org/licenses/license-2\.0(?:\.html|\.txt)?|\basl[ -]?2(?:\.0)?\b", "Apache-2.0"),
    ("apache", rf"\bapache{_L}{_V}1\.1\b", "Apache-1.1"),
    ("apache", rf"\bapache{_L}|\blicense[.-]apache\b", ""),
    ("mit", r"\bopensource\.org/licenses/mit(?:-license)?(?:\.php|\.html)?|\b(?:the\s+)?(?:mit|expat)(?:/(?:x11|expat))?\s*(?:\(expat\)\s*)?-?\s*licen[sc]e(?:\s*\(mit\))?|licen[sc]ed\s+(?:under\s+)?(?:the\s+)?(?:terms\s+of\s+(?:the\s+)?)?mit\b|(?<=licen[sc]e )mit\b|(?<=licen[sc]e: )mit\b", "MIT"),
    ("bsd", r"\b(?:3|three)[- ]clause[- ]bsd(?:[- ]licen[sc]e)?|\bbsd[- ](?:3|three)[- ]clause(?:[- ]licen[sc]e)?|\b(?:new|modified|revised)\s+bsd(?:\s+licen[sc]e)?", "BSD-3-Clause"),
    ("bsd", r"\b(?:2|two)[- ]clause[- ]bsd(?:[- ]licen[sc]e)?|\bbsd[- ](?:2|two)[- ]clause(?:[- ]licen[sc]e)?|\bsimplified\s+bsd(?:\s+licen[sc]e)?|\bfreebsd\s+licen[sc]e", "BSD-2-Clause"),
    ("bsd", r"\bbsd(?:[- ]style|[- ]like)?(?:\s+\w+)?\s+licen[sc]es?|\bunder\s+(?:the\s+)?bsd\b|\blicense[.-]bsd\b", ""),
    ("0bsd", r"\b(?:bsd[- ])?(?:zero|0)[- ]clause(?:[- ]bsd)?(?:\s+licen[sc]e)?|\b0bsd\b", "0BSD"),
    ("isc", r"\bisc\s+licen[sc]e|(?<=licen[sc]e )isc\b|(?<=licen[sc]e: )isc\b", "ISC"),
    ("mpl", rf"\b(?:mozilla\s+public\s+licen[sc]e|mpl){_V}2(?:\.0)?\b|mozilla\.org/mpl/2\.0", "MPL-2.0"),
    ("mpl", rf"\b(?:mozilla\s+public\s+licen[sc]e|mpl){_V}1\.1\b", "MPL-1.1"),
    ("mpl", r"\bmozilla\s+public\s+licen[sc]e", ""),
    ("unlicense", r"\bthe\s+unlicense\b|\bunlicense\.org\b|\bunlicense\b", "Unlicense"),
    ("cc0", r"\bcc0(?:[- ]?1\.0)?(?:\s+universal)?|creativecommons\.org/publicdomain/zero/1\.0", "CC0-1.0"),
    ("zlib", r"\bzlib(?:/libpng)?\s+licen[sc]e", "Zlib"),
    ("bsl", rf"\bboost\s+software\s+licen[sc]e(?:{_V}1\.0)?", "BSL-1.0"),
    ("epl", rf"\beclipse\s+public\s+licen[sc]e{_V}2(?:\.0)?\b|\bepl[- ]?2\.0", "EPL-2.0"),
    ("epl", rf"\beclipse\s+public\s+licen[sc]e{_V}1(?:\.0)?\b|\bepl[- ]?1\.0", "EPL-1.0"),
    ("cddl", rf"\b(?:common\s+development\s+and\s+distribution\s+licen[sc]e|cddl)[^.\n]{{0,12}}{_V}1\.1\b", "CDDL-1.1"),
    ("cddl", rf"\b(?:common\s+development\s+and\s+distribution\s+licen[sc]e|cddl)[^.\n]{{0,12}}{_V}1(?:\.0)?\b", "CDDL-1.0"),
    ("psf", r"\b(?:psf|python\s+software\s+foundation)\s+licen[sc]e(?:\s+(?:agreement|version|v)?\s*2(?:\.0)?)?", "PSF-2.0"),
    ("artistic", rf"\bartistic\s+licen[sc]e{_V}2(?:\.0)?\b", "Artistic-2.0"),
    ("artistic", r"\bartistic\s+licen[sc]e", ""),
    ("wtfpl", r"\bwtfpl\b", "WTFPL"),
    ("openssl", r"\bopenssl\s+licen[sc]e", "OpenSSL"),
    ("cc", r"creativecommons\.org/licenses/(?P<cc>by(?:-nc)?(?:-sa|-nd)?)/(?P<ccv>\d\.\d)", "CC"),
    ("cc", r"\b(?:creative\s+commons\s+|cc[- ](?=by\b))(?:attribution|by)(?:(?P<nc>[-\s]+(?:non-?commercial|nc\b))|(?P<sa>[-\s]+(?:share-?alike|sa\b))|(?P<nd>[-\s]+(?:no-?deriv\w+|nd\b)))*"
     r"(?:\s+licen[sc]e)?[\s,-]*(?:(?:version|v\.?)\s*)?(?P<version>\d\.\d)?(?:\s+(?:international|unported|generic))?(?:\s+\(cc[- ]by[\w. -]*\))?(?:\s+public)?(?:\s+licen[sc]e)?", "CC-BY"),
    ("cc", r"\bcreative\s+commons\b", ""),
    ("ofl", rf"\b(?:sil\s+)?open\s+font\s+licen[sc]e(?:{_V}1\.1)?", "OFL-1.1"),
    ("busl", r"\bbusiness\s+source\s+licen[sc]e(?:\s+1\.1)?", "BUSL-1.1"),
    ("sspl", r"\bserver\s+side\s+public\s+licen[sc]e|\bsspl", "SSPL-1.0"),
    ("elastic", r"\belastic\s+licen[sc]e(?:\s+2\.0)?", "Elastic-2.0"),
    ("publicdomain", r"(?<!code to the )\bpublic[\s-]+domain\b", "LicenseRef-public-domain"),
    ("proprietary", r"\bproprietary\s+and\s+confidential\b|\bconfidential\s+and\s+proprietary\b|\bproprietary\s+(?:licen[sc]e|software|information)\b", "LicenseRef-proprietary"),
)  # fmt: skip
_NAME = tuple((family, re.compile(pattern), licence) for family, pattern, licence in _NAMED)
_MIT_TOO = re.compile(
    r"\b(?:licen[sc]ed|released|distributed|available)\s+under\b[^.\n]{0,60}?\b(?:and|or)\s+(mit)\b"
)
_TAG = re.compile(r"spdx-license-identifier:[ \t]*([^\n]+?)[ \t]*(?:\*/|-->|$)", re.MULTILINE)
_GNU = re.compile(
    r"\b(?:gnu\s+)?(?:(affero|lesser|library)(?:\s+or\s+(?:lesser|library))?\s+)?general\s+public\s+licen[sc]es?"
    r"|\b([al])?gpl(?=\b|v?\d)"
)
_GNU_VERSION = re.compile(
    r"^[\s\S]{0,140}?(?:\bversions?|\bv|gpl-?|licen[sc]e,?|^[\s(-]*v?)[.\s-]*([123])(?:\.([01]))?(?![\d.]*\d)"
)
_GNU_BEFORE = re.compile(r"versions?\s+([123])(?:\.([01]))?\s+of\s+(?:the\s+)?$")
_LATER = re.compile(
    r"(?:\bor|,|\()\s*\(?(?:at\s+your\s+option\)?,?\s*)?(?:any\s+)?(?:later|newer|greater|above)|^[\s\w.,-]{0,24}?\d\s?\+"
)
_COMPATIBLE = re.compile(
    r"[\s-]{0,3}compatib|-[ \t]*\n|\.html|(?:\s+instead)?\s+of\s+this\s+licen[sc]e|\s+instead"
)
_ELSEWHERE = re.compile(
    r"(?:\bunlike|compatible\W+with|n't\s+mean|\bnot\s+mean|\bother\s+software|\bpreviously)\b[^.]*$|why-not-$"
)
_WINDOW = 260


def find_mentions(prepared: str) -> list[Mention]:
    """Return the licences that a prepared text names, in order; the longest name where several overlap."""
    found = [*_tags(prepared)]
    if "gpl" in prepared or "general" in prepared:
        found += _gnu(prepared)
    for family, pattern, licence in _NAME:
        for match in pattern.finditer(prepared):
            expression = licence
            if licence == "CC":
                expression = normalise(f"CC-{match['cc']}-{match['ccv']}".upper()) or ""
            elif licence == "CC-BY":
                kinds = "".join(f"-{kind}" for kind in ("nc", "sa", "nd") if match[kind])
                expression = normalise(f"CC-BY{kinds}-{match['version']}".upper()) or ""
            found.append(Mention(family, expression, match.start(), match.end()))
    found += [Mention("mit", "MIT", *match.span(1)) for match in _MIT_TOO.finditer(prepared)]
    found.sort(key=lambda item: (item.start, not item.expression, -item.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _tags(prepared: str) -> list[Mention]:
    found = []
    for match in _TAG.finditer(prepared):
        expression = normalise(match[1].strip()) or ""
        family = parts_of(expression)[0].casefold() if expression else "tag"
        found.append(Mention(family, expression, match.start(), match.end()))
    return found


def _gnu(prepared: str) -> list[Mention]:
    found = []
    matches = [
        match
        for match in _GNU.finditer(prepared)
        if not _COMPATIBLE.match(prepared, match.end())
        and not _ELSEWHERE.search(prepared[max(0, match.start() - 80) : match.start()])
    ]
    for match, after in zip_longest(matches, matches[1:]):
        kind = {"affero": "a", "lesser": "l", "library": "l"}.get(match[1] or "", match[2] or "")
        stop = min(match.end() + _WINDOW, after.start() if after else len(prepared))
        window = prepared[match.end() : stop]
        version = _GNU_VERSION.match(window)
        number = version or _GNU_BEFORE.search(prepared[max(0, match.start() - 40) : match.start()])
        later = _LATER.search(window)
        family = f"{kind}gpl"
        end = match.end() + max(version.end() if version else 0, later.end() if later else 0)
        found.append(Mention(family, _gnu_expression(family, number, bool(later)), match.start(), end))
    return found


def _gnu_expression(family: str, number: re.Match[str] | None, later: bool) -> str:
    oldest = {"gpl": "1.0", "lgpl": "2.0", "agpl": "1.0"}[family]
    if number is None:  # by the licence itself: without a version, any version ever published
        return f"{family.upper()}-{oldest}-or-later"
    version = f"{number[1]}.{number[2] or '0'}"
    known = {"gpl": ("1.0", "2.0", "3.0"), "lgpl": ("2.0", "2.1", "3.0"), "agpl": ("1.0", "3.0")}[family]
    if version not in known:
        return f"{family.upper()}-{oldest}-or-later"
    return f"{family.upper()}-{version}-{'or-later' if later else 'only'}"
