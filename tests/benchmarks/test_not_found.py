from __future__ import annotations

from pathlib import Path

from assistant.answers.found import FOUND, FOUND_BY_WORDS, MEANING, MEASURED_WITH, Fit
from assistant.engine import Engine
from assistant.settings import load_settings
from benchmarks.ndcg import Target
from benchmarks.not_found import Asked, ask_all, figures, pairs, report
from benchmarks.query_set import Query, Repository


def repositories(tmp_path: Path) -> list[Repository]:
    made = []
    for name, word in (("birds", "albatross"), ("metals", "tungsten")):
        root = tmp_path / name
        root.mkdir()
        (root / f"{word}.py").write_text(f"def weigh_{word}(item):\n    return item\n", "utf-8")
        query = Query(f"where is the {word} weighed?", "semantic", (Target(f"{word}.py", None),))
        made.append(Repository(name, "python", root, (query,)))
    return made


def test_every_question_is_asked_of_its_own_repository_and_of_others(tmp_path: Path) -> None:
    found = list(pairs(repositories(tmp_path)))
    assert [(query.text.split()[3], repository.name, is_own) for query, repository, is_own in found] == [
        ("albatross", "birds", True),
        ("albatross", "metals", False),
        ("tungsten", "metals", True),
        ("tungsten", "birds", False),
    ]


def test_shares_are_those_of_the_answers(tmp_path: Path) -> None:
    asked = ask_all(repositories(tmp_path), tmp_path / "cache")
    assert [(one.is_own, one.found) for one in sorted(asked, key=lambda one: one.is_own)] == [
        (False, False),
        (False, False),
        (True, True),
        (True, True),
    ]
    assert [figure.result for figure in figures(asked)] == ["100.0%", "100.0%"]
    assert "2 questions with an answer: 100.0% answered" in report(asked)


def test_a_score_is_of_words_or_of_words_and_meaning() -> None:
    assert Fit(0.5, 0.4).score(words_only=False) == 0.5 + MEANING * 0.4
    assert Fit(0.5, 0.4).score(words_only=True) == 0.5
    assert Fit(0.9, 0.9, "Frob").score(words_only=False) == 0.0
    assert (Fit(0.5, None).needed, Fit(0.5, 0.1).needed) == (FOUND_BY_WORDS, FOUND)


def test_a_question_is_kept_with_its_fit() -> None:
    one = Asked(Query("a", "symbol", ()), "birds", True, True, Fit(1.0, None))
    assert one.fit.is_found


def test_the_thresholds_were_measured_with_the_model_that_ships() -> None:
    embedder = Engine(load_settings({})).embedder
    assert embedder is not None
    assert embedder.model_id == MEASURED_WITH, "run benchmarks.not_found and set the thresholds anew"
