import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.lexical.tokens import MAX_WORD_CHARS, WORD, split_word


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("getUserName", ["get", "user", "name"]),
        ("get_user_name", ["get", "user", "name"]),
        ("GET_USER_NAME", ["get", "user", "name"]),
        ("getHTTPResponse_v2", ["get", "http", "response", "v", "2"]),
        ("HTTPServer", ["http", "server"]),
        ("URLs", ["urls"]),
        ("parseURLs", ["parse", "urls"]),
        ("XMLHttpRequest", ["xml", "http", "request"]),
        ("utf8", ["utf", "8"]),
        ("sha256sum", ["sha", "256", "sum"]),
        ("__init__", ["init"]),
        ("A", ["a"]),
        ("iPhone", ["i", "phone"]),
        ("42", ["42"]),
        ("naïve_café", ["naïve", "café"]),
        ("größe2", ["größe", "2"]),
        ("имяПользователя", ["имяпользователя"]),
        ("日本語", ["日本語"]),
        ("___", []),
        ("", []),
    ],
)
def test_words_are_cut_into_parts(word: str, parts: list[str]) -> None:
    assert split_word(word) == parts


@given(st.text(max_size=80))
def test_the_parts_hold_every_letter_and_digit_once_and_in_order(text: str) -> None:
    for word in WORD.findall(text):
        joined = "".join(split_word(word))
        if len(word) > MAX_WORD_CHARS:
            assert joined == ""
        elif word.isascii():
            assert joined == word.replace("_", "").lower()


@given(st.from_regex(r"[a-z]{1,8}(_[a-z]{1,8}){0,3}", fullmatch=True))
def test_snake_case_and_camel_case_have_the_same_parts(snake: str) -> None:
    first, *rest = snake.split("_")
    camel = first + "".join(part.capitalize() for part in rest)
    if all(len(part) > 1 for part in rest):
        assert split_word(camel) == split_word(snake)


def test_what_is_too_long_is_data_and_no_word() -> None:
    assert split_word("a" * MAX_WORD_CHARS) == ["a" * MAX_WORD_CHARS]
    assert split_word("a" * (MAX_WORD_CHARS + 1)) == []
