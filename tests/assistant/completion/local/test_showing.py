"""How much of a predicted line is shown."""

import pytest

from assistant.completion.local.generation import Step
from assistant.completion.local.showing import Policy, choose, until

HALF = Policy(shown=0.5, longer=0.5)


def steps(*words: str, sure: float = 0.99) -> list[Step]:
    """Return steps of words, each with the blanks before it; an empty one ends the line."""
    return [Step(word, sure, not word) for word in words]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (steps("foo", ""), None),
        (steps("foo", ")"), None),
        (steps("foo", ")", ""), "foo)"),
        (steps("some_name", "("), "some_name("),
        (steps("   ", " ", ""), None),
        ([], None),
    ],
)
def test_four_characters_to_the_lines_end_or_ten(line: list[Step], wanted: str | None) -> None:
    shown = choose(line, HALF)
    assert (shown.text if shown else None) == wanted


def test_the_longest_cut_that_is_sure_enough() -> None:
    line = [*steps("some_name", "(", "argument"), Step(")", 0.4, False), Step("", 0.9, True)]
    shown = choose(line, HALF)
    assert shown is not None
    assert shown.text == "some_name(argument"
    assert shown.confidence == pytest.approx(0.99**3)


def test_a_longer_cut_may_be_less_sure_than_the_one_that_decides() -> None:
    line = [*steps("some_name", "("), Step("argument", 0.7, False)]
    assert choose(line, Policy(shown=0.9, longer=0.6)) is not None
    shown = choose(line, Policy(shown=0.9, longer=0.6))
    assert shown is not None
    assert shown.text == "some_name(argument"
    assert choose(line, Policy(shown=0.99, longer=0.6)) is None


@pytest.mark.parametrize(
    ("line", "rest", "wanted"),
    [
        (steps("a", "(", "b", ")", ")", ""), ")", ["a", "(", "b", ")", ""]),
        (steps("a", ")", ""), ")", ["a", ""]),
        (steps("a", "]", ")"), ")", ["a"]),
        (steps("a", "b", ""), ")", ["a", "b"]),
        (steps("a", "b", ""), "and more", []),
    ],
)
def test_a_line_is_written_up_to_the_bracket_that_is_there(
    line: list[Step], rest: str, wanted: list[str]
) -> None:
    assert [step.text for step in until(line, rest)] == wanted
