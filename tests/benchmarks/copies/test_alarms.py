from __future__ import annotations

from pathlib import Path

from benchmarks.copies.alarms import part_of, rates, whole_files
from benchmarks.copies.detector import Detection
from benchmarks.copies.model import Finding, Span


def files(folder: Path) -> Path:
    for number in range(10):
        path = folder / "project" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n" * (number + 1), "utf-8")
    (folder / "project" / "a.go").write_text("package a\n", "utf-8")
    (folder / "project" / "notes.txt").write_text("no code\n", "utf-8")
    return folder


def test_whole_files_are_those_of_the_languages_with_their_lines(tmp_path: Path) -> None:
    found = whole_files(files(tmp_path), ("python",))
    assert [(query.id, query.end_line) for query in found] == [(f"project/m{i}.py", i + 1) for i in range(10)]
    assert len(whole_files(tmp_path, ("python", "go"))) == 11


def test_a_part_is_the_same_each_time_and_just_large_enough(tmp_path: Path) -> None:
    queries = whole_files(files(tmp_path), ("python",))
    part = part_of(queries, 20)
    assert part == part_of(queries, 20)
    assert 20 <= sum(query.end_line for query in part) <= 20 + 10
    assert len(part_of(queries, 10**6)) == 10


def test_rates_count_every_finding_by_level() -> None:
    span = Span("a.py", 1, 2)
    found = {
        "one": [Finding("one", "warning", 1, 2, span), Finding("one", "hint", 5, 6, span)],
        "two": [Finding("two", "hint", 1, 2, span)],
    }
    assert rates(Detection(found, 0.0, 0.0, 0), 4_000) == (0.25, 0.5)
