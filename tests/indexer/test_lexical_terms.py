import pytest

from indexer.lexical import terms
from indexer.lexical.terms import TermExpander, whole_term


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("parse", "pars"),
        ("parsing", "pars"),
        ("connections", "connect"),
        ("getUserName", "get user name =getusername"),
        ("get_user_name", "get user name =getusername"),
        ("HTTPServer", "http server =httpserver"),
        ("utf8", "utf 8 =utf8"),
        ("_private", "privat"),
        ("__", ""),
        ("x" * 65, ""),
    ],
)
def test_a_word_expands_to_stems_and_its_whole(word: str, expected: str) -> None:
    assert TermExpander().expand([word]) == expected


def test_a_text_expands_word_by_word() -> None:
    assert (
        TermExpander().expand_text("open_file(path)  # opens files") == "open file =openfile path open file"
    )


def test_spellings_of_one_identifier_share_its_whole_term() -> None:
    assert whole_term("getUser") == whole_term("get_user") == whole_term("GET_USER") == "=getuser"


def test_no_term_holds_a_blank() -> None:
    expander = TermExpander()
    for word in ("getUser", "naïve", "日本語", "a_b"):
        assert all(term and " " not in term for term in expander.terms_of(word))


def test_full_caches_do_not_change_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["parsing", "getUserName", "connections", "parsing", "readers", "writers", "getUserName"]
    expected = TermExpander().expand(words)
    monkeypatch.setattr(terms, "_MAX_CACHED_WORDS", 2)
    assert TermExpander().expand(words) == expected
