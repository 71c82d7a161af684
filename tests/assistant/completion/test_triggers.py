"""When completions come up by themselves."""

import pytest

from assistant.completion import CompletionOptions, Trigger
from assistant.completion.place import Surroundings, place_of
from assistant.completion.triggers import Refusal, refusal
from tests.assistant.completion.support import at

CASES = [
    # text, language, why not
    ("def greet(‸", "python", None),
    ("x = ‸", "python", None),
    ("for item in items:\n    ‸\n", "python", None),
    ("foo(‸)", "python", None),
    ("foo(a, ‸, b)", "python", None),
    ("na‸me = 1", "python", Refusal.INSIDE_WORD),
    ("‸name = 1", "python", Refusal.INSIDE_WORD),
    ("x = ‸_private", "python", Refusal.INSIDE_WORD),
    ("call()‸", "python", Refusal.FINISHED),
    ("items[0]‸", "python", Refusal.FINISHED),
    ("call(a,‸", "python", None),
    ("def f(a)‸", "python", None),
    ("    return f(x)‸", "python", None),
    ("if (x)‸", "javascript", None),
    ("} else if (x)‸", "javascript", None),
    ("x = 1;‸", "javascript", Refusal.FINISHED),
    ("for (let i = 0;‸", "javascript", None),
    ("}‸", "go", Refusal.FINISHED),
    ("func main()‸", "go", None),
    ("call() ‸", "python", None),
    ("s = 'a ‸", "python", Refusal.STRING),
    ("s = 'a' + ‸", "python", None),
    ('"""doc ‸\n"""\n', "python", Refusal.STRING),
    ("# say ‸", "python", Refusal.COMMENT),
    ("/* say\n ‸ */", "c", Refusal.COMMENT),
    ("/* said */ ‸", "c", None),
    ("let s: &'a str = ‸", "rust", None),
    ("x ‸", None, None),
    ("", None, Refusal.NOTHING_WRITTEN),
    ("  \n ‸", "python", Refusal.NOTHING_WRITTEN),
    # the indentation of a line is being typed
    ("class A:\n    def f(self):\n        a = 1\n  ‸\n", "python", Refusal.INDENTING),
    ("class A:\n    def f(self):\n        a = 1\n      ‸\n", "python", Refusal.INDENTING),
    ("class A:\n    def f(self):\n        a = 1\n    ‸\n", "python", None),
    ("class A:\n    def f(self):\n        a = 1\n        ‸\n", "python", None),
    ("class A:\n    def f(self):\n        if a:\n            ‸\n", "python", None),
    ("class A:\n    def f(self):\n        if a:\n        ‸\n", "python", Refusal.INDENTING),
    ("class A:\n    def f(self):\n        if a:\n‸\n", "python", Refusal.INDENTING),
    ("def f():\n  ‸", "python", None),
    ("def f():\n    a = 1\n\n\n‸", "python", None),
    ("def f():\n    call(a,\n         ‸", "python", None),
    ("if (a) {\n\tb();\n}\nif (c) {\n‸\n}\n", "javascript", Refusal.INDENTING),
    ("if (a) {\n\tb();\n}\nif (c) {\n\t‸\n}\n", "javascript", None),
    ("/*\n * One.\n */\nint main() {\n  int a;\n ‸\n}\n", "c", Refusal.INDENTING),
    ("/*\n * One.\n */\nint main() {\n  int a;\n  ‸\n}\n", "c", None),
    ("x = " + "y" * 600 + " ‸", "python", Refusal.TOO_LARGE),
]


@pytest.mark.parametrize(("text", "language", "why"), CASES)
def test_rules(text: str, language: str | None, why: Refusal | None) -> None:
    request = at(text or "‸", language)
    assert refusal(request, place_of(request), CompletionOptions()) is why


def test_who_asks_gets_an_answer_everywhere() -> None:
    request = at("na‸me", trigger=Trigger.INVOKED)
    assert refusal(request, place_of(request), CompletionOptions(enabled=False)) is None


@pytest.mark.parametrize(
    ("text", "options", "why"),
    [
        ("# say ‸", CompletionOptions(in_comments=True), None),
        ("s = 'a ‸", CompletionOptions(in_strings=True), None),
        ("s = 'a ‸", CompletionOptions(in_comments=True), Refusal.STRING),
        ("x = ‸", CompletionOptions(enabled=False), Refusal.DISABLED),
        ("x = ‸", CompletionOptions(disabled_languages=("python",)), Refusal.LANGUAGE),
    ],
)
def test_settings_decide(text: str, options: CompletionOptions, why: Refusal | None) -> None:
    request = at(text)
    assert refusal(request, place_of(request), options) is why


def test_a_place_knows_its_line() -> None:
    place = place_of(at("a = 1\r\n    b = ‸ # c\r\nd\r\n"))
    assert (place.head, place.tail) == ("    b = ", " # c")
    assert (place.indent, place.is_blank, place.line_end) == ("    ", False, "\r\n")
    assert place.surroundings is Surroundings.CODE


def test_a_long_text_is_lexed_near_the_cursor_only() -> None:
    request = at("x = 1\n" * 20_000 + "# here ‸")
    assert place_of(request).surroundings is Surroundings.COMMENT
