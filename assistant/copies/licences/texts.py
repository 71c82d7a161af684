"""Reads a licence file: which licences a text holds or names, together or to choose from."""

import re
from dataclasses import dataclass, replace

from assistant.copies.licences.expressions import all_of, any_of, parts_of
from assistant.copies.licences.matching import Matching, Occurrence, match_texts
from assistant.copies.licences.model import (
    NOASSERTION,
    UNKNOWN_PART,
    Confidence,
    LicenceFinding,
    nothing,
    unique,
)
from assistant.copies.licences.profiles import Part, load_profiles
from assistant.copies.licences.remainder import Remainder, explain
from assistant.copies.licences.words import copyright_lines, prepare, words_of

MAX_CHARS = 600_000
"""Of a longer file the rest is not read, and counts as unknown."""
_LATER = re.compile(r"-(?:only|or-later)\b")
_GNU = re.compile(r"[AL]?GPL-")
_NOTICE_OF_LATER = re.compile(
    r"\bversion\s+\d(?:\.\d)?\s+of\s+the\s+licen[sc]e,\s+or\s+\(at\s+your\s+option\)\s+any\s+later"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says."""

    finding: LicenceFinding
    texts: tuple[str, ...]
    """Licences whose whole text is there."""
    named: tuple[str, ...]
    """Expressions that are only named."""
    offers_choice: bool
    of_code: LicenceFinding
    """The finding without licences that are said to hold for documentation, pictures or fonts only."""


def identify_text(text: str, name: str = "text") -> LicenceFinding:
    """Tell which licences a text is, or names.

    :param name: What the evidence calls it.
    :return: All licences joined by ``AND``, or by ``OR`` where the text offers the choice. What speaks of rights
        and is not recognised is ``LicenseRef-unknown``. A GNU licence's text alone reads as that version only.
    """
    return read_text(text, name).finding


def read_text(text: str, name: str) -> Reading:
    """Read a text as :func:`identify_text` does, and keep what it said apart."""
    cut = text[:MAX_CHARS]
    prepared = prepare(cut)
    words = words_of(prepared)
    if not words:
        empty = nothing(f"{name}: empty")
        return Reading(empty, (), (), False, empty)
    known = load_profiles()
    matching = match_texts(known.numbers_of([word for word, _ in words]), known)
    rest = explain(prepared, words, matching)
    found = unique(_with_third_clause(o, rest) for o in matching.occurrences if o.part is Part.TERMS)
    texts = _without_carriers(_or_later(found) if _says_later(prepared) else found)
    whole = _reading(text, name, matching, rest, texts, words)
    of_code = tuple(mention for mention in rest.mentions if not mention.is_of_media)
    if len(of_code) == len(rest.mentions) or not (texts or of_code):
        return whole
    narrow = _reading(text, name, matching, replace(rest, mentions=of_code), texts, words)
    return replace(whole, of_code=narrow.finding)


def _with_third_clause(occurrence: Occurrence, rest: Remainder) -> str:
    """Return the licence of an occurrence: the BSD's third clause has many wordings, its name is the same."""
    third = any(occurrence.start < at < occurrence.end for at in rest.endorsement_at)
    return "BSD-3-Clause" if third and occurrence.licence == "BSD-2-Clause" else occurrence.licence


def _says_later(prepared: str) -> bool:
    """Tell whether the notice of a GNU licence stands before its text, not as an example behind it."""
    notice = _NOTICE_OF_LATER.search(prepared)
    return notice is not None and notice.start() < prepared.find("everyone is permitted to copy")


def _or_later(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_LATER.sub("-or-later", text) if _GNU.match(text) else text for text in texts)


def _without_carriers(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the GPL that the LGPL 3 is written upon: its text has to be given with it."""
    if "LGPL-3.0-only" in texts:
        return tuple(text for text in texts if text != "GPL-3.0-only")
    return texts


def _named(rest: Remainder, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is named and is not the name of a text that is there."""
    families = {text.casefold().partition("-")[0] for text in texts}
    families |= {mention.family for mention in rest.mentions if mention.expression}
    found = []
    for mention in rest.mentions:
        if not mention.expression:
            if mention.family not in families:
                found.append(UNKNOWN_PART)
        elif not set(parts_of(mention.expression)) <= set(texts):
            found.append(mention.expression)
    return _without_open_versions(unique(found), texts)


def _without_open_versions(named: tuple[str, ...], texts: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Leave out "the GPL" where a text or another name beside it tells the version."""
    kept = []
    for item in named:
        family = {"GPL-1.0-or-later": "GPL-", "LGPL-2.0-or-later": "LGPL-", "AGPL-1.0-or-later": "AGPL-"}.get(
            item
        )
        others = (*texts, *(other for other in named if other != item))
        if family is None or not any(other.startswith(family) for other in others):
            kept.append(item)
    return tuple(kept)


def _reading(
    text: str,
    name: str,
    matching: Matching,
    rest: Remainder,
    texts: tuple[str, ...],
    words: list[tuple[str, int]],
) -> Reading:
    texts, named = _with_versions(texts, _named(rest, texts))
    offered = _without_open_versions(unique(m.expression for m in rest.mentions if m.expression))
    if rest.offers_choice and len(offered) > 1:
        stated = any_of(offered)
        others = [part for part in (*texts, *named) if part not in parts_of(stated) and part not in offered]
        parts = [stated, *others]
    elif rest.offers_choice and len(texts) == 1 and len(offered) == 1 and _is_offered(texts[0], rest):
        parts = [any_of([*texts, *offered])]
    elif rest.offers_choice and len(texts) > 1 and not named:
        parts = [any_of(texts)]
    else:
        parts = [*texts, *named]
    unknown = bool(rest.unknown_at) or len(text) > MAX_CHARS
    expression = all_of([*parts, UNKNOWN_PART] if unknown else parts) if parts or unknown else NOASSERTION
    evidence = _evidence(text, name, matching, rest, words, named)
    confidence = _confidence(expression, matching, named)
    finding = LicenceFinding(expression, confidence, evidence, copyright_lines(text), rest.has_other_parts)
    if rest.has_other_parts:
        finding = finding.at_most(Confidence.PROBABLE)
    return Reading(finding, texts, named, rest.offers_choice, finding)


def _is_offered(licence: str, rest: Remainder) -> bool:
    """Tell whether a text's name, without a version, is among those that may be chosen."""
    family = licence.casefold().partition("-")[0]
    return any(mention.family == family and not mention.expression for mention in rest.mentions)


def _with_versions(texts: tuple[str, ...], named: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Let a notice of "any later version" beside a GNU licence's text say so of the text."""
    upgraded = tuple(
        later if (later := _LATER.sub("-or-later", text)) in named and text.endswith("-only") else text
        for text in texts
    )
    return upgraded, tuple(item for item in named if item not in upgraded)


def _confidence(expression: str, matching: Matching, named: tuple[str, ...]) -> Confidence:
    if expression == NOASSERTION or UNKNOWN_PART in expression:
        return Confidence.UNKNOWN
    if named or not all(item.is_sure for item in matching.occurrences if item.part is Part.TERMS):
        return Confidence.PROBABLE
    return Confidence.SURE


def _evidence(
    text: str,
    name: str,
    matching: Matching,
    rest: Remainder,
    words: list[tuple[str, int]],
    named: tuple[str, ...],
) -> tuple[str, ...]:
    said = []
    for it in matching.occurrences:
        if it.part is Part.TERMS:
            lines = f"lines {_line(text, words[it.start][1])}-{_line(text, words[it.end - 1][1])}"
            alike = 1 - min(1.0, (it.missing + it.inserted) / it.length)
            said.append(f"{name} {lines}: text of {it.licence} ({alike:.0%} the same words)")
    said += [f"{name}: names {expression}" for expression in named if expression != UNKNOWN_PART]
    if rest.has_other_parts:
        said.append(f"{name}: says that parts have licences of their own")
    if UNKNOWN_PART in named:
        said.append(f"{name}: names a licence without saying which version")
    said += [
        f"{name} line {_line(text, words[at][1])}: terms that were not recognised"
        for at in rest.unknown_at[:3]
    ]
    return tuple(said) or (f"{name}: no licence recognised",)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
