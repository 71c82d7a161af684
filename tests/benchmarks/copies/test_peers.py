from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.copies.detector import Detection, DetectorError, Staging, suffix_groups
from benchmarks.copies.model import Finding, Form, Kind, Query, Span
from benchmarks.copies.peers import jscpd, pmd


def query(name: str, suffix: str = ".js") -> Query:
    return Query(name, "javascript", Kind.VERBATIM, Form.BARE, 3, 20, suffix, f"{name}()\n", 1, 1, (), "")


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    corpus = tmp_path / "corpus"
    for name in ("one/a.js", "one/b.mjs", "one/c.ts", "two/d.py"):
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(name, "utf-8")
    return Staging(tmp_path / "staged", corpus, [query("q0"), query("q1", ".mjs")], (".js", ".mjs", ".cjs"))


def test_staging_holds_the_files_of_one_grammar_under_its_usual_suffix(staging: Staging) -> None:
    staged = sorted(staging.corpus.iterdir())
    assert [path.read_text("utf-8") for path in staged] == ["one/a.js", "one/b.mjs"]
    assert {path.suffix for path in staged} == {".js"}
    assert [staging.name(str(path)) for path in staged] == [(False, "one/a.js"), (False, "one/b.mjs")]
    assert [staging.name(str(path)) for path in sorted(staging.queries.iterdir())] == [
        (True, "q0"),
        (True, "q1"),
    ]


def test_typescript_is_a_grammar_of_its_own() -> None:
    assert suffix_groups("javascript") == [(".js", ".mjs", ".cjs"), (".ts",)]
    assert suffix_groups("go") == [(".go",)]


def test_pmd_duplications_are_findings_only_between_queries_and_corpus(
    staging: Staging, tmp_path: Path
) -> None:
    def file(folder: str, number: int, line: int) -> str:
        return f'<file path="{tmp_path}/staged/{folder}/{number:06}.js" line="{line}" endline="{line + 4}" column="1"/>'

    report = tmp_path / "report.xml"
    report.write_text(
        '<pmd-cpd xmlns="https://pmd-code.org/schema/cpd-report">'
        f'<duplication lines="5" tokens="30">{file("corpus", 0, 1)}{file("corpus", 1, 2)}</duplication>'
        f'<duplication lines="5" tokens="30">{file("corpus", 1, 10)}{file("queries", 1, 1)}</duplication>'
        f'<duplication lines="5" tokens="40">{file("corpus", 0, 7)}{file("corpus", 1, 20)}{file("queries", 1, 3)}'
        "<codefragment>x</codefragment></duplication>"
        f'<duplication lines="5" tokens="50">{file("queries", 0, 1)}{file("queries", 1, 1)}</duplication>'
        "</pmd-cpd>",
        "utf-8",
    )
    longest = Finding("q1", "warning", 3, 7, Span("one/a.js", 7, 11), (Span("one/b.mjs", 20, 24),))
    assert pmd.read_report(report, staging) == {
        "q1": [longest, Finding("q1", "warning", 1, 5, Span("one/b.mjs", 10, 14))]
    }


def test_jscpd_clones_are_findings_whichever_side_the_query_is_on(staging: Staging) -> None:
    def side(folder: str, number: int, start: int) -> dict[str, object]:
        return {"name": f"{folder}/{number:06}.js", "start": start, "end": start + 4}

    duplicates = [
        {"tokens": 50, "firstFile": side("corpus", 0, 1), "secondFile": side("corpus", 1, 1)},
        {"tokens": 50, "firstFile": side("queries", 0, 1), "secondFile": side("corpus", 1, 9)},
        {"tokens": 60, "firstFile": side("corpus", 0, 3), "secondFile": side("queries", 0, 2)},
    ]
    assert jscpd.read_report(duplicates, staging) == {
        "q0": [
            Finding("q0", "warning", 2, 6, Span("one/a.js", 3, 7)),
            Finding("q0", "warning", 1, 5, Span("one/b.mjs", 9, 13)),
        ]
    }


def test_a_peer_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="--pmd"):
        pmd.Pmd(tmp_path, 25, "1g")
    with pytest.raises(DetectorError, match="--jscpd"):
        jscpd.Jscpd(tmp_path / "none", "defaults", ())


def test_the_cost_of_two_runs_is_their_sum_and_the_larger_peak() -> None:
    both = Detection({"a": []}, 1.0, 2.0, 30).and_then(Detection({"b": []}, 3.0, 4.0, 20))
    assert both == Detection({"a": [], "b": []}, 4.0, 6.0, 30)
