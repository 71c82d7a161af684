"""No text, however broken, makes the lexer raise, lose characters or stand still."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.languages import LANGUAGES
from indexer.lexing import Lexed, lex
from indexer.lexing.families import family_of

_PIECES = st.sampled_from(
    [
        '"',
        "'",
        "`",
        '"""',
        "'''",
        "/*",
        "*/",
        "//",
        "#",
        "--",
        "--[[",
        "]]",
        "\\",
        "\n",
        "\r",
        "${",
        "}",
        "{",
        'R"(',
        ')"',
        'r#"',
        '"#',
        "<<EOS\n",
        "EOS",
        "=begin",
        "{-",
        "-}",
        "(*",
        "<!--",
        "x",
        " ",
        "1.",
        "é",
        "\ud800",
        "\x00",
        "/",
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


def _check(lexed: Lexed) -> None:
    text = lexed.text
    starts, ends = lexed.starts, lexed.ends
    assert len(lexed.kinds) == len(starts) == len(ends) == len(lexed.lines) == len(lexed.hashes)
    assert (starts < ends).all()
    assert (ends[:-1] <= starts[1:]).all()
    assert ((lexed.kinds >= 1) & (lexed.kinds <= 6)).all()
    assert (np.diff(lexed.lines) >= 0).all()
    covered = np.zeros(len(text), np.bool_)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        covered[start:end] = True
    rest = {text[index] for index in np.flatnonzero(~covered).tolist()}
    assert all(character.isspace() or character in "\u200b\ufeff" for character in rest)


@given(_TEXTS, st.sampled_from([None, *sorted(LANGUAGES)]))
@settings(max_examples=400, deadline=None)
def test_tokens_cover_all_but_white_space(text: str, language: str | None) -> None:
    _check(lex(text, language))


@given(_TEXTS)
@settings(max_examples=100, deadline=None)
def test_text_behind_a_line_break_does_not_change_tokens_of_closed_lines(text: str) -> None:
    before = "alpha = beta(1)\n"
    count = len(lex(before, "go"))
    assert lex(before + text, "go").hashes[:count].tolist() == lex(before, "go").hashes.tolist()


def test_every_language_has_a_family() -> None:
    assert [language for language in LANGUAGES if family_of(language) == "generic"] == []


@pytest.mark.parametrize(
    "language", ["python", "javascript", "ruby", "rust", "cpp", "bash", "html", "lua", "sql"]
)
@pytest.mark.parametrize(
    "unit",
    [
        "(/[",
        "${",
        "`${",
        '"',
        "'",
        "<<A",
        "/*",
        "{-",
        '"""',
        "a",
        "=",
        "\\",
        "(",
        'r#"',
        'R"(',
        "--[",
        "/(",
        "<!-",
        "\n=b",
    ],
)
def test_a_hostile_megabyte_line_is_lexed_in_linear_time(unit: str, language: str) -> None:
    # A quadratic expression would take hours here, and the test's time limit ends it.
    text = unit * (150_000 // len(unit))
    assert len(lex(text, language)) >= 1


def test_a_megabyte_in_one_line_of_minified_script() -> None:
    unit = 'function a(b,c){var d=b/c,e="x\'y";return/[/"]/.test(e)?d:`${c}`}'
    lexed = lex(unit * 16_000, "javascript")
    assert len(lexed) == len(lex(unit, "javascript")) * 16_000
    assert set(lexed.lines.tolist()) == {1}


def test_binary_data_is_lexed() -> None:
    data = bytes(range(256)) * 64
    _check(lex(data.decode("latin-1"), "c"))
    _check(lex(data.decode("utf-8", "surrogateescape"), None))
