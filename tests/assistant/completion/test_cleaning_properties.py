"""What holds for every suggestion, whatever a model writes and wherever the cursor stands."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.completion import CompletionRequest
from assistant.completion.cleaning import clean
from assistant.completion.cleaning.brackets import imbalance
from assistant.completion.cleaning.repetition import next_line
from assistant.completion.place import Surroundings, place_of
from tests.assistant.completion.support import at

_WORDS = (
    "foo",
    "bar",
    "x",
    "return",
    "if",
    "def",
    "1",
    "'s'",
    '"',
    "#",
    "//",
    "<|fim_middle|>",
    "=",
    "+",
    ":",
)
_SPACES = (" ", "\n", "\n    ", "\n        ", "\t", "\r\n")
_BRACKETS = ("(", ")", "[", "]", "{", "}", "};", "):", "end")
_PIECES = st.sampled_from(_WORDS + _SPACES + _BRACKETS + _SPACES)
_TEXT = st.lists(_PIECES, max_size=25).map("".join)
_LANGUAGES = st.sampled_from(["python", "javascript", "go", "java", "rust", "ruby", "c", None])


@st.composite
def requests(draw: st.DrawFn) -> CompletionRequest:
    before, after = draw(_TEXT), draw(_TEXT)
    return at(f"{before}‸{after}", draw(_LANGUAGES))


def _after(request: CompletionRequest, text: str, replaced: int) -> str:
    return request.prefix + text + request.suffix[replaced:]


@settings(deadline=None)
@given(requests(), _TEXT, st.booleans(), st.booleans())
def test_brackets_get_no_worse(request: CompletionRequest, answer: str, is_chat: bool, is_cut: bool) -> None:
    place = place_of(request)
    cleaned = clean(answer, request, place, 16, is_chat=is_chat, is_cut_off=is_cut)
    if cleaned is None or place.surroundings is not Surroundings.CODE:
        return
    after = _after(request, cleaned.text, cleaned.replaced)
    assert imbalance(after, request.language) <= imbalance(request.text, request.language)


@settings(deadline=None)
@given(requests(), _TEXT)
def test_the_suffix_is_not_repeated(request: CompletionRequest, answer: str) -> None:
    place = place_of(request)
    cleaned = clean(answer, request, place, 16)
    if cleaned is None:
        return
    following = next_line(request, place)
    lines = cleaned.text.replace("\r\n", "\n").split("\n")
    assert following is None or following not in [line.rstrip() for line in lines[1:]]
    if len(lines) == 1 and not place.tail.strip():
        assert (place.head + lines[0]).rstrip() != following


@settings(deadline=None)
@given(requests(), _TEXT, st.integers(1, 6))
def test_a_suggestion_is_short_and_says_something(
    request: CompletionRequest, answer: str, most_lines: int
) -> None:
    place = place_of(request)
    cleaned = clean(answer, request, place, most_lines)
    if cleaned is None:
        return
    assert cleaned.text.strip()
    assert cleaned.text.count("\n") < most_lines
    assert "<|fim" not in cleaned.text
    assert request.suffix[: cleaned.replaced].strip(")]}\"'`") == ""


@settings(deadline=None)
@given(requests(), _TEXT)
def test_cleaning_takes_away_only(request: CompletionRequest, answer: str) -> None:
    cleaned = clean(answer, request, place_of(request), 16)
    if cleaned is not None:
        letters = iter(answer.replace("\r", ""))
        assert all(letter in letters for letter in cleaned.text.replace("\r", ""))
