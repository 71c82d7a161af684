"""Explains what a licence file says besides the licence texts that were recognised in it.

A title, a name, a list of contributors is of no account; a licence that is named counts; anything else that speaks of
rights and conditions is an unknown part of the licence. So nothing that was not understood reads as permission.
"""

# ruff: noqa: E501 (a table of expressions is read by its rows)

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.copies.licences.matching import Matching
from assistant.copies.licences.mentions import Mention, find_mentions

_BRIDGE_WORDS = 4
"""Explained words between two unexplained ones that belong to the same passage: chance agreement."""
_SPEAKS_OF_RIGHTS = re.compile(
    r"\b(?:(?:re|un|sub|dual)?licen[sc](?:e|es|ed|ing|or|ee)|permi(?:t|ts|tted|ssion|ssions)|redistribut\w+|grant(?:s|ed)?"
    r"|warrant\w+|liab\w+|proprietary|confidential|(?:non)?commercial\w*|patents?|prohibit\w*|forbidden|restrict\w+"
    r"|a?gpl\w*|lgpl\w*|bsd|terms|conditions?|must|shall|may not|not be (?:used|copied)|non)\b"
)
_CHANGES_MEANING = re.compile(
    r"\b(?:not?|non\w*|only|except\w*|exclud\w+|unless|prohibit\w*|forbidden|must|shall|military|evil|good|personal|academic"
    r"|research|education\w*|internal|fees?|payments?|paid|royalt\w+|compet\w+|hosted|services?|ethical\w*|purchas\w+"
    r"|restrict\w+|permission|required|nuclear|(?:non)?commercial\w*|without|condition\w*|provided|licen[sc]e[ds]?)\b"
)
_HARMLESS = re.compile(
    r"(?:see|refer to|read) (?:the )?(?:accompanying |included |bundled |attached )?(?:file )?[\"'`]?(?:license|licence|copying|notice|authors)\S*"
    r"(?: files?)?(?: for (?:more |license |licence |copyright |full |the )*(?:details|information|terms|text))?"
    r"|(?:either |any |one )*of the (?:following |above |these )?licen[sc]es\b|(?:is |are )?licen[sc]ed (?:for use )?as follows|dual[- ]licen[sc]ed"
    r"|this (?:product|software) (?:includes|contains) software (?:developed|written|created) (?:by|at|for)"
    r"|\b(?:and|or) license[-.]\w+(?: files?)?(?: for (?:license |licence )?details)?"
    r"|end of (?:the )?terms and conditions"
    r"|(?:this|the following) licen[sc]e applies to (?:all )?parts of (?:\S+ originating from the|this software except as documented below)"
    r"|https?://\S+"
    r"|(?:the )?full (?:text of the )?licen[sc]e(?: text)?(?: (?:is|can be found))?"
    r"|(?:the )?(?:text of the )?(?:following )?(?:software )?licen[sc]e(?: (?:text|agreement|file))?(?: (?:is|follows|below))?\s*:?\s*$"
    r"|\A\W*(?:(?:the|software|open source|public|copyright and) )*licen[sc]e(?: (?:agreement|information|terms))?\b"
    r"|(?:is |are |was |been )?(?:released|distributed|made available|provided|licen[sc]ed|available)\s+under\s+(?:the\s+)?(?:terms\s+(?:and\s+conditions\s+)?of\s+)?(?:the\s+)?(?:following\s+)?"
    r"|under the (?:terms|conditions)(?: and conditions)? of(?: the)?(?: following)?(?: licen[sc]e)?"
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
_SHORT_NAME_WORDS = 15
_NOTICE_WORDS = 8


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


def explain(prepared: str, words: list[tuple[str, int]], matching: Matching) -> Remainder:
    """Explain the words that no recognised licence text covers."""
    mentions: list[Mention] = []
    unknown: list[int] = []
    endorsement: list[int] = []
    choice = False
    for start, end in _passages(matching.explained):
        # Numbers of versions are no words: the passage reaches to the words around it.
        begin = words[start - 1][1] + len(words[start - 1][0]) if start else 0
        stop = words[end][1] if end < len(words) else len(prepared)
        passage = prepared[begin:stop]
        if any(it.start < start and end <= it.end - 1 for it in matching.occurrences):
            if _NO_ENDORSEMENT.search(" ".join(passage.split())):
                endorsement.append(start)
            if not _is_harmless_within(passage, end - start, matching.familiar[start:end]):
                unknown.append(start)
            continue
        named = find_mentions(passage)
        mentions += named
        choice = choice or bool(_CHOICE.search(_LATER_VERSION.sub(" ", passage)))
        if _speaks_of_rights(passage, named, words[start:end], matching.familiar[start:end], begin):
            unknown.append(start)
    return Remainder(tuple(mentions), choice, tuple(endorsement), tuple(unknown))


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


def _is_harmless_within(passage: str, n_words: int, familiar: NDArray[np.bool_]) -> bool:
    """Tell whether words put into a licence text are a name, or wording of another permissive licence."""
    if bool(familiar.all()):
        return True
    rest, clauses = _NO_ENDORSEMENT.subn(" ", " ".join(passage.split()))
    short = n_words <= _SHORT_NAME_WORDS or (clauses and len(rest.split()) <= _SHORT_NAME_WORDS)
    return bool(short) and not _CHANGES_MEANING.search(rest)


def _speaks_of_rights(
    passage: str, named: list[Mention], words: list[tuple[str, int]], familiar: NDArray[np.bool_], begin: int
) -> bool:
    """Tell whether a passage speaks of rights beyond the licences that it names."""
    rest = list(passage)
    for mention in named:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    speaks = _names_rights("".join(rest))
    if not speaks or not named:
        return speaks
    for first, last in _long_runs(familiar):  # the wording of a notice, beside the name of the licence
        start, stop = words[first][1] - begin, words[last][1] + len(words[last][0]) - begin
        rest[start:stop] = " " * (stop - start)
    return _names_rights("".join(rest))


def _names_rights(text: str) -> bool:
    plain = _CHOICE.sub(" ", _HARMLESS.sub(" ", " ".join(text.split())))
    return bool(_SPEAKS_OF_RIGHTS.search(plain))
