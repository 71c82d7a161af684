"""How much an alignment proves: counts of aligned tokens, without those that prove nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.alignment import Alignment, Renaming


class Level(IntEnum):
    """How sure a copy is."""

    HINT = 1
    """The same but for names, or with changed lines."""
    WARNING = 2
    """The same words in the same order, longer than chance."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Counts of an alignment's tokens; imports and repetitions are in none of them.

    :ivar exact_run: longest run that is written alike.
    :ivar plain_run: the same without accessors.
    :ivar run: longest run that is written alike or consistently renamed.
    :ivar exact: written alike.
    :ivar matched: written alike or consistently renamed.
    :ivar uncommon: of the matched ones, those that are in no gram that unrelated projects share.
    :ivar uncommon_exact: of the exact ones.
    :ivar uncommon_run: of the exact ones in one unbroken stretch, at most.
    :ivar conflicts: aligned names that contradict the renaming.
    :ivar span: all tokens from the first to the last aligned one, on the side that has more.
    """

    exact_run: int
    plain_run: int
    run: int
    exact: int
    matched: int
    uncommon: int
    uncommon_exact: int
    uncommon_run: int
    conflicts: int
    span: int


EXACT_RUN = 25
WARNING_UNCOMMON = 18
LONG_EXACT_RUN = 32
RENAMED_RUN = 24
RENAMED_UNCOMMON = 8
LONG_RENAMED_RUN = 34
PIECES = 30
PIECES_UNCOMMON = 13
PIECES_DENSITY = 0.8
EXACT_PIECES_DENSITY = 0.65
EXACT_SHARE = 0.9
"""Of the matched tokens, from which pieces count as exact and may lie further apart."""
CONFLICTS = 0.1
"""Share of contradicting names from which a renaming in pieces is not believed."""


def judge(evidence: Evidence) -> Level | None:
    """Decide whether an alignment is a copy; the thresholds were tuned with `benchmarks.copies`, see ARCHITECTURE.md.

    A hint needs one unbroken run, exact or renamed, or much in pieces that lie close together: sums over loose pieces
    alone gave five times as many false hints.
    """
    if evidence.exact_run >= EXACT_RUN and evidence.uncommon_run >= WARNING_UNCOMMON:
        return Level.WARNING
    hint = (
        (evidence.exact_run >= EXACT_RUN and evidence.uncommon_exact > 0)
        or evidence.plain_run >= LONG_EXACT_RUN
        or (evidence.run >= RENAMED_RUN and evidence.uncommon >= RENAMED_UNCOMMON)
        or (evidence.run >= LONG_RENAMED_RUN and evidence.uncommon > 0)
        or _in_pieces(evidence)
    )
    return Level.HINT if hint else None


def _in_pieces(evidence: Evidence) -> bool:
    """Tell whether the sum of several runs is enough: lines inserted, deleted or replaced in between."""
    renamed = (
        evidence.matched >= max(PIECES, PIECES_DENSITY * evidence.span)
        and evidence.uncommon >= PIECES_UNCOMMON
        and evidence.conflicts <= CONFLICTS * evidence.matched
    )
    exact = (
        PIECES <= evidence.exact >= EXACT_SHARE * evidence.matched
        and evidence.matched >= EXACT_PIECES_DENSITY * evidence.span
        and evidence.uncommon_exact >= PIECES_UNCOMMON
        and evidence.conflicts <= CONFLICTS / 2 * evidence.matched
    )
    return renamed or exact


def weigh(
    alignment: Alignment,
    renaming: Renaming,
    counted: NDArray[np.bool_],
    plain: NDArray[np.bool_],
    uncommon: NDArray[np.bool_],
) -> Evidence:
    """Count an alignment's tokens.

    :param counted: ``(tokens of the query,)``, which of them may count at all.
    :param plain: ``(tokens of the query,)``, which of them are of no accessor.
    :param uncommon: ``(tokens of the query,)``, which of them are in no common gram.
    """
    counts = counted[alignment.query]
    rare = counts & uncommon[alignment.query]
    exact_run = _longest_run(alignment, alignment.exact, counts)
    is_long = exact_run >= LONG_EXACT_RUN
    return Evidence(
        exact_run=exact_run,
        plain_run=_longest_run(alignment, alignment.exact, counts & plain[alignment.query]) if is_long else 0,
        run=_longest_run(alignment, renaming.consistent, counts),
        exact=int(np.count_nonzero(alignment.exact & counts)),
        matched=int(np.count_nonzero(renaming.consistent & counts)),
        uncommon=int(np.count_nonzero(renaming.consistent & rare)),
        uncommon_exact=int(np.count_nonzero(alignment.exact & rare)),
        uncommon_run=_longest_run(alignment, alignment.exact, rare),
        conflicts=int(np.count_nonzero(~renaming.consistent)),
        span=int(max(np.ptp(alignment.query), np.ptp(alignment.source))) + 1,
    )


def _longest_run(alignment: Alignment, agrees: NDArray[np.bool_], counts: NDArray[np.bool_]) -> int:
    """Count the tokens that count within the best unbroken stretch of agreeing ones."""
    breaks = np.ones(len(agrees), np.bool_)
    breaks[1:] = (np.diff(alignment.query) != 1) | (np.diff(alignment.source) != 1)
    # A token that differs is a stretch of its own, and the next begins another.
    breaks |= ~agrees
    breaks[1:] |= ~agrees[:-1]
    sums = np.add.reduceat(agrees & counts, np.flatnonzero(breaks), dtype=np.int64)
    return int(sums.max())
