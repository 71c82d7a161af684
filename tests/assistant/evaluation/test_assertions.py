"""Each kind of assertion, held and not held, and what the user is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.evaluation import Exit, Outcome, read_suite
from assistant.evaluation.assertions import KINDS, failures
from tests.assistant.evaluation.runs import TRUE, UNTRUE, outcome

SCHEMA = "{type: object, required: [name], properties: {name: {type: string}, n: {maximum: 3}}}"
ELSEWHERE = '{$ref: "http://127.0.0.1:1/schema.json"}'
CITED = outcome("see", citations=(TRUE,))
MIXED = outcome("see", citations=(TRUE, UNTRUE))
SLOW = outcome("a", first_token_ms=1500.0, total_ms=2500.0, completion_tokens=40)
FAILED = outcome("", error='backend "x": connection refused', exit=Exit.FAILED)

TABLE = [
    ("contains: Pdf", outcome("a PdfReader"), ""),
    ("contains: Pdf", outcome("a pdf"), 'contains: Pdf: the answer is "a pdf"'),
    ("contains: Pdf", outcome(" \n"), "contains: Pdf: the answer is empty"),
    ("not_contains: Pdf", outcome("a PdfReader"), "not_contains: Pdf: it is so"),
    ("regex: '(?m)^b+$'", outcome("a\nbbb"), ""),
    ("regex: '^b'", outcome("a\nbbb"), 'regex: ^b: the answer is "a bbb"'),
    ("regex: '(a|a|aa)+$'", outcome("a" * 60 + "b"), "takes more than 2 s"),
    (f"json_schema: {SCHEMA}", outcome('{"name": "x", "n": 3}'), ""),
    (f"json_schema: {SCHEMA}", outcome('Here:\n```json\n{"name": "x"}\n```\nDone.'), ""),
    (f"json_schema: {SCHEMA}", outcome('{"name": 5}'), "$.name: 5 is not of type 'string'"),
    (f"json_schema: {SCHEMA}", outcome('{"n": 1}'), "'name' is a required property"),
    (f"json_schema: {SCHEMA}", outcome('{"name": '), "no JSON (Expecting value"),
    (f"json_schema: {SCHEMA}", outcome("[" * 100_000), "nested too deeply"),
    (f"json_schema: {ELSEWHERE}", outcome("{}"), "the schema refers to http://127.0.0.1:1/schema.json"),
    ("cites: src/pdf.py", CITED, ""),
    ("cites: 'src/*.py'", CITED, ""),
    ("cites: '**/pdf.py'", CITED, ""),
    ("cites: src/parser.py", MIXED, "cites: src/parser.py: it cites src/pdf.py:2-4"),
    ("cites: src/pdf.py", outcome("x"), "it cites nothing that is true"),
    ("not_cites: src/pdf.py", CITED, "not_cites: src/pdf.py: it is so"),
    ("cites_lines: src/pdf.py:4", CITED, ""),
    ("cites_lines: src/pdf.py:1-2", CITED, ""),
    ("cites_lines: src/pdf.py:5-9", CITED, "it cites src/pdf.py:2-4"),
    ("max_latency_ms: 3000", SLOW, ""),
    ("max_latency_ms: 2000", SLOW, "total took 2,500 ms"),
    ("max_latency_ms: {first_token: 1000}", SLOW, "first_token took 1,500 ms"),
    ("max_latency_ms: {first_token: 1000}", outcome("", first_token_ms=None), "no word came"),
    ("no_failed_citation: true", CITED, ""),
    ("no_failed_citation: true", MIXED, "1 untrue, first [src/parser.py:10] (no such file)"),
    ("no_failed_citation: false", CITED, "every citation is true"),
    ("min_citations: 1", MIXED, ""),
    ("min_citations: 2", MIXED, "min_citations: 2: 1 true"),
    ("max_tokens: 40", SLOW, ""),
    ("max_tokens: 39", SLOW, "40 tokens"),
    ("max_tokens: 39", CITED, "the server does not count tokens"),
    ("exit: answered", CITED, ""),
    ("exit: not-found", CITED, "exit: not-found: answered"),
    ("exit: failed", FAILED, ""),
    ("exit: answered", FAILED, 'failed, backend "x": connection refused'),
    ("contains: a", FAILED, 'backend "x": connection refused'),
]


@pytest.mark.parametrize(
    ("written", "given", "told"), TABLE, ids=[f"{n}-{row[0][:40]}" for n, row in enumerate(TABLE)]
)
def test_an_assertion_holds_or_says_what_was_found(
    tmp_path: Path, written: str, given: Outcome, told: str
) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(f"cases:\n  - prompt: a\n    assert:\n      {written}\n", encoding="utf-8")
    (case,) = read_suite(file).cases
    found = failures(case.assertions, given)
    assert len(found) == bool(told)
    assert told in "".join(found)
    assert "\n" not in "".join(found)


def test_every_kind_is_tried() -> None:
    assert {row[0].partition(":")[0].removeprefix("not_") for row in TABLE} == set(KINDS)
