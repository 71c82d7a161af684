"""Tokens for counting: line markers, blanks, what is left out, any text."""

import random

import pytest

from assistant.completion.local.tokens import LONG_WORD, Kind, tokenize

PROGRAM = "def add(a, b):  # sum\n    total = a  +  b\n\n    return total\n\nprint(add(1, 'two'))\n"


def test_words_and_line_markers() -> None:
    tokens = tokenize(PROGRAM, "python")
    words = [tokens.word(at) for at in range(len(tokens))]
    assert words == [
        *["\n", "def", "add", "(", "a", ",", "b", ")", ":"],
        *["\n+", "total", "=", "a", "+", "b"],
        *["\n", "return", "total"],
        *["\n-", "print", "(", "add", "(", "1", ",", "'two'", ")", ")"],
    ]


def test_offsets_and_gaps_give_the_text_back() -> None:
    tokens = tokenize(PROGRAM, "python")
    for at in range(1, len(tokens)):
        start, end = int(tokens.starts[at]), int(tokens.ends[at])
        if tokens.kinds[at] == Kind.LINE:
            assert start == end == int(tokens.starts[at + 1])
            continue
        assert PROGRAM[start:end] == tokens.word(at)
        if tokens.kinds[at - 1] != Kind.LINE:
            assert PROGRAM[int(tokens.ends[at - 1]) : start] == tokens.gaps[at]


def test_first_line_is_compared_with_the_given_indent() -> None:
    assert tokenize("    x", "python", previous_indent=0).word(0) == "\n+"
    assert tokenize("    x", "python", previous_indent=4).word(0) == "\n"
    assert tokenize("x", "python", previous_indent=4).word(0) == "\n-"


def test_long_words_are_made_equal() -> None:
    tokens = tokenize(f'x = "{"y" * 100}"', "python")
    assert tokens.hashes[-1] == 4
    assert tokens.word(len(tokens) - 1) == LONG_WORD


@pytest.mark.parametrize(
    "text", ["", "\n\n", "   ", "# only a comment\n", "\ufeff", "\0\x01\x02", "\r\r\n", '"""', "\ud800"]
)
def test_texts_without_code(text: str) -> None:
    tokens = tokenize(text, "python")
    assert len(tokens) == len(tokens.gaps) == len(tokens.hashes)


def test_junk_is_tokenized_whatever_it_is() -> None:
    generator = random.Random(3)
    for _ in range(60):
        text = "".join(
            chr(generator.choice((10, 32, 34, 39, 47, 42, 92, 97, 0x1F600, 0xE9, 123))) for _ in range(200)
        )
        for language in ("python", "c", None):
            tokens = tokenize(text, language)
            assert len(tokens.starts) == len(tokens.gaps)
            assert (tokens.starts[1:] >= tokens.ends[:-1]).all()
