"""Words that the searched code does not have: mistyped names, initials, and what it calls things instead."""

from collections import Counter
from pathlib import Path

import pytest

from assistant.engine import Engine
from assistant.retrieval import spelling
from assistant.retrieval.related import with_related
from assistant.retrieval.results import SearchResponse
from assistant.retrieval.spelling import edits
from tests.assistant.search_support import engine_in, write_files

FILES: dict[str, str | bytes] = {
    "src/pool.py": "class HttpConnectionPool:\n    def acquire(self):\n        return self.free.pop()\n",
    "src/retry.py": "def retry_with_backoff(call):\n    return call()\n",
    "src/users.py": "def delete_user(store, name):\n    store.delete(name)\n",
    "src/words.py": "def former(word):\n    return word\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("words") / "code", FILES).resolve()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Engine:
    engine = engine_in(tmp_path_factory.mktemp("words"))
    engine.update(root)
    return engine


def notes_on_words(response: SearchResponse) -> list[str]:
    return [note for note in response.notes if "occurs nowhere" in note]


@pytest.mark.parametrize(
    ("typed", "meant", "path"),
    [
        ("HttpConectionPool", "HttpConnectionPool", "src/pool.py"),
        ("retry_with_bakcoff", "retry_with_backoff", "src/retry.py"),
        ("retry with bakcoff", "backoff", "src/retry.py"),
        ("RetryBakcoff", "retry_backoff", "src/retry.py"),
        ("HCP", "HttpConnectionPool", "src/pool.py"),
        ("where does the HCP acquire", "HttpConnectionPool", "src/pool.py"),
    ],
)
def test_what_occurs_nowhere_is_taken_for_the_name_it_resembles(
    engine: Engine, root: Path, typed: str, meant: str, path: str
) -> None:
    response = engine.search(typed, [root])
    assert response.results[0].path == path
    assert [f'searched for "{meant}"' in note for note in notes_on_words(response)] == [True]


@pytest.mark.parametrize(
    "text", ["acquire", "delete_user", "retry call", "delete the backoff", '"bakcoff"', "/bakcof+/"]
)
def test_what_occurs_or_is_quoted_stays(engine: Engine, root: Path, text: str) -> None:
    assert not notes_on_words(engine.search(text, [root]))


@pytest.mark.parametrize("text", ["flux capacitor", "zzz", "QX", "frmr"])
def test_a_word_like_no_name_stays_unknown(engine: Engine, root: Path, text: str) -> None:
    assert not notes_on_words(engine.search(text, [root]))


def test_names_of_very_large_repositories_are_not_sorted_out(
    engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert notes_on_words(engine.search("HttpConectionPool", [root]))
    monkeypatch.setattr(spelling, "MOST_DEFINITIONS", 3)
    assert not notes_on_words(engine.search("HttpConectionPool", [root]))


@pytest.mark.parametrize(
    ("first", "second", "most", "expected"),
    [
        ("client", "client", 1, 0),
        ("cleint", "client", 2, 1),
        ("clint", "client", 2, 1),
        ("klient", "client", 2, 1),
        ("client", "clients", 2, 1),
        ("abcdef", "ghijkl", 2, 3),
        ("ab", "abcd", 1, 2),
    ],
)
def test_edits_count_letters(first: str, second: str, most: int, expected: int) -> None:
    assert edits(first, second, most) == edits(second, first, most) == expected


def test_a_related_word_counts_where_the_asked_one_is_rare() -> None:
    weights = with_related(["messag", "pool"], Counter({"msg": 5, "pool": 9}).__getitem__)
    assert weights.pop("messag") == weights.pop("pool") == 1.0
    assert set(weights) == {"msg"}
    assert 0 < weights["msg"] < 1


def test_a_related_word_does_not_count_where_the_asked_one_is_common() -> None:
    assert with_related(["messag"], lambda term: 10) == {"messag": 1.0}
