"""Compares a run with an earlier one: what got worse, what got better, which answers changed, and what had changed."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.evaluation.grid import Cell, cells
from assistant.evaluation.model import EXTRACTIVE, Run


class Verdict(StrEnum):
    """How a backend does on a case, compared with before."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    """As many answers pass, but they read differently."""
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One case with one backend, then and now."""

    before: Cell
    now: Cell
    verdict: Verdict
    causes: tuple[str, ...]
    """What is not as it was: ``model: a -> b``, ``prompt``, ``assertions``, ``index``, ``assist: 0.1 -> 0.2``; empty if
    all is, and the same model simply answers otherwise."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one."""

    before: Run
    changes: tuple[Change, ...]
    added: tuple[tuple[str, str], ...]
    """Case and backend that the earlier run did not have."""
    missing: tuple[tuple[str, str], ...]
    """Case and backend that only the earlier run had."""

    @property
    def worse(self) -> tuple[Change, ...]:
        """What got worse."""
        return self.of(Verdict.WORSE)

    def of(self, verdict: Verdict) -> tuple[Change, ...]:
        """Return the changes of one verdict."""
        return tuple(change for change in self.changes if change.verdict is verdict)


def compare(now: Run, before: Run) -> Comparison:
    """Compare two runs, cell by cell.

    If each has one backend and they differ, those two are compared: that is how one model is held against another.
    """
    old = {(cell.case, cell.backend): cell for cell in cells(before.answers)}
    old = _renamed(old, now)
    found: list[Change] = []
    added: list[tuple[str, str]] = []
    for cell in cells(now.answers):
        earlier = old.pop((cell.case, cell.backend), None)
        if earlier is None:
            added.append((cell.case, cell.backend))
        else:
            found.append(Change(earlier, cell, _verdict(earlier, cell), _causes(earlier, cell, before, now)))
    return Comparison(before, tuple(found), tuple(added), tuple(old))


def answer_diff(before: str, now: str) -> list[str]:
    """Return the lines of a unified diff of two answers, without its head; empty if they are the same."""
    return list(difflib.unified_diff(before.splitlines(), now.splitlines(), n=2, lineterm=""))[2:]


def _renamed(old: dict[tuple[str, str], Cell], now: Run) -> dict[tuple[str, str], Cell]:
    backends = list(dict.fromkeys(answer.backend for answer in now.answers))
    earlier = list(dict.fromkeys(backend for _, backend in old))
    if len(backends) == len(earlier) == 1:
        return {(case, backends[0]): cell for (case, _), cell in old.items()}
    return old


def _verdict(before: Cell, now: Cell) -> Verdict:
    change = now.passed * len(before.answers) - before.passed * len(now.answers)
    if change:
        return Verdict.WORSE if change < 0 else Verdict.BETTER
    return Verdict.SAME if _texts(now) <= _texts(before) else Verdict.CHANGED


def _texts(cell: Cell) -> set[str]:
    return {
        "\n".join(line.rstrip() for line in answer.outcome.text.strip().splitlines())
        for answer in cell.answers
    }


def _causes(before: Cell, now: Cell, before_run: Run, now_run: Run) -> tuple[str, ...]:
    causes = []
    if before.backend != now.backend:
        causes.append(f"backend: {before.backend} -> {now.backend}")
    if before.models and now.models and set(before.models) != set(now.models) and now.backend != EXTRACTIVE:
        causes.append(f"model: {_joined(before.models)} -> {_joined(now.models)}")
    then, today = before_run.fingerprints.get(now.case), now_run.fingerprints.get(now.case)
    if then and today:
        causes += ["prompt"] * (then.prompt != today.prompt)
        causes += ["assertions"] * (then.assertions != today.assertions)
    if before_run.repository != now_run.repository:
        causes.append(f"repository: {before_run.repository} -> {now_run.repository}")
    elif before_run.index_generation != now_run.index_generation:
        causes.append("index")
    if before_run.version != now_run.version:
        causes.append(f"assist: {before_run.version} -> {now_run.version}")
    return tuple(causes)


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names)
