from __future__ import annotations

import pytest

from benchmarks.copies.tokens import import_rows, local_names, parse

PYTHON = '''import os

def total(items, start=0):
    """Add up."""
    result = start  # from here
    for item in items:
        result += item.price * rate
    return self.result(result, start=start)
'''


def test_tokens_are_whole_strings_names_and_comments_with_their_rows() -> None:
    tokens = parse(PYTHON, ".py").tokens
    texts = [token.text for token in tokens]
    assert '"""Add up."""' in texts
    assert [token.text for token in tokens if token.comment] == ["# from here"]
    assert "".join(texts) == "".join(PYTHON.split()).replace("Addup", "Add up").replace(
        "#fromhere", "# from here"
    )
    assert {token.text: token.row for token in tokens}["result"] == 7


@pytest.mark.parametrize(
    ("suffix", "text", "string"),
    [
        (".js", "const a = `x ${b} y` + /a b/g;", "`x ${b} y`"),
        (".ts", "const a: string = 'x y';", "'x y'"),
        (".java", 'class A { String a = "x y"; }', '"x y"'),
        (".go", "package a\n\nvar a = `x\ny`\n", "`x\ny`"),
    ],
)
def test_a_string_is_one_token_in_every_language(suffix: str, text: str, string: str) -> None:
    assert string in [token.text for token in parse(text, suffix).tokens]


def test_a_multi_line_token_ends_on_its_last_row() -> None:
    token = next(
        token for token in parse("package a\n\nvar a = `x\ny`\n", ".go").tokens if token.text[0] == "`"
    )
    assert (token.row, token.end_row) == (2, 3)


def test_import_rows_are_those_of_import_and_package_statements() -> None:
    assert import_rows(parse(PYTHON, ".py")) == {0}
    assert import_rows(parse('package a\n\nimport (\n\t"fmt"\n)\n\nvar b = 1\n', ".go")) == {0, 2, 3, 4}


def test_local_names_are_parameters_and_variables_but_no_members_or_keywords() -> None:
    parsed = parse(PYTHON, ".py")
    found = local_names(parsed, 0, len(parsed.source))
    assert sorted(found) == ["item", "items", "result", "start"]
    # Not `self.result`, and of `start=start` only the value.
    assert [len(found[name]) for name in ("result", "start")] == [3, 3]


@pytest.mark.parametrize(
    ("suffix", "text", "names"),
    [
        (".js", "function f(a, { b }) { const c = a.c; return x => x + c; }", ["a", "c", "x"]),
        (
            ".java",
            "class A { int f(int a) { int b = a; for (int c : d) e(b, c); return this.a; } }",
            ["a", "b", "c"],
        ),
        (
            ".go",
            "package p\n\nfunc f(a int) { b, err := g(a); for _, c := range b { h(c, p{err: err}) } }\n",
            ["a", "b", "c", "err"],
        ),
    ],
)
def test_local_names_in_other_languages(suffix: str, text: str, names: list[str]) -> None:
    parsed = parse(text, suffix)
    assert sorted(local_names(parsed, 0, len(parsed.source))) == names
