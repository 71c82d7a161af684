from __future__ import annotations

import math

import pytest

from benchmarks.ndcg import Hit, Target, hit_at_1, ndcg_at_10, rank_of, same_file

SECOND = 1 / math.log2(3)
THIRD = 1 / math.log2(4)


def hits(*paths: str) -> list[Hit]:
    return [Hit(path, 1, 10) for path in paths]


@pytest.mark.parametrize(
    ("ranked", "targets", "expected"),
    [
        (["a.py"], ["a.py"], 1.0),
        ([], ["a.py"], 0.0),
        (["b.py"], ["a.py"], 0.0),
        (["b.py", "a.py"], ["a.py"], SECOND),
        (["b.py", "c.py", "a.py", "a.py"], ["a.py"], THIRD),
        (["a.py", "b.py"], ["a.py", "b.py"], 1.0),
        (["a.py", "c.py", "b.py"], ["a.py", "b.py"], (1 + THIRD) / (1 + SECOND)),
        (["a.py", "c.py"], ["a.py", "b.py"], 1 / (1 + SECOND)),
        (["x.py"] * 9 + ["a.py"], ["a.py"], 1 / math.log2(11)),
        (["x.py"] * 10 + ["a.py"], ["a.py"], 0.0),
    ],
)
def test_ndcg_agrees_with_hand_computed_cases(ranked: list[str], targets: list[str], expected: float) -> None:
    assert ndcg_at_10(hits(*ranked), [Target(path) for path in targets]) == pytest.approx(expected)


def test_two_targets_covered_by_one_result_count_one_rank() -> None:
    targets = [Target("a.py", (1, 2)), Target("a.py", (3, 4))]
    assert ndcg_at_10([Hit("a.py", 1, 4)], targets) == pytest.approx(1 / (1 + SECOND))


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(1, 9, False), (1, 10, True), (12, 13, True), (20, 30, True), (21, 30, False), (5, 25, True)],
)
def test_a_target_with_lines_must_overlap_inclusively(first: int, last: int, found: bool) -> None:
    rank = rank_of([Hit("a.py", first, last)], Target("a.py", (10, 20)))
    assert (rank == 1) is found


@pytest.mark.parametrize(
    ("path", "other", "same"),
    [
        ("lib/a.py", "lib/a.py", True),
        ("a.py", "lib/a.py", True),
        ("lib/a.py", "a.py", True),
        ("lib\\a.py", "lib/a.py", True),
        ("ba.py", "a.py", False),
        ("lib/a.py", "src/a.py", False),
    ],
)
def test_same_file_compares_whole_path_parts_from_the_end(path: str, other: str, same: bool) -> None:
    assert same_file(path, other) is same


def test_hit_at_1_looks_at_the_first_result_only() -> None:
    assert hit_at_1(hits("a.py", "b.py"), [Target("a.py")])
    assert not hit_at_1(hits("a.py", "b.py"), [Target("b.py")])


def test_no_targets_is_an_error() -> None:
    with pytest.raises(ValueError, match="without targets"):
        ndcg_at_10(hits("a.py"), [])
