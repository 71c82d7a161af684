from __future__ import annotations

from benchmarks.copies import scoring
from benchmarks.copies.model import Finding, Form, Kind, Query, Span

SOURCE = Span("a.py", 10, 15)


def query(kind: Kind = Kind.VERBATIM, sources: tuple[Span, ...] = (SOURCE,)) -> Query:
    return Query("q", "python", kind, Form.EMBEDDED, 6, 40, ".py", "", 21, 26, sources, "")


def finding(
    start: int, end: int, source: Span, others: tuple[Span, ...] = (), level: str = "warning"
) -> Finding:
    return Finding("q", level, start, end, source, others)


def test_a_copy_is_found_when_a_finding_on_it_names_its_file_anywhere() -> None:
    other = Span("b.py", 1, 6)
    assert scoring.is_found(query(), [finding(21, 26, other, (SOURCE,))])
    assert not scoring.is_found(query(), [finding(21, 26, other)])
    assert not scoring.is_found(query(), [finding(1, 20, SOURCE)])


def test_the_right_file_is_the_first_source_of_the_first_finding_on_the_copy() -> None:
    other = Span("b.py", 1, 6)
    assert scoring.right_file(query(), [finding(1, 3, other), finding(22, 26, SOURCE)]) == SOURCE
    assert scoring.right_file(query(), [finding(22, 26, other, (SOURCE,))]) is None


def test_lines_may_be_off_by_two() -> None:
    assert scoring.lines_right(query(), Span("a.py", 8, 17))
    assert not scoring.lines_right(query(), Span("a.py", 7, 15))
    assert not scoring.lines_right(query(), Span("b.py", 10, 15))


def test_attribution_counts_answered_copies_and_leaves_the_lines_of_edited_ones_out() -> None:
    found = {"q": [finding(21, 26, SOURCE)]}
    files, lines = scoring.attribution([query(), query(Kind.EDITED), query(sources=())], found)
    assert (files.hits, files.of, lines.hits, lines.of) == (2, 2, 1, 1)


def test_an_alarm_is_any_finding_on_a_negative_and_one_beside_the_copy_on_a_positive() -> None:
    beside, on_it = finding(1, 20, SOURCE), finding(20, 22, SOURCE)
    assert scoring.outside_copy(query(sources=()), [beside, on_it]) == [beside, on_it]
    assert scoring.outside_copy(query(), [beside, on_it]) == [beside]


def test_recall_rows_choose_kind_and_length() -> None:
    rows = dict(scoring.groups())
    short = query()
    assert rows["verbatim, reformatted, re-commented, 5-6 lines"](short)
    assert rows["verbatim, 5-6 lines"](short)
    assert not rows["verbatim, >= 10 lines"](short)
    assert not rows["locals renamed, 5-6 lines"](short)
    assert str(scoring.recall([short], {}, rows["verbatim, 5-6 lines"])) == "0.0%"


def test_hints_can_be_left_out() -> None:
    found = {"q": [finding(1, 2, SOURCE, level="hint"), finding(3, 4, SOURCE)]}
    assert [kept.start_line for kept in scoring.only_warnings(found)["q"]] == [3]
