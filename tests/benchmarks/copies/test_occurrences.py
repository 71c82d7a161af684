from __future__ import annotations

import pytest

from benchmarks.copies.model import Span
from benchmarks.copies.occurrences import Occurrences


def words(text: str) -> tuple[list[str], list[int]]:
    lines = text.split("\n")
    return text.split(), [row for row, line in enumerate(lines) for _ in line.split()]


def made(**files: str) -> Occurrences:
    occurrences = Occurrences()
    for name, text in files.items():
        occurrences.add(name, *words(text))
    occurrences.freeze()
    return occurrences


def test_every_place_is_found_with_its_lines() -> None:
    occurrences = made(
        first="x\na b c d\ne f g h i\ny", second="a b c d e f g h i a b c d e f g h i", third="a b"
    )
    found = occurrences.find("a b c d e f g h i".split())
    assert found == [Span("first", 2, 3), Span("second", 1, 1), Span("second", 1, 1)]


def test_a_sequence_does_not_run_on_into_the_next_file() -> None:
    assert made(first="a b c d e", second="f g h i").find("a b c d e f g h".split()) == []


def test_tokens_that_no_file_has_are_nowhere() -> None:
    assert made(first="a b c d e f g h").find("a b c d e f g z".split()) == []


def test_too_few_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="8 are needed"):
        made(first="a b c").find(["a"])
