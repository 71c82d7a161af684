from __future__ import annotations

import json

import pytest

from benchmarks.product import WARM_UP, as_query_lines, parse_answers


def answer_lines(queries: list[str]) -> str:
    results = [{"path": "a.py", "start_line": 1, "end_line": 2, "score": 1.0}]
    return "".join(
        json.dumps({"query": query, "ms": i, "results": results}) + "\n" for i, query in enumerate(queries)
    )


def test_warm_up_queries_are_asked_first_and_their_answers_dropped() -> None:
    asked = [json.loads(line)["query"] for line in as_query_lines(["one", "two"]).splitlines()]
    assert asked == [*WARM_UP, "one", "two"]
    answers = parse_answers(answer_lines(asked), ["one", "two"])
    assert [(answer.query, answer.ms) for answer in answers] == [
        ("one", len(WARM_UP)),
        ("two", len(WARM_UP) + 1),
    ]


@pytest.mark.parametrize("said", [["one"], ["two", "one"]])
def test_a_missing_or_misplaced_answer_is_an_error(said: list[str]) -> None:
    with pytest.raises(ValueError, match="in the order of the queries"):
        parse_answers(answer_lines([*WARM_UP, *said]), ["one", "two"])
