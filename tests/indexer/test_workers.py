"""Worker processes: order, errors, laziness and what happens when one is killed."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from indexer.workers import map_in_workers

ROOT = Path(__file__).resolve().parents[2]


def squarer(offset: int) -> Callable[[int], tuple[int, int]]:
    def work(number: int) -> tuple[int, int]:
        if number == 13:
            raise ValueError("thirteen")
        return number * number + offset, os.getpid()

    return work


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_batches(count: int) -> None:
    found = list(map_in_workers(partial(squarer, 1), range(12), count))
    assert [(batch, result) for batch, (result, _) in found] == [(n, n * n + 1) for n in range(12)]
    assert (os.getpid() in {pid for _, (_, pid) in found}) == (count == 1)


@pytest.mark.parametrize("count", [1, 2])
def test_what_the_work_raises_is_raised_here(count: int) -> None:
    with pytest.raises(ValueError, match="thirteen"):
        list(map_in_workers(partial(squarer, 0), range(20), count))


def test_batches_are_read_only_as_far_ahead_as_needed() -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in (n for n in range(1000) if n != 13):
            read.append(number)
            yield number

    results = map_in_workers(partial(squarer, 0), numbers(), 2)
    next(results)
    assert len(read) < 10
    results.close()  # type: ignore[attr-defined]


def test_a_closed_iterator_leaves_no_process_behind() -> None:
    results = map_in_workers(partial(squarer, 0), range(10), 2)
    pids = {next(results)[1][1], next(results)[1][1]}
    results.close()  # type: ignore[attr-defined]
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_after_a_killed_worker_nothing_is_lost_or_done_twice() -> None:
    done: list[tuple[int, int]] = []
    for batch, (result, pid) in map_in_workers(partial(squarer, 0), (n for n in range(40) if n != 13), 2):
        if not done:
            psutil.Process(pid).kill()
        done.append((batch, result))
    assert done == [(n, n * n) for n in range(40) if n != 13]


UNGUARDED = """
import sys
from functools import partial
from filelock import FileLock
from indexer import workers
from tests.indexer.test_workers import squarer
workers._READY_WITHIN_S = 0.5
with FileLock(sys.argv[1]):
    print([result[0] for _, result in workers.map_in_workers(partial(squarer, 0), range(3), 2)])
"""


def test_a_script_without_a_main_guard_gets_its_work_done(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED)
    ran = subprocess.run(
        [sys.executable, tmp_path / "script.py", tmp_path / "lock"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout == "[0, 1, 4]\n", ran.stderr
