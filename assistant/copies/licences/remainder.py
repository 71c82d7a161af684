"""Explains what a licence file says besides the licence texts that were recognised in it.

A title, a name, a list of contributors is of no account; a licence that is named counts; anything else that speaks of
rights and conditions is an unknown part of the licence. So nothing that was not understood reads as permission.
"""

# ruff: noqa: E501 (a table of expressions is read by its rows)

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.copies.licences.matching import Matching
from assistant.copies.licences.mentions import Mention, find_mentions
from assistant.copies.licences.sentences import (
    NAMED,
    Meaning,
    beyond_statements,
    is_of_media,
    meaning_of,
    speaks_of_rights,
    without_title,
)

_BRIDGE_WORDS = 4
"""Explained words between two unexplained ones that belong to the same passage: chance agreement."""
_CHANGES_MEANING = re.compile(
    r"\b(?:not?|non\w*|only|except\w*|exclud\w+|unless|prohibit\w*|forbidden|must|shall|military|evil|good|personal|academic"
    r"|research|education\w*|internal|fees?|payments?|paid|royalt\w+|compet\w+|hosted|services?|ethical\w*|purchas\w+"
    r"|restrict\w+|permission|required|nuclear|(?:non)?commercial\w*|without|condition\w*|provided|licen[sc]e[ds]?)\b"
)
_CHOICE = re.compile(
    r"\bdual[- ]?licen[sc]ed|\beither of (?:the|these|them|those)|\*?either\*? of the licenses|\beither licen[sc]e|\bat your (?:option|choice)\b|\byour choice of\b"
    r"|\byou may (?:choose|select)|\bany (?:one )?of the following licenses|\bunder the terms of (?:either|\*either\*)"
)
_LATER_VERSION = re.compile(r"\(?at\s+your\s+option\)?,?\s+any\s+later")
_NO_ENDORSEMENT = re.compile(
    r"(?:neither )?(?:the )?names?(?: of)?\b[\s\S]{0,160}?\bmay not be used to\s+endorse(?:\s+or\s+promote\s+products\s+derived\s+from"
    r"(?:\s+this\s+software)?)?(?:\s+without(?:\s+specific)?(?:\s+prior)?(?:\s+written)?(?:\s+permission)?)?"
)
_OF_ITS_OWN_TEXT = re.compile(r"\btext of the creative commons public licen[sc]es\W+is dedicated to\b")
"""At the end of these licences: the wording is free, not what is licensed."""
_LONGEST_ASIDE = 30
_SHORT_NAME_WORDS = 15
_NOTICE_WORDS = 8
_CLAUSE_WORDS = 12
_TITLE_WORDS = 3
"""Words of its own title by which a licence's text may begin late."""


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a text says besides licence texts."""

    mentions: tuple[Mention, ...]
    offers_choice: bool
    """Whether it says that one of several licences may be chosen."""
    endorsement_at: tuple[int, ...]
    """Word positions where names are said not to be for endorsement, within a licence text."""
    unknown_at: tuple[int, ...]
    """Word positions where passages begin that were not understood."""
    has_other_parts: bool
    """Whether it says that some files have licences of their own, which are not here."""


def explain(prepared: str, words: list[tuple[str, int]], matching: Matching) -> Remainder:
    """Explain the words that no recognised licence text covers."""
    explainer = _Explainer(prepared, words, matching)
    for start, end in _passages(matching.explained):
        explainer.take(start, end)
    return Remainder(
        tuple(explainer.mentions),
        explainer.offers_choice,
        tuple(explainer.endorsement_at),
        tuple(explainer.unknown_at),
        explainer.has_other_parts,
    )


class _Explainer:
    """Goes through the passages of one text; its attributes are those of :class:`Remainder`."""

    def __init__(self, prepared: str, words: list[tuple[str, int]], matching: Matching) -> None:
        self._prepared = prepared
        self._words = words
        self._matching = matching
        self.mentions: list[Mention] = []
        self.offers_choice = False
        self.endorsement_at: list[int] = []
        self.unknown_at: list[int] = []
        self.has_other_parts = False

    def take(self, start: int, end: int) -> None:
        """Explain the words from ``start`` up to ``end``."""
        passage = self._text(start, end)
        if any(it.start < start and end <= it.end - 1 for it in self._matching.occurrences):
            self._take_within(passage, start, end)
        else:
            self._take_between(passage, start, end)

    def _text(self, start: int, end: int) -> str:
        # Numbers of versions are no words: the passage reaches to the words around it.
        words = self._words
        begin = self._begin(start)
        return self._prepared[begin : words[end][1] if end < len(words) else len(self._prepared)]

    def _begin(self, start: int) -> int:
        before = self._words[start - 1] if start else ("", 0)
        return before[1] + len(before[0])

    def _named(self, passage: str, start: int) -> list[Mention]:
        begin = self._begin(start)
        return [
            replace(mention, is_of_media=is_of_media(self._prepared[: begin + mention.start]))
            for mention in find_mentions(passage)
        ]

    def _take_within(self, passage: str, start: int, end: int) -> None:
        """Explain words put into a licence text."""
        plain = " ".join(passage.split())
        clause = " ".join(self._text(start, min(end + _CLAUSE_WORDS, len(self._words))).split())
        found = _NO_ENDORSEMENT.search(clause)
        if found is not None and (found.end() >= len(plain) or _NO_ENDORSEMENT.search(plain)):
            self.endorsement_at.append(start)
            plain = clause[: found.start()] + clause[found.end() : len(plain)]
            if not re.search(r"\w", plain):
                return
        if bool(self._matching.familiar[start:end].all()):  # the wording of another permissive licence
            return
        before = self._prepared[max(0, self._begin(start) - 100) : self._begin(start)]
        if end - start <= _LONGEST_ASIDE and _OF_ITS_OWN_TEXT.search(f"{' '.join(before.split())} {plain}"):
            return
        named = self._named(passage, start)
        if not named and _is_name(passage, end - start):
            return
        self.mentions += named
        rest = beyond_statements(_marked(passage, named))
        if not _is_name(rest, len(rest.split())):
            self.unknown_at.append(start)

    def _take_between(self, passage: str, start: int, end: int) -> None:
        """Explain words before, after or between licence texts."""
        named = self._named(passage, start)
        self.mentions += named
        self.offers_choice |= bool(_CHOICE.search(_LATER_VERSION.sub(" ", passage)))
        marked = _marked(passage, named, self._notices(start, end))
        if any(end <= it.start <= end + _TITLE_WORDS for it in self._matching.occurrences):
            marked = without_title(marked)
        meaning = meaning_of(marked)
        if meaning is Meaning.TERMS:
            self.unknown_at.append(start)
        self.has_other_parts |= meaning is Meaning.OTHER_PARTS

    def _notices(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where a passage has the wording of a notice, in characters from its beginning."""
        begin = self._begin(start)
        words = self._words[start:end]
        return [
            (words[first][1] - begin, words[last][1] + len(words[last][0]) - begin)
            for first, last in _long_runs(self._matching.familiar[start:end])
        ]


def _passages(explained: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return runs of words that are not explained, as (start, end), short explained gaps bridged."""
    positions = np.flatnonzero(~explained)
    if not len(positions):
        return []
    groups = np.split(positions, np.flatnonzero(np.diff(positions) > _BRIDGE_WORDS) + 1)
    return [(int(group[0]), int(group[-1]) + 1) for group in groups]


def _long_runs(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return runs of marked words, as (first, last), that are too long to be chance."""
    positions = np.flatnonzero(marked)
    groups = np.split(positions, np.flatnonzero(np.diff(positions) > 1) + 1)
    return [(int(group[0]), int(group[-1])) for group in groups if len(group) >= _NOTICE_WORDS]


def _is_name(passage: str, n_words: int) -> bool:
    """Tell whether a passage is short and has no word that changes a meaning."""
    rest, clauses = _NO_ENDORSEMENT.subn(" ", " ".join(passage.split()))
    short = n_words <= _SHORT_NAME_WORDS or (clauses and len(rest.split()) <= _SHORT_NAME_WORDS)
    return bool(short) and not _CHANGES_MEANING.search(rest) and not speaks_of_rights(rest)


def _marked(passage: str, named: list[Mention], notices: Iterable[tuple[int, int]] = ()) -> str:
    """Return a passage with a mark for each name of a licence, and without the notices beside these names."""
    rest = list(passage)
    for mention in named:
        rest[mention.start : mention.end] = NAMED + " " * (mention.end - mention.start - 1)
    for start, stop in notices if named else ():
        rest[start:stop] = [char if char in (NAMED, "\n") else " " for char in rest[start:stop]]
    return "".join(rest)
