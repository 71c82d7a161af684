"""Comments that accept a copy or give credit, and the edits that write them."""

from dataclasses import replace

import pytest

from assistant.copies.comments import comment
from assistant.copies.fixes import attribution_edit, suppression_edit
from assistant.copies.licences.model import Confidence, LicenceFinding
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel, CopySource
from assistant.copies.policy import Ruling, Verdict
from assistant.copies.suppress import mark_without_reason, remarks_at

SOURCE = CopySource(
    "teapot",
    "1.2",
    "teapot/brew.py",
    4,
    12,
    "def brew():\n    pass",
    LicenceFinding("MIT", Confidence.SURE, (), ("Copyright 2020 Tea */ --> *) x",)),
    Ruling(Verdict.REVIEW, "policy: MIT is listed"),
)


def finding(path: str, start: int, end: int) -> CopyFinding:
    return CopyFinding(
        path, start, end, "def brew():\n    pass", CopyKind.COPY, CopyLevel.WARNING, 90, 90, (), (SOURCE,)
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("# assist: copied-ok we wrote it", "we wrote it"),
        ("// assist: copied-ok: we wrote it", "we wrote it"),
        ("/* Assist: copied-ok - ticket 12 */", "ticket 12"),
        ("<!-- assist: copied-ok ours -->", "ours"),
        ("-- assist:copied-ok ours", "ours"),
        ("# assist: copied-ok", ""),
        ("# assist: copied-okay then", ""),
        ("# copied-ok we wrote it", ""),
    ],
)
def test_a_comment_with_a_reason_accepts(line: str, reason: str) -> None:
    assert remarks_at([line, "def brew():", "    pass"], 2, 3).reason == reason
    assert remarks_at(["def brew():", f"    {line}", "    pass"], 1, 3).reason == reason


def test_a_comment_elsewhere_accepts_nothing() -> None:
    lines = ["# assist: copied-ok ours", "x = 1", "def brew():", "    pass", "# assist: copied-ok ours"]
    assert remarks_at(lines, 3, 4).reason == ""


def test_a_mark_without_a_reason_is_told() -> None:
    text = "# assist: copied-ok\nx = 1\n// assist: copied-ok */\n# assist: copied-ok fine\n"
    assert mark_without_reason(text) == [1, 3]
    assert mark_without_reason('print("assist: copied-ok")\nUse `assist: copied-ok <reason>`.\n') == []


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("a.py", "    # Copied from teapot 1.2, teapot/brew.py, lines 4-12."),
        ("a.go", "    // Copied from teapot 1.2, teapot/brew.py, lines 4-12."),
        ("a.lua", "    -- Copied from teapot 1.2, teapot/brew.py, lines 4-12."),
        ("a.css", "    /* Copied from teapot 1.2, teapot/brew.py, lines 4-12. */"),
        ("a.ml", "    (* Copied from teapot 1.2, teapot/brew.py, lines 4-12. *)"),
    ],
)
def test_a_credit_is_put_above_with_the_same_indent_and_is_then_known(path: str, first: str) -> None:
    text = "x\n    def brew():\n        pass\n"
    found = finding(path, 2, 3)
    edited = attribution_edit(text, found).applied(text)
    assert edited.splitlines()[1] == first
    added = len(edited.splitlines()) - 3
    assert edited.splitlines()[added + 1 :] == text.splitlines()[1:]
    remarks = remarks_at(edited.split("\n"), 2 + added, 3 + added)
    assert remarks.credit([SOURCE])
    assert not remarks.credit([replace(SOURCE, name="kettle")])
    gpl = LicenceFinding("GPL-3.0-only", Confidence.SURE)
    assert not remarks.credit([replace(SOURCE, licence=gpl)])


def test_a_hostile_copyright_line_cannot_leave_its_comment() -> None:
    assert comment("x */ y\nz", "css") == "/* x   y z */"
    assert comment("x --> y", "html").count("-->") == 1
    assert "\n" not in comment("x\ny\rz", "python")


def test_edits_keep_line_ends_and_put_a_text_without_one_right() -> None:
    text = "x\r\ndef brew():\r\n    pass"
    edited = suppression_edit(text, finding("a.py", 2, 3), "ours").applied(text)
    assert edited == "x\r\n# assist: copied-ok ours\r\ndef brew():\r\n    pass"
    assert remarks_at(edited.split("\n"), 3, 4).reason == "ours"


@pytest.mark.parametrize(
    ("verdict", "licence", "attributed", "suppressed", "settled"),
    [
        (Verdict.ALLOW, "MIT", False, "", True),
        (Verdict.REVIEW, "MIT", False, "", False),
        (Verdict.REVIEW, "MIT", True, "", True),
        (Verdict.REVIEW, "NOASSERTION", True, "", False),
        (Verdict.DENY, "MIT", True, "", False),
        (Verdict.DENY, "MIT", False, "bought", True),
    ],
)
def test_what_settles_a_copy(
    verdict: Verdict, licence: str, attributed: bool, suppressed: str, settled: bool
) -> None:
    source = replace(SOURCE, ruling=Ruling(verdict, ""), licence=LicenceFinding(licence, Confidence.SURE))
    one = replace(finding("a.py", 1, 2), sources=(source,), attributed=attributed, suppressed=suppressed)
    assert one.is_settled is settled
