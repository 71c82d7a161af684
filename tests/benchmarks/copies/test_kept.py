from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.copies.detector import Detection
from benchmarks.copies.kept import Kept
from benchmarks.copies.model import Finding, Form, Kind, Query, Span


class Counting:
    """A detector that knows how often it ran."""

    def __init__(self, version: str = "1") -> None:
        self.name, self.version = "counting", version
        self.languages: tuple[str, ...] = ("python",)
        self.runs = 0

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        self.runs += 1
        span = Span("a.py", 1, 2)
        found = {query.id: [Finding(query.id, "warning", 3, 4, span, (span,))] for query in queries}
        return Detection(found, float(self.runs), 2.0, 3)


def query(text: str) -> Query:
    return Query("q", "python", Kind.VERBATIM, Form.BARE, 3, 20, ".py", text, 1, 1, (), "")


def test_the_same_run_is_read_and_any_other_one_made(tmp_path: Path) -> None:
    corpus, kept = tmp_path / "corpus", tmp_path / "kept"
    corpus.mkdir()
    (corpus / "a.py").write_text("x = 1\n", "utf-8")
    detector = Counting()
    first = Kept(detector, kept).detect(corpus, [query("a")])
    assert Kept(detector, kept).detect(corpus, [query("a")]) == first
    assert detector.runs == 1
    Kept(detector, kept).detect(corpus, [query("b")])
    (corpus / "b.py").write_text("y = 1\n", "utf-8")
    Kept(detector, kept).detect(corpus, [query("a")])
    assert detector.runs == 3
    newer = Counting("2")
    Kept(newer, kept).detect(corpus, [query("a")])
    assert newer.runs == 1
