"""What is found out about a licence: an SPDX expression, how sure it is, and where it was read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

NOASSERTION = "NOASSERTION"
"""SPDX's word for "nothing is known"; it stands alone, never within an expression."""
UNKNOWN_PART = "LicenseRef-unknown"
"""The part of an expression that stands for licence terms that were seen and not recognised."""


class Confidence(IntEnum):
    """How sure a finding is; ordered, so that the least of several is their minimum."""

    UNKNOWN = 0
    PROBABLE = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class LicenceFinding:
    """A licence and what speaks for it."""

    expression: str
    """A normalised SPDX expression, or :data:`NOASSERTION`."""
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    """Where it was read, in words for the user: ``LICENSE lines 1-21: text of MIT``."""
    copyrights: tuple[str, ...] = ()
    """The copyright lines beside it, as they were written."""
    has_other_parts: bool = False
    """Whether some files are said to have licences of their own, which are not in the expression."""

    @property
    def known(self) -> bool:
        """Whether every part of the expression is a licence that was recognised."""
        return self.expression != NOASSERTION and UNKNOWN_PART not in self.expression

    def because(self, *evidence: str) -> "LicenceFinding":
        """Return the same finding with evidence put in front."""
        return replace(self, evidence=(*evidence, *self.evidence))

    def at_most(self, confidence: Confidence) -> "LicenceFinding":
        """Return the same finding, no surer than ``confidence``."""
        return replace(self, confidence=min(self.confidence, confidence))


def nothing(*evidence: str) -> LicenceFinding:
    """Return the finding that nothing is known."""
    return LicenceFinding(NOASSERTION, Confidence.UNKNOWN, evidence)


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Return the items once each, in order of their first appearance."""
    return tuple(dict.fromkeys(items))
