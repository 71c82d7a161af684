"""Why a place matched, in a few words for people.

The reason names what can be checked in the place itself (a definition's name, words in its comments or text,
the file's name); only where no word of the query is there does it fall back on likeness in meaning.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from assistant.answers.highlight import Matcher
from assistant.answers.places import Place
from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.results import SearchResult

_COMMENT = re.compile(
    r"\s*(?:#(?!\s*(?:include|define|if|endif|else|pragma)\b)|//|/\*|\*|--|;;|%%|<!--|\"\"\"|''')"
)
_DOCSTRING_END = re.compile(r"\"\"\"|'''")
_MAX_WORDS = 3
_MEANING = ("chunk_cosine", "file_cosine")
_WEAK_SHARE = 0.25
"""Below this share of the query's idf, shared words alone do not explain a match that meaning supports."""


def reason(
    result: SearchResult,
    query: Query,
    matcher: Matcher,
    weights: Mapping[str, float],
    places: Sequence[Place],
    lines: Sequence[str],
) -> str:
    """Say why a result matched.

    :param weights: how much each of the query's stems tells (:meth:`Matcher.weights`).
    :param places: definitions whose name stands in the result.
    :param lines: the result's lines.
    """
    if special := _special(result, query):
        return special
    asked = {name.lower() for name in (query.symbol, *query.embedded) if name}
    for place in places:
        if place.name.lower() in asked and place.kind not in ("section", "import"):
            return f"{'declares' if place.kind == 'declaration' else 'defines'} {place.name}"
    found = _fields(result, matcher, places, lines)
    matched = set().union(*found.values())
    total = sum(weights.values()) or 1.0
    share = sum(weights.get(part, 0.0) for part in matched) / total
    alike = sum(result.evidence.get(kind, 0.0) for kind in _MEANING) > 0
    if not matched or (share < _WEAK_SHARE and alike):
        return "similar in meaning" if alike or not matched else _words(found, matcher, weights)
    return _words(found, matcher, weights)


def _special(result: SearchResult, query: Query) -> str:
    if query.kind is QueryKind.TRACE:
        return "frame of the trace"
    if query.kind is QueryKind.REGEX:
        return "matches the expression"
    if query.literals and (query.kind is QueryKind.LITERAL or result.lines):
        return f'contains "{query.literals[0]}"'
    if result.evidence.keys() == {"path"}:
        return "path matches"
    return ""


def _fields(
    result: SearchResult, matcher: Matcher, places: Sequence[Place], lines: Sequence[str]
) -> dict[str, set[str]]:
    """Return which of the query's stems each part of a place has."""
    comments, code = split_comments(lines)
    names = " ".join(place.qualified_name for place in places)
    heading = bool(places) and all(place.kind == "section" for place in places)
    return {
        "heading" if heading else "name": matcher.parts_in(names or result.name),
        "file name": matcher.parts_in(PurePosixPath(result.path).stem),
        "comments": matcher.parts_in("\n".join(comments)),
        "text": matcher.parts_in("\n".join(code)),
    }


def split_comments(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part lines into comments and the rest."""
    flags = comment_flags(lines)
    comments = [line for line, is_comment in zip(lines, flags, strict=True) if is_comment]
    return comments, [line for line, is_comment in zip(lines, flags, strict=True) if not is_comment]


def comment_flags(lines: Sequence[str]) -> list[bool]:
    """Tell of each line whether it is a comment (or in a docstring of Python), judged by how it begins."""
    flags = []
    inside = ""
    for line in lines:
        flags.append(bool(inside) or _COMMENT.match(line) is not None)
        if '"""' in line or "'''" in line:
            for quotes in _DOCSTRING_END.findall(line):
                inside = "" if inside == quotes else inside or quotes
    return flags


def _words(found: Mapping[str, set[str]], matcher: Matcher, weights: Mapping[str, float]) -> str:
    """``name and comments match "pdf"``: fields that hold the rarest words; text if nothing else does."""
    matched = set().union(*found.values())
    in_order = [part for part in matcher.parts if part in matched]
    best = sorted(in_order, key=lambda part: -weights.get(part, 0.0))[:_MAX_WORDS]
    fields = [field for field, parts in found.items() if parts.intersection(best) and field != "text"]
    fields = fields or ["text"]
    shown = [part for part in best if any(part in found[field] for field in fields)]
    words = dict.fromkeys(f'"{matcher.words.get(part, part)}"' for part in shown)
    verb = "matches" if len(fields) == 1 and fields[0] != "comments" else "match"
    return f"{_listed(fields)} {verb} {', '.join(words)}"


def _listed(fields: Sequence[str]) -> str:
    return fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
