"""Case files: what they say, and messages that name the line and the word that was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.evaluation import Assertion, CaseFileError, only, read_suite
from assistant.evaluation.assertions import KINDS

ROOT = Path(__file__).resolve().parents[3]

ONE = "cases:\n  - prompt: where?\n"

FULL = """\
repository: shop
backends: [none, local]
repetitions: 2
defaults:
  timeout_s: 9
  assert: {no_failed_citation: true}
cases:
  - name: pdf
    prompt: where are PDFs parsed?
    assert:
      - contains: [PdfReader, parse]
      - not_regex: 'tea|\\d{9}'
      - cites_lines: src/pdf.py:2-4
      - max_latency_ms: {first_token: 500, total: 4000}
  - recipe: explain
    target: src/pdf.py:1-4
    backends: none
    repetitions: 1
    timeout_s: 0.5
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "questions.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    suite = read_suite(written(tmp_path, FULL))
    pdf, explain = suite.cases
    assert suite.repository == tmp_path / "shop"
    assert suite.backends == ("none", "local")
    assert pdf.assertions == (
        Assertion("no_failed_citation", True),
        Assertion("contains", "PdfReader"),
        Assertion("contains", "parse"),
        Assertion("regex", "tea|\\d{9}", negated=True),
        Assertion("cites_lines", "src/pdf.py:2-4"),
        Assertion("max_latency_ms", {"first_token": 500.0, "total": 4000.0}),
    )
    assert (pdf.name, pdf.backends, pdf.repetitions, pdf.timeout_s) == ("pdf", ("none", "local"), 2, 9)
    assert (explain.name, explain.recipe, explain.target) == ("explain", "explain", "src/pdf.py:1-4")
    assert (explain.backends, explain.repetitions, explain.timeout_s) == (("none",), 1, 0.5)
    assert explain.assertions == (Assertion("no_failed_citation", True),)


def test_the_command_line_decides_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    suite = read_suite(written(tmp_path, FULL), ("big",), 7)
    assert {(case.backends, case.repetitions) for case in suite.cases} == {(("big",), 7)}
    assert [case.name for case in only(suite, ["explain"]).cases] == ["explain"]
    with pytest.raises(CaseFileError, match='no case "explian"; did you mean "explain"'):
        only(suite, ["explian"])


def test_nothing_of_the_environment_gets_into_a_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_WORD", "orchid")
    prompt = "say $SECRET_WORD ${SECRET_WORD} {{SECRET_WORD}} %SECRET_WORD%"
    (case,) = read_suite(written(tmp_path, f"cases:\n  - prompt: '{prompt}'\n")).cases
    assert case.prompt == prompt


def test_the_repository_is_the_one_around_the_file(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "evals").mkdir()
    assert read_suite(written(tmp_path / "evals", ONE)).repository == tmp_path


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "nothing in it"),
        ("cases: []\n", 1, "there are no cases"),
        ("cases:\n  - prompt: [\n", 3, "not valid YAML"),
        ("cases:\n  - prompt: a\n\tname: b\n", 3, "not valid YAML"),
        ("casse:\n  - prompt: a\n", 2, 'unknown key "casse"; did you mean "cases"?'),
        ("cases:\n  - promt: a\n", 2, 'unknown key "promt"; did you mean "prompt"?'),
        ("cases:\n  - name: a\n", 2, 'needs "prompt" or "recipe"'),
        ("cases:\n  - prompt: 42\n", 2, "a text is wanted here"),
        ("cases:\n  - prompt:\n    name: a\n", 2, "a text is wanted here"),
        ("cases:\n  - prompt: a\n    target: b.py\n", 3, '"target" belongs to a recipe'),
        ("cases:\n  - {prompt: a, name: x}\n  - {prompt: b, name: x}\n", 3, "the case in line 2"),
        ("cases:\n  - prompt: a\n    prompt: b\n", 3, '"prompt" stands here twice'),
        ("repetitions: 0\n" + ONE, 1, "a whole number from 1 to 1,000"),
        ("repetitions: true\n" + ONE, 1, "a whole number from 1 to 1,000"),
        ("repository: ../nowhere\n" + ONE, 1, "is not a folder"),
        ("repository: /etc\n" + ONE, 1, "relative to this file"),
        ("repository: ~/other\n" + ONE, 1, "relative to this file"),
        ("x: !!python/object/apply:os.system [ls]\n" + ONE, 1, 'unknown key "x"'),
        ("repository: !!python/name:os.system\n" + ONE, 1, "is not for this file"),
        (ONE + "    assert:\n      contians: a\n", 4, 'did you mean "contains"?'),
        (ONE + "    assert:\n      not_contians: a\n", 4, 'did you mean "not_contains"?'),
        (ONE + "    assert:\n      - contains: 42\n", 4, "write '42' with quotes"),
        (ONE + "    assert:\n      - contains: yes\n", 4, "a text is wanted here"),
        (ONE + "    assert:\n      - regex: '('\n", 4, "no regular expression"),
        (ONE + "    assert:\n      - json_schema: {type: objekt}\n", 4, "no JSON schema: $.type"),
        (ONE + "    assert:\n      - cites_lines: src/pdf.py\n", 4, "names no lines"),
        (ONE + "    assert:\n      - cites_lines: src/pdf.py:9-2\n", 4, "names no lines"),
        (ONE + "    assert:\n      - max_latency_ms: {totl: 3}\n", 4, 'unknown key "totl"'),
        (ONE + "    assert:\n      - max_latency_ms: -1\n", 4, "milliseconds are wanted"),
        (ONE + "    assert:\n      - no_failed_citation: 1\n", 4, "true or false"),
        (ONE + "    assert:\n      - exit: 0\n", 4, "one of answered, not-found, failed"),
    ],
)
def test_a_wrong_file_is_told_where(tmp_path: Path, text: str, line: int, problem: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(CaseFileError) as caught:
        read_suite(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert problem in str(caught.value)


def test_the_documented_file_can_be_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "eval.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "server").mkdir()
    (tmp_path / "evals").mkdir()
    suite = read_suite(written(tmp_path / "evals", text))
    assert [(case.name, case.repetitions, case.timeout_s) for case in suite.cases] == [
        ("pdf", 3, 60),
        ("explain the pool", 1, 60),
    ]
    assert all(case.assertions[0] == Assertion("no_failed_citation", True) for case in suite.cases)
    assert set(re.findall(r"^\| `(\w+): ", page, re.MULTILINE)) == set(KINDS)


def test_aliases_cannot_blow_a_file_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(CaseFileError, match="too many values"):
        read_suite(written(tmp_path, "\n".join(lines)))
    with pytest.raises(CaseFileError, match="nested too deeply"):
        read_suite(written(tmp_path, "cases: &a [*a]\n"))


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_bytes(b"cases:\n  - prompt: caf\xe9\n")
    with pytest.raises(CaseFileError, match=r"questions\.yaml:2: not UTF-8"):
        read_suite(file)
