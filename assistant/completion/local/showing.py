"""Decides what of a predicted line is shown, if anything: as much as is very probably what the author would write.

A suggestion is worth a glance if it takes the line to its end with four characters or more, or has ten. Of all cuts
that are long enough the longest is taken that is sure enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.completion.local.confidence import Confidence, LineSoFar
from assistant.completion.local.generation import Step

TO_LINE_END_CHARS = 4
CHARS = 10
_CLOSERS = ")]}"
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure a suggestion has to be.

    :param shown: nothing is shown unless some cut is at least so sure.
    :param longer: the longest cut is taken that is at least so sure.
    """

    shown: float
    longer: float


AUTOMATIC = Policy(shown=0.65, longer=0.55)
INVOKED = Policy(shown=0.35, longer=0.35)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cut of a predicted line."""

    text: str
    confidence: float
    ends_line: bool


def choose(
    steps: Sequence[Step], policy: Policy, line: LineSoFar | None = None, confidence: Confidence | None = None
) -> Shown | None:
    """Return what to show of a line; None for nothing.

    :param line: what the confidence depends on besides the steps. Without both of them a line's probability is taken.
    """
    cuts = [cut for cut in cuts_of(steps, line, confidence) if cut.confidence >= policy.longer]
    if not cuts or max(cut.confidence for cut in cuts) < policy.shown:
        return None
    return max(cuts, key=lambda cut: (len(cut.text), cut.ends_line))


def cuts_of(steps: Sequence[Step], line: LineSoFar | None, confidence: Confidence | None) -> list[Shown]:
    """Return all cuts of a predicted line that are long enough to be shown, the shortest first."""
    cuts, text, likelihood = [], "", 1.0
    for at, step in enumerate(steps):
        text += step.text
        likelihood *= step.probability
        if len(text) >= (TO_LINE_END_CHARS if step.ends_line else CHARS) and text.strip():
            sure = confidence.of(steps[: at + 1], line) if confidence and line else likelihood
            cuts.append(Shown(text, sure, step.ends_line))
    return cuts


def until(steps: Sequence[Step], rest: str) -> list[Step]:
    """Return the steps that come before what stands behind the cursor on its line.

    :param rest: begins with a closing bracket: the line is predicted up to the bracket that it closes.
    """
    if rest[:1] not in _CLOSERS:
        return []
    depth = 0
    for at, step in enumerate(steps):
        word = step.text.strip()
        if word in _PAIRS:
            depth += 1
        elif word and word in _CLOSERS:
            if depth == 0:
                return (
                    [*steps[:at], Step("", step.probability, True)] if word == rest[0] else list(steps[:at])
                )
            depth -= 1
    return list(steps) if not steps or not steps[-1].ends_line else list(steps[:-1])
