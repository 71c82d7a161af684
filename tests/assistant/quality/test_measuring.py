"""The measure of a whole repository, and ``assist doctor --quality``."""

import json
from pathlib import Path

import pytest

from assistant.quality.measuring import Sizes, measure
from assistant.quality.queries import DerivedQuery, Kind, Target, query_from_row, sampled
from assistant.quality.scores import by_kind, overall, score, worst
from assistant.retrieval.results import SearchResult
from assistant.settings import load_settings
from tests.assistant.cli_support import Cli, Home
from tests.assistant.quality.repository import PRICES, RETRY, repository


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(Home(tmp_path), capsys, monkeypatch)


def place(path: str, start: int, end: int) -> SearchResult:
    return SearchResult(Path("/r"), path, start, end, 1.0, "python", "", "text")


def test_scores_count_files_once_and_lines_of_the_right_one() -> None:
    query = DerivedQuery("a", Kind.SYMBOL, "python", (Target("b.py", (5, 9)),))
    found = score(
        query, [place("a.py", 1, 9), place("a.py", 10, 20), place("b.py", 1, 4), place("b.py", 5, 9)]
    )
    assert found.rank == 2
    assert found.ndcg == pytest.approx(0.6309, abs=1e-4)
    assert found.lines is False
    assert score(query, [place("b.py", 9, 30)]).lines is True
    missed = score(query, [])
    assert (missed.rank, missed.ndcg, missed.lines, missed.first) == (0, 0.0, None, "")


def test_two_targets_need_both() -> None:
    query = DerivedQuery("a", Kind.CHANGE, "python", (Target("a.py"), Target("b.py")))
    assert score(query, [place("b.py", 1, 2), place("a.py", 1, 2)]).ndcg == pytest.approx(1.0)
    assert score(query, [place("b.py", 1, 2), place("c.py", 1, 2)]).ndcg == pytest.approx(0.6131, abs=1e-4)


def test_kinds_count_as_much_as_each_other_and_the_worst_alternate() -> None:
    easy = DerivedQuery("a", Kind.SYMBOL, "python", (Target("a.py"),))
    hard = DerivedQuery("b", Kind.WORDS, "python", (Target("b.py"),))
    scored = [score(easy, [place("a.py", 1, 1)])] * 3 + [score(hard, [])]
    assert overall(scored) == pytest.approx(0.5)
    assert by_kind(scored)["symbol"].queries == 3
    assert [one.query.text for one in worst(scored, 9)] == ["b"]


def test_samples_change_little_when_items_come() -> None:
    items = [f"item {number}" for number in range(200)]
    first, second = sampled(items, str, 50), sampled([*items, "new"], str, 50)
    assert len(set(first) & set(second)) >= 49


def test_queries_survive_json() -> None:
    query = DerivedQuery("a", Kind.CHANGE, "go", (Target("a.go"), Target("b.go", (1, 2))))
    assert query_from_row(json.loads(json.dumps(query.as_row()))) == query


def test_a_repository_is_measured_with_queries_of_every_kind(tmp_path: Path) -> None:
    root = repository(tmp_path)
    before = sorted(path for path in root.rglob("*") if ".git" not in path.parts)
    steps = set()
    measured = measure(root, load_settings({}), Sizes(), lambda step, done, total: steps.add(step))
    assert by_kind(measured.scored).keys() == {"documentation", "change", "symbol", "words"}
    assert {"copying", "asking"} <= steps
    assert measured.files == measured.of_files == 4
    assert sorted(path for path in root.rglob("*") if ".git" not in path.parts) == before
    documentation = [one for one in measured.scored if one.query.kind is Kind.DOCUMENTATION]
    assert "Call a function once more after each failure, waiting longer every time" in {
        one.query.text for one in documentation
    }
    assert by_kind(measured.scored)["symbol"].first == 1.0


def test_a_sample_of_a_large_repository_has_what_changes_ask_for(tmp_path: Path) -> None:
    measured = measure(repository(tmp_path), load_settings({}), Sizes(files=1), lambda *_: None)
    assert measured.files < measured.of_files
    assert len([one for one in measured.scored if one.query.kind is Kind.CHANGE]) == 2


def test_a_folder_without_git_is_measured_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "retry.py").write_text(RETRY)
    (folder / "prices.py").write_text(PRICES)
    measured = measure(folder, load_settings({}), Sizes(), lambda *_: None)
    assert measured.commit == ""
    assert by_kind(measured.scored).keys() == {"documentation", "symbol", "words"}


def test_an_interruption_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    def interrupt(step: str, done: int, total: int) -> None:
        if step == "asking":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(root, load_settings({}), Sizes(), interrupt)
    assert list(scratch.iterdir()) == []


def test_the_command_prints_scores_and_examples(cli: Cli, tmp_path: Path) -> None:
    root = repository(tmp_path)
    ran = cli("doctor", "--quality", "--repo", str(root), "--min", "0.1")
    assert ran.code == 0
    assert "all, each kind as much" in ran.out
    assert "subjects of commits" in ran.out
    assert "is at least 0.1" in ran.out
    assert not cli.home.cache.exists()


def test_the_command_fails_below_the_least_score(cli: Cli, tmp_path: Path) -> None:
    ran = cli(
        "doctor", "--quality", "--repo", str(repository(tmp_path)), "--min", "1", "--json", "--worst", "1"
    )
    (outcome,) = json.loads(ran.out)
    assert ran.code == (0 if outcome["score"] == 1 else 1)
    assert outcome["ok"] is (outcome["score"] == 1)
    assert outcome["kinds"]["symbol"]["queries"] == 6
    assert outcome["queries"] == sum(kind["queries"] for kind in outcome["kinds"].values())


def test_an_empty_folder_gives_no_queries(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = cli("doctor", "--quality", "--repo", str(tmp_path / "empty"))
    assert ran.code == 1
    assert "no queries can be derived" in ran.out


def test_min_needs_quality(cli: Cli) -> None:
    assert cli("doctor", "--min", "0.5").code == 2
