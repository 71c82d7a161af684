from __future__ import annotations

from pathlib import Path
from random import Random

from benchmarks.copies.lookup import evict, snippets


def test_snippets_are_consecutive_lines_of_files_that_are_long_enough(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("".join(f"line{i}\n" for i in range(100)), "utf-8")
    (tmp_path / "short.py").write_text("line\n" * 20, "utf-8")
    (tmp_path / "long.txt").write_text("line\n" * 100, "utf-8")
    (made,) = snippets([tmp_path], 5, 50, Random(1))
    lines = made["text"].split()
    first = int(lines[0].removeprefix("line"))
    assert lines == [f"line{i}" for i in range(first, first + 50)]
    assert made["suffix"] == ".py"


def test_evicting_touches_every_file_and_changes_none(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a", "deep/b"):
        (tmp_path / name).write_text("text", "utf-8")
    assert evict([tmp_path]) == 2
    assert (tmp_path / "deep" / "b").read_text("utf-8") == "text"
