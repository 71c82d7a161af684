"""Suggestions found again: at the same place, and further along what was suggested."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.completion import CompletionRequest, Suggestion
from assistant.completion.cache import SuggestionCache
from tests.assistant.completion.support import at

BEFORE = "def f():\n    "
AFTER = "\n\nprint(f())\n"


def _cached(text: str, after: str = AFTER, replaced: int = 0) -> SuggestionCache:
    cache = SuggestionCache()
    request = at(BEFORE + "‸" + after)
    end = request.offset + replaced
    cache.put(request, [Suggestion(text, request.offset, end, "work", id="s")])
    return cache


def _typed(text: str, after: str = AFTER) -> CompletionRequest:
    return at(f"{BEFORE}{text}‸{after}")


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("", "return 42"),
        ("r", "eturn 42"),
        ("return ", "42"),
        ("return 4", "2"),
        ("return 42", None),
        ("x", None),
        ("returm", None),
    ],
)
def test_typing_along(typed: str, rest: str | None) -> None:
    request = _typed(typed)
    found = _cached("return 42").get(request)
    if rest is None:
        assert found is None
    else:
        assert found is not None
        (suggestion,) = found
        assert (suggestion.text, suggestion.id) == (rest, "s")
        assert suggestion.replace_start == suggestion.replace_end == request.offset


def test_typing_over_lines() -> None:
    found = _cached("a = 1\n    return a").get(_typed("a = 1\n    ret"))
    assert found is not None
    assert found[0].text == "urn a"


def test_a_closer_that_the_editor_set_is_replaced() -> None:
    request = _typed("call(", ")" + AFTER)
    found = _cached("call(1, 2)").get(request)
    assert found is not None
    (suggestion,) = found
    assert (suggestion.text, suggestion.replace_end - request.offset) == ("1, 2)", 1)


def test_a_closer_that_the_suggestion_lacks_is_no_editors() -> None:
    assert _cached("call 1").get(_typed("call", ")" + AFTER)) is None


def test_what_is_replaced_stays_replaced() -> None:
    request = _typed("a", ")" + AFTER)
    found = _cached("a, b):", ")" + AFTER, replaced=1).get(request)
    assert found is not None
    assert (found[0].text, found[0].replace_end - request.offset) == (", b):", 1)


def test_a_change_far_above_does_not_matter() -> None:
    cache = SuggestionCache()
    far = "x = 1\n" * 1_000
    request = at(far + BEFORE + "‸" + AFTER)
    cache.put(request, [Suggestion("pass", request.offset, request.offset)])
    moved = at("# new\n" + far + BEFORE + "p‸" + AFTER)
    found = cache.get(moved)
    assert found is not None
    assert (found[0].text, found[0].replace_start) == ("ass", moved.offset)


@pytest.mark.parametrize(
    "other",
    [
        at(BEFORE + "‸" + AFTER, path="other.py"),
        at(BEFORE + "‸" + AFTER, root=Path("/elsewhere")),
        at(BEFORE + "‸" + AFTER + "more"),
        at("import x\n" + BEFORE + "‸" + AFTER),
    ],
)
def test_another_place_is_another_place(other: CompletionRequest) -> None:
    assert _cached("pass").get(other) is None


def test_old_places_are_forgotten() -> None:
    cache = SuggestionCache(size=2)
    requests = [at(f"{number} ‸") for number in range(3)]
    for request in requests:
        cache.put(request, [Suggestion("x", request.offset, request.offset)])
    assert [cache.get(request) is None for request in requests] == [True, False, False]


def test_a_closed_document_is_forgotten() -> None:
    cache = _cached("pass")
    cache.forget(Path("/nowhere"), "file.py")
    assert cache.get(_typed("")) is None


def test_nothing_suggested_is_remembered_too() -> None:
    cache = SuggestionCache()
    request = at("x = ‸")
    cache.put(request, [])
    assert cache.get(request) == []
