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
    :ivar exact: written alike.
    :ivar matched: written alike or consistently renamed.
    :ivar uncommon: of the matched ones, those that are in no gram that unrelated projects share.
    :ivar uncommon_exact: of the exact ones.
    :ivar conflicts: aligned names that contradict the renaming.
    """

    exact_run: int
    exact: int
    matched: int
    uncommon: int
    uncommon_exact: int
    conflicts: int


WARNING_RUN = 25
WARNING_UNCOMMON = 12
HINT_MATCHED = 30
HINT_UNCOMMON = 12
CONFLICTS = 0.1
"""Share of contradicting names from which a renaming is not believed."""


def judge(evidence: Evidence) -> Level | None:
    """Decide whether an alignment is a copy. The thresholds were tuned by `benchmarks.copies`, see ARCHITECTURE.md."""
    if evidence.exact_run >= WARNING_RUN and evidence.uncommon_exact >= WARNING_UNCOMMON:
        return Level.WARNING
    believed = evidence.conflicts <= CONFLICTS * evidence.matched
    if evidence.matched >= HINT_MATCHED and evidence.uncommon >= HINT_UNCOMMON and believed:
        return Level.HINT
    return None


def weigh(
    alignment: Alignment,
    renaming: Renaming,
    counted: NDArray[np.bool_],
    uncommon: NDArray[np.bool_],
) -> Evidence:
    """Count an alignment's tokens.

    :param counted: ``(tokens of the query,)``, which of them may count at all.
    :param uncommon: ``(tokens of the query,)``, which of them are in no common gram.
    """
    counts = counted[alignment.query]
    rare = counts & uncommon[alignment.query]
    return Evidence(
        exact_run=_longest_run(alignment, counts),
        exact=int(np.count_nonzero(alignment.exact & counts)),
        matched=int(np.count_nonzero(renaming.consistent & counts)),
        uncommon=int(np.count_nonzero(renaming.consistent & rare)),
        uncommon_exact=int(np.count_nonzero(alignment.exact & rare)),
        conflicts=int(np.count_nonzero(~renaming.consistent)),
    )


def _longest_run(alignment: Alignment, counts: NDArray[np.bool_]) -> int:
    """Count the tokens that count within the best unbroken stretch of exact ones."""
    breaks = np.ones(len(alignment.query), np.bool_)
    breaks[1:] = (np.diff(alignment.query) != 1) | (np.diff(alignment.source) != 1)
    # A token that differs is a stretch of its own, and the next begins another.
    breaks |= ~alignment.exact
    breaks[1:] |= ~alignment.exact[:-1]
    sums = np.add.reduceat(alignment.exact & counts, np.flatnonzero(breaks), dtype=np.int64)
    return int(sums.max())
