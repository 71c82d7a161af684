from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.lexical.store import Hits, LexicalSearcher, LexicalWriter

DOCUMENTS = {
    # uid: (file uid, text)
    1: (0, "pars pdf page pdf pdf"),
    2: (0, "open file =openfile"),
    11: (10, "pars json"),
    12: (10, "pars pdf"),
    21: (20, "unrelat"),
}


def build(folder: Path, documents: dict[int, tuple[int, str]] = DOCUMENTS) -> LexicalSearcher:
    folder.mkdir()
    writer = LexicalWriter(folder)
    for uid, (file_uid, text) in documents.items():
        writer.add(uid, file_uid, {"text": text})
    writer.commit()
    return LexicalSearcher(folder)


def uids(hits: Hits) -> list[int]:
    return [int(uid) for uid in hits.uids]


@pytest.fixture
def searcher(tmp_path: Path) -> LexicalSearcher:
    return build(tmp_path / "store")


def test_documents_are_ranked_by_how_often_a_term_stands_in_them(searcher: LexicalSearcher) -> None:
    hits = searcher.search({"text": {"pdf": 1.0}}, 10)
    assert uids(hits) == [1, 12]
    assert hits.scores[0] > hits.scores[1] > 0


def test_scores_are_weighted_sums(searcher: LexicalSearcher) -> None:
    def score(weights: dict[str, float]) -> float:
        hits = searcher.search({"text": weights}, 10)
        return float(hits.scores[uids(hits).index(12)])

    both = score({"pdf": 2.0, "pars": 0.5})
    assert both == pytest.approx(2.0 * score({"pdf": 1.0}) + 0.5 * score({"pars": 1.0}), rel=1e-5)


@pytest.mark.parametrize(
    ("terms", "files", "expected"),
    [
        (["pars"], None, [1, 11, 12]),
        (["pars", "pdf"], None, [1, 12]),
        (["pars"], [10], [11, 12]),
        (["pars"], [], []),
        (["pars", "absent"], None, []),
        ([], None, [1, 2, 11, 12, 21]),
        ([], [20, 0], [1, 2, 21]),
    ],
)
def test_all_of_finds_documents_with_every_term(
    searcher: LexicalSearcher, terms: Sequence[str], files: Sequence[int] | None, expected: list[int]
) -> None:
    assert sorted(uids(searcher.all_of("text", terms, 10, files))) == expected


def test_a_search_is_restricted_to_files_without_changing_scores(searcher: LexicalSearcher) -> None:
    free = searcher.search({"text": {"pdf": 1.0}}, 10)
    bound = searcher.search({"text": {"pdf": 1.0}}, 10, files=[10])
    assert uids(bound) == [12]
    assert bound.scores[0] == pytest.approx(free.scores[1])


def test_counts(searcher: LexicalSearcher) -> None:
    assert searcher.document_count == 5
    assert searcher.document_frequency("text", "pdf") == 2
    assert searcher.document_frequency("text", "absent") == 0


def test_limits_and_nothing_to_search_for(searcher: LexicalSearcher) -> None:
    assert uids(searcher.search({"text": {"pdf": 1.0}}, 1)) == [1]
    assert uids(searcher.search({"text": {"pdf": 1.0}}, 0)) == []
    assert uids(searcher.search({}, 10)) == []
    assert uids(searcher.search({"text": {}}, 10)) == []


def test_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    searcher = build(tmp_path / "store", {})
    assert searcher.document_count == 0
    assert uids(searcher.search({"text": {"pdf": 1.0}}, 10)) == []
    assert uids(searcher.all_of("text", [], 10)) == []


def test_a_file_is_removed_with_all_its_documents_and_others_stay(tmp_path: Path) -> None:
    old = build(tmp_path / "store")
    writer = LexicalWriter(tmp_path / "store")
    writer.remove_file(0)
    writer.add(31, 30, {"text": "pdf anew"})
    writer.commit()
    new = LexicalSearcher(tmp_path / "store")
    assert sorted(uids(new.all_of("text", [], 10))) == [11, 12, 21, 31]
    assert sorted(uids(new.all_of("text", ["pdf"], 10))) == [12, 31]
    assert sorted(uids(old.all_of("text", ["pdf"], 10))) == [1, 12], "a searcher keeps its snapshot"


def test_large_uids_come_back_whole(tmp_path: Path) -> None:
    searcher = build(tmp_path / "store", {2**62: (2**62 - 1, "pdf")})
    assert uids(searcher.all_of("text", ["pdf"], 10, [2**62 - 1])) == [2**62]


def test_what_was_not_committed_is_not_there(tmp_path: Path) -> None:
    build(tmp_path / "store")
    writer = LexicalWriter(tmp_path / "store")
    writer.add(99, 99, {"text": "pdf"})
    del writer
    assert 99 not in uids(LexicalSearcher(tmp_path / "store").all_of("text", ["pdf"], 10))


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]"])
def test_a_folder_that_holds_no_store_is_a_value_error(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "meta.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        LexicalSearcher(tmp_path)
