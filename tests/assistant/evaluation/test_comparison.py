"""Comparing runs: better, worse, changed, and why."""

from __future__ import annotations

import pytest

from assistant.evaluation import Answered, Run, Verdict, compare
from assistant.evaluation.comparison import answer_diff
from tests.assistant.evaluation.runs import answered, run_of

PASSES, FAILS = answered("a", "x"), answered("a", "x", "contains: tea: the answer is empty")


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ([PASSES], [PASSES], Verdict.SAME),
        ([PASSES], [FAILS], Verdict.WORSE),
        ([FAILS], [PASSES], Verdict.BETTER),
        ([FAILS], [FAILS], Verdict.SAME),
        ([PASSES, FAILS], [PASSES], Verdict.BETTER),
        ([PASSES, FAILS], [PASSES, PASSES, FAILS, FAILS], Verdict.SAME),
        ([PASSES, PASSES, FAILS], [PASSES, FAILS], Verdict.WORSE),
        ([PASSES], [answered("a", "x", text="no")], Verdict.CHANGED),
        ([PASSES], [answered("a", "x", text="yes \n")], Verdict.SAME),
        ([PASSES, answered("a", "x", text="no")], [answered("a", "x", text="no")], Verdict.SAME),
    ],
)
def test_the_share_that_passes_decides_then_the_words(
    before: list[Answered], now: list[Answered], verdict: Verdict
) -> None:
    (change,) = compare(run_of(*now), run_of(*before)).changes
    assert change.verdict is verdict


P1, P2 = ("p1", "a1"), ("p2", "a1")


@pytest.mark.parametrize(
    ("before", "now", "causes"),
    [
        (run_of(PASSES, prints={"a": P1}), run_of(FAILS, prints={"a": P1}), ()),
        (run_of(PASSES, prints={"a": P1}), run_of(FAILS, prints={"a": P2}), ("prompt",)),
        (run_of(PASSES, prints={"a": P1}), run_of(FAILS, prints={"a": ("p1", "a2")}), ("assertions",)),
        (run_of(PASSES), run_of(answered("a", "x", "no", model="m2")), ("model: m1 -> m2",)),
        (run_of(PASSES), run_of(answered("a", "x", "down", model="")), ()),
        (run_of(PASSES), run_of(FAILS, index_generation="g2"), ("index",)),
        (run_of(PASSES), run_of(FAILS, version="0.2.0"), ("assist: 0.1.0 -> 0.2.0",)),
        (
            run_of(PASSES, prints={"a": P1}),
            run_of(answered("a", "x", "no", model="m2"), prints={"a": P2}, repository="/b"),
            ("model: m1 -> m2", "prompt", "repository: /shop -> /b"),
        ),
    ],
)
def test_what_had_changed_is_named(before: Run, now: Run, causes: tuple[str, ...]) -> None:
    (change,) = compare(now, before).worse
    assert change.causes == causes


def test_two_single_backends_are_compared_whatever_their_names() -> None:
    (change,) = compare(run_of(answered("a", "big", "no")), run_of(PASSES)).worse
    assert change.causes == ("backend: x -> big",)


def test_what_only_one_run_asked_is_listed_and_is_not_worse() -> None:
    before = run_of(PASSES, answered("a", "y"), answered("old", "y"))
    comparison = compare(run_of(PASSES, answered("new", "x", "no"), answered("a", "y")), before)
    assert comparison.added == (("new", "x"),)
    assert comparison.missing == (("old", "y"),)
    assert comparison.worse == ()


def test_a_diff_has_no_head() -> None:
    assert answer_diff("a\nb", "a\nc") == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    assert answer_diff("a", "a") == []
