from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import CommandError, folder_bytes, percentile, run, run_sampled

HUNDRED_MB = 100_000_000
HOLD_MEMORY = f"""
import time
held, end = bytearray(b"x") * {HUNDRED_MB}, time.time() + 0.5
while time.time() < end: pass
"""
CHILD_BURNS = """
import subprocess, sys
burn = "import time\\nwhile time.process_time() < 0.5: pass"
subprocess.run([sys.executable, "-c", burn], check=True)
"""


def test_run_counts_the_cpu_time_of_children() -> None:
    assert run([sys.executable, "-c", CHILD_BURNS], os.environ).cpu_s >= 0.5


def test_run_returns_what_the_command_said_and_passes_its_input() -> None:
    command = [sys.executable, "-c", "print(input() + '!')"]
    assert run(command, os.environ, stdin="hello\n").stdout == "hello!\n"


def test_run_sampled_sees_the_memory_that_a_child_holds() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD_MEMORY!r}], check=True)"
    measured, memory = run_sampled([sys.executable, "-c", parent], os.environ)
    assert measured.max_rss_bytes >= HUNDRED_MB
    assert memory.rss_bytes > HUNDRED_MB + 2_000_000, "the sum counts the parent as well as its child"


def test_run_reports_a_failing_command_with_what_it_said() -> None:
    with pytest.raises(CommandError, match=r"(?s)exited with 3.*went wrong"):
        run(
            [sys.executable, "-c", "import sys; print('went wrong', file=sys.stderr); sys.exit(3)"],
            os.environ,
        )


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3, 1, 2], 0.5, 2), ([1, 2, 3, 4], 0.5, 2), (list(range(1, 101)), 0.95, 95), ([7], 0.95, 7)],
)
def test_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_percentile_of_nothing_is_not_a_number() -> None:
    assert math.isnan(percentile([], 0.5))


def test_folder_bytes_counts_files_at_every_depth(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(b"12345")
    (tmp_path / "b").write_bytes(b"67")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    assert folder_bytes(tmp_path) == 7
