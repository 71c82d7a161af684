"""Follows an answer sentence by sentence, so that a citation is held against what its own sentence says.

A citation usually ends its claim; it may also open it (``[a.py:3] defines ...``), stand behind the full stop, or alone
below a paragraph. A sentence that begins with "It" or "This" speaks of what the one before named.
"""

import re
from enum import Enum, auto

from assistant.answers.claims import Claim

_ENDS = re.compile(r"[.!?][\"')\]*_]*$")
_NO_END = re.compile(r"(?:^|\W)(?:e\.g|i\.e|etc|vs|cf|approx|resp|no|fig|incl|[A-Z])\.$", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-+*\u2022]|\d{1,3}[.)]|#{1,6}|\|.*|>+)$")
_PRONOUNS = frozenset("it this that they these those its both".split())
_NEGATIONS = frozenset(
    (
        "no not never without unlike than neither nor cannot isn't doesn't don't didn't won't can't instead"
    ).split()
)
_NEGATION_REACH = 3
_JOINING = re.compile(r"(?:and|or|also|see|both|in|[,;&(/+]|,\s*and)$", re.IGNORECASE)


class Boundary(Enum):
    """What lies before a piece of an answer."""

    NONE = auto()
    SENTENCE = auto()
    BLOCK = auto()
    """A paragraph, list item, heading or table row begins."""


class SentenceTracker:
    """The sentence that an answer is in, and what it has named so far."""

    def __init__(self) -> None:
        self.claim = Claim()
        """What the sentence named since its last citation."""
        self._named = Claim()
        self._lent = Claim()
        self._previous = Claim()
        self._previous_named = Claim()
        self._blanks = ""
        self._last = ""
        self._last_is_citation = False
        self._words: list[str] = []
        self._refers_back = False
        self._is_item = False
        self._is_heading = False
        self._heading = Claim()

    def blanks(self, text: str) -> None:
        """Take white space."""
        self._blanks += text

    def begin(self, text: str, *, is_citation: bool) -> Boundary:
        """Take the start of what is no white space; call :meth:`end` or :meth:`cited` after it was looked at."""
        blanks, self._blanks = self._blanks, ""
        breaks = blanks.count("\n")
        is_item = (breaks > 0 or not self._last) and not is_citation and bool(_ITEM.match(text))
        leaves_item = self._is_item and breaks > 0 and not blanks.endswith("  ")
        if breaks > 1 or is_item or leaves_item:
            self._next_block(keep_previous=is_citation and breaks > 1, is_item=is_item, marker=text)
            return Boundary.BLOCK
        alone = breaks == 1 and not self._words and bool(self._previous) and self._last_is_citation
        if alone:
            self._next_sentence()
            return Boundary.SENTENCE
        ended = bool(blanks) and bool(_ENDS.search(self._last)) and not _NO_END.search(self._last)
        if ended and (is_citation or not text[:1].islower()):
            self._next_sentence()
            return Boundary.SENTENCE
        return Boundary.NONE

    def _next_block(self, *, keep_previous: bool, is_item: bool, marker: str) -> None:
        self._next_sentence()
        self._heading = Claim(list(self._previous_named.names)) if self._is_heading else Claim()
        if not keep_previous or self._is_item:
            self._previous = Claim()
        self._previous_named = Claim()
        self._is_item = is_item
        self._is_heading = is_item and marker.startswith("#")

    def end(self, text: str, *, is_code: bool) -> None:
        """Note a word or code span."""
        self._last, self._last_is_citation = text, False
        if any(letter.isalnum() for letter in text) and not _ITEM.match(text):
            if not self._words:
                self._refers_back = not is_code and text.strip("*_").lower() in _PRONOUNS
            self._words.append(text.strip(".,;:!?*_()").lower())

    def cited(self, text: str) -> None:
        """Note a citation."""
        self._last, self._last_is_citation = text, True

    def block(self) -> None:
        """Forget everything: a fenced block ends what was said."""
        self._next_sentence()
        self._previous = self._previous_named = Claim()
        self._last = ""

    def take_claim(self) -> Claim:
        """Return what the sentence has named since its last citation, for the one that stands here."""
        taken, self.claim = self.claim, Claim()
        self._named.names += taken.names
        return taken

    def lend(self, claim: Claim) -> None:
        """Remember a claim on which another citation of the sentence may rest."""
        self._lent = claim

    def inherited(self) -> Claim:
        """Return what a citation rests on whose sentence names nothing for it."""
        if not self._words and self._previous:
            return self._previous
        back = self._previous_named.names if self._refers_back else []
        names = self._lent.names or back or self._heading.names
        return Claim(list(names), inherited=True)

    def belongs_to_previous(self, text: str) -> bool:
        """Tell whether a citation behind a full stop belongs to the sentence before it, by the word that follows."""
        starts_sentence = text[:1] == "`" or (text[:1].isalnum() and not text[:1].islower())
        return not self._words and bool(self._previous) and starts_sentence

    def is_negated(self) -> bool:
        """Tell whether what comes next is said not to be."""
        last = self._words[-_NEGATION_REACH:]
        return any(word in _NEGATIONS for word in last) and "only" not in last

    @staticmethod
    def joins(text: str) -> bool:
        """Tell whether a word may stand between two citations of one claim."""
        return bool(_JOINING.match(text))

    def _next_sentence(self) -> None:
        self._named.names += self.claim.names
        self._previous, self._previous_named = self.claim, self._named
        self.claim, self._named, self._lent = Claim(), Claim(), Claim()
        self._words = []
        self._refers_back = False
