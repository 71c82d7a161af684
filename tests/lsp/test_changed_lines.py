"""Which lines of a document are new: those that the text before does not have there."""

import random

import pytest

from lsp.copy_marks import changed_lines


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "", []),
        ("a\nb\nc", "a\nb\nc", []),
        ("a\nb\nc", "a\nx\nb\nc", [2]),
        ("a\nb\nc", "a\nc", []),
        ("a\nb\nc", "x\nb\ny", [1, 3]),
        ("", "a\nb", [1, 2]),
        ("a\n", "a\nb\n", [2]),
    ],
)
def test_changed_lines(before: str, after: str, lines: list[int]) -> None:
    assert changed_lines(before, after) == lines


def test_what_is_not_changed_stands_in_the_text_before_in_order() -> None:
    choose = random.Random(3)
    for _ in range(300):
        before = [choose.choice("abcd") for _ in range(choose.randrange(12))]
        after = [choose.choice("abcd") for _ in range(choose.randrange(12))]
        changed = set(changed_lines("\n".join(before), "\n".join(after)))
        whole = iter("\n".join(before).split("\n"))
        kept = [line for number, line in enumerate("\n".join(after).split("\n"), 1) if number not in changed]
        assert all(line in whole for line in kept)


def test_very_many_changes_are_not_compared_one_by_one() -> None:
    before = "\n".join(f"old {number}" for number in range(3_000))
    after = "\n".join(f"new {number}" for number in range(3_000))
    assert changed_lines(f"same\n{before}", f"same\n{after}") == list(range(2, 3_002))
