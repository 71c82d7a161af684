from __future__ import annotations

from pathlib import Path

from benchmarks.results import Figure, append, machine, main, versions


def test_rows_of_one_benchmark_go_to_its_own_table_in_order(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    append("speed", [Figure("a", "1 s", "", "x")], ["assist 1"], file)
    append("quality", [Figure("b", "0.8", "peer 0.7", "y")], ["assist 1"], file)
    append("speed", [Figure("c", "2 s", "", "z")], ["assist 2"], file)
    lines = file.read_text("utf-8").splitlines()
    assert lines[0] == "# Results"
    speed, quality = lines.index("## speed"), lines.index("## quality")
    figures = [line.split(" | ")[1] for line in lines[speed:quality] if line.startswith("| 2")]
    assert figures == ["a", "c"]
    assert [line.split(" | ")[1:4] for line in lines[quality:] if line.startswith("| 2")] == [
        ["b", "0.8", "peer 0.7"]
    ]
    assert sum(line.startswith("| date |") for line in lines) == 2


def test_a_bar_or_a_line_break_in_a_cell_does_not_break_the_table(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    append("speed", [Figure("a|b", "1\ns", "", "x")], [], file)
    (row,) = [line for line in file.read_text("utf-8").splitlines() if line.startswith("| 2")]
    assert "a\\|b" in row
    assert "1 s" in row


def test_a_row_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    options = ["--benchmark", "start", "--figure", "help", "--result", "90 ms", "--inputs", "none"]
    assert main([*options, "--results-file", str(file)]) == 0
    assert "| help | 90 ms | - | none |" in file.read_text("utf-8")


def test_the_machine_is_described_without_its_name() -> None:
    import platform

    described = machine()
    assert "cores" in described
    assert platform.node() not in described


def test_versions_name_the_products_first() -> None:
    assert versions(["assist abc", "semble 1"]).startswith("assist abc, semble 1, Python 3.")
