"""What models write, and what of it is shown."""

from __future__ import annotations

import pytest

from assistant.completion.cleaning import clean, enough
from assistant.completion.place import place_of
from tests.assistant.completion.support import at

PY_CLASS = "class A:\n    def f(self, x):\n        ‸\n\n    def g(self):\n        return 2\n"
JS = "function f(a) {\n  if (a) {\n    ‸\n  }\n  return 1;\n}\n"

CASES = {
    # name: (language, document, answer, what is shown)
    "rest of a line": ("python", "x = foo(‸)\n", "a, b", "a, b"),
    "own closer replaced or cut": ("python", "x = foo(‸)\n", "a, b)", "a, b"),
    "next statement is not the line's": ("python", "x = ‸\n", "1\ny = 2\nz = 3", "1"),
    "block of a new function": (
        "python",
        "def f(‸\n",
        "a, b):\n    return a + b\n\n\ndef g():\n    pass\n",
        "a, b):\n    return a + b",
    ),
    "body of a method": (
        "python",
        PY_CLASS,
        "y = x + 1\n        return y\n\n    def h(self):\n        return 3",
        "y = x + 1\n        return y",
    ),
    "stops before the suffix's line": (
        "python",
        "def f():\n    a = 1\n    ‸\n    return a\n",
        "a += 1\n    return a\n",
        "a += 1",
    ),
    "the suffix alone is no suggestion": (
        "python",
        "def f():\n    a = 1\n    ‸\n    return a\n",
        "return a",
        None,
    ),
    "lines above are no suggestion": ("python", "import os\nimport sys\n‸\n", "import sys\n", None),
    "two lines above again": (
        "python",
        "a = f(1)\nb = g(2)\n‸\n",
        "a = f(1)\nb = g(2)",
        None,
    ),
    "a loop of a model": (
        "python",
        "items = []\n‸",
        "items.append(1)\nitems.append(1)\nitems.append(1)",
        "items.append(1)",
    ),
    "indentation repeated": ("python", "def f():\n    ‸\n", "    return 1\n", "return 1"),
    "special tokens end it": ("python", "x = ‸\n", "1<|endoftext|>import os", "1"),
    "a file separator ends it": ("python", "x = ‸\n", "1<|file_sep|>b.py\nz", "1"),
    "secrets do not come back": ("python", "key = ‸\n", "'<redacted:token#1>'", None),
    "blank": ("python", "x = ‸\n", "  \n\n", None),
    "else belongs to the if": (
        "python",
        "def f(a):\n    if a:\n        ‸\n",
        "return 1\n    else:\n        return 2\n",
        "return 1",
    ),
    "middle of a line": ("python", "foo(‸, b)\n", "a, b)\nbar()", "a"),
    "javascript block": ("javascript", JS, "return 2;\n  }\n  return 1;\n}", "return 2;"),
    "javascript missing brace": (
        "javascript",
        "function f(a) ‸\n",
        "{\n  return a;\n}\n\nfunction g() {}\n",
        "{\n  return a;\n}",
    ),
    "javascript arrow": (
        "javascript",
        "items.map(‸)\n",
        "(item) => {\n  return item.id;\n})\nconsole.log(1)",
        "(item) => {\n  return item.id;\n}",
    ),
    "go error check": (
        "go",
        "package a\n\nfunc f() error {\n\terr := g()\n\tif err != ‸\n\treturn nil\n}\n",
        "nil {\n\t\treturn err\n\t}\n\treturn nil\n}\n",
        "nil {\n\t\treturn err\n\t}",
    ),
    "java statement": (
        "java",
        "class A {\n    int f(int x) {\n        return ‸\n    }\n}\n",
        "x + 1;\n    }\n\n    int g() { return 2; }\n}",
        "x + 1;",
    ),
    "rust match arm": (
        "rust",
        "fn f(x: Option<i32>) -> i32 {\n    match x {\n        Some(v) => ‸\n        None => 0,\n    }\n}\n",
        "v,\n        None => 0,\n    }\n}",
        "v,",
    ),
    "c brackets in strings do not count": ("c", "int main() {\n    printf(‸);\n}\n", '"a) {"', '"a) {"'),
    "ruby end": (
        "ruby",
        "def f(x)\n  ‸\nend\n",
        "x.map do |y|\n    y + 1\n  end\nend\n\ndef g\nend",
        "x.map do |y|\n    y + 1\n  end",
    ),
    "css": ("css", "a {\n  color: ‸\n}\n", "red;\n}\n\nb {\n}", "red;"),
    "no language": (None, "Dear ‸\n", "Sir or Madam,\nyours", "Sir or Madam,"),
    "windows line ends": ("python", "def f():\r\n    ‸\r\n", "a = 1\n    return a", "a = 1\r\n    return a"),
    "unclosed bracket is cut": ("python", "x = ‸\n", "foo(bar, (1", "foo"),
    "crossed bracket is cut": ("python", "x = [‸\n", "a, b)", "a, b"),
}


@pytest.mark.parametrize("name", CASES)
def test_answers(name: str) -> None:
    language, document, answer, wanted = CASES[name]
    request = at(document, language)
    cleaned = clean(answer, request, place_of(request), 16)
    assert (cleaned.text if cleaned else None) == wanted


CHATS = {
    "fence": ("x = ‸\n", "```python\nfoo(1)\n```\nThis calls foo.", "foo(1)"),
    "prose": ("x = ‸\n", "Here is the completed code, which calls foo.", None),
    "echo of the line": ("result = ‸\n", "result = foo(1)", "foo(1)"),
    "echo in a fence": ("    total = ‸\n", "```\n    total = a + b\n```", "a + b"),
    "marker": ("x = ‸\n", "x = <CURSOR>foo(1)", "foo(1)"),
    "sorry": ("x = ‸\n", "I cannot help with that.", None),
    "inline code": ("x = ‸\n", "`foo(1)`", "foo(1)"),
}


@pytest.mark.parametrize("name", CHATS)
def test_chat_answers(name: str) -> None:
    document, answer, wanted = CHATS[name]
    request = at(document)
    cleaned = clean(answer, request, place_of(request), 16, is_chat=True)
    assert (cleaned.text if cleaned else None) == wanted


@pytest.mark.parametrize(
    ("document", "answer", "wanted"),
    [
        ("x = ‸\n", "some_function(argu", "some_function"),
        ("x = ‸\n", "first + secon", "first"),
        ("def f(‸\n", "a, b):\n    c = a + b\n    return c +", "a, b):\n    c = a + b"),
    ],
)
def test_an_answer_that_was_cut_off_ends_with_a_whole_word(
    document: str, answer: str, wanted: str | None
) -> None:
    request = at(document)
    cleaned = clean(answer, request, place_of(request), 16, is_cut_off=True)
    assert (cleaned.text if cleaned else None) == wanted


def test_what_parses_worse_loses_its_last_lines() -> None:
    request = at("def f(a):\n    ‸\n\n\nf(1)\n")
    cleaned = clean("b = a + 1\n    return return b b", request, place_of(request), 16)
    assert cleaned is not None
    assert cleaned.text == "b = a + 1"


def test_an_editors_closer_is_replaced_when_the_suggestion_goes_on_behind_it() -> None:
    request = at("def f(‸)\n")
    cleaned = clean("a, b):\n    return a", request, place_of(request), 16)
    assert cleaned is not None
    assert (cleaned.text, cleaned.replaced) == ("a, b):\n    return a", 1)


def test_no_more_lines_than_wanted() -> None:
    request = at("‸\n")
    answer = "\n".join(f"x{number} = {number}" for number in range(50))
    cleaned = clean(answer, request, place_of(request), 5)
    assert cleaned is not None
    assert cleaned.text.count("\n") == 4


@pytest.mark.parametrize(
    ("answer", "is_enough"),
    [
        ("a + b", False),
        ("a + b\n", False),
        ("a + b\n    y = 2\n", True),
        ("foo(\n        a,\n", False),
        ("foo(\n        a,\n    )\n    x = 2\n", True),
    ],
)
def test_a_stream_ends_with_its_block(answer: str, is_enough: bool) -> None:
    request = at("def f():\n    x = ‸\n")
    assert enough(answer, place_of(request), 16) is is_enough
