"""Processes that pause when they are asked to: real ones, watched through the system."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import pausing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads the states of processes from /proc")

PATIENCE_S = 30.0
BUSY = "print('ready', flush=True)\nwhile True:\n    sum(range(1000))\n"
LISTENING = "from indexer import pausing\npausing.listen()\n" + BUSY


def started(code: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def is_sleeping(process: subprocess.Popen[str]) -> bool:
    said = Path(f"/proc/{process.pid}/stat").read_text("ascii")
    return said.rpartition(")")[2].split()[0] == "S"


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False


def test_a_process_that_listens_sleeps_and_goes_on_by_itself() -> None:
    with started(LISTENING) as process:
        try:
            pausing.ask(process.pid)
            assert until(lambda: is_sleeping(process))
            assert until(lambda: not is_sleeping(process))
        finally:
            process.kill()


def test_a_process_that_does_not_listen_goes_on() -> None:
    with started(BUSY) as process:
        try:
            pausing.ask(process.pid)
            assert not is_sleeping(process)
            assert process.poll() is None
        finally:
            process.kill()


def test_a_process_that_is_gone_can_be_asked() -> None:
    with started(BUSY) as process:
        process.kill()
    pausing.ask(process.pid)


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept_s = 0.0
        self.during: list[Callable[[], None]] = []

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        if self.during:
            self.during.pop()()  # a signal interrupts the sleep half-way
            seconds /= 2
        self.now_s += seconds
        self.slept_s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pausing, "time", made)
    return made


def test_each_request_begins_the_pause_anew(clock: Clock) -> None:
    pauses = pausing.Pauses()
    clock.during = [lambda: pauses.request(0, None)]
    pauses.request(0, None)
    assert clock.slept_s == pytest.approx(pausing.PAUSE_S)
    pauses.request(0, None)
    assert clock.slept_s == pytest.approx(2 * pausing.PAUSE_S)


def test_requests_without_end_leave_time_to_work(clock: Clock) -> None:
    pauses = pausing.Pauses()

    def typed() -> None:
        pauses.request(0, None)
        clock.during.append(typed)

    clock.during = [typed]
    pauses.request(0, None)
    assert clock.slept_s == pytest.approx(pausing.LONGEST_S)
    clock.during = []
    pauses.request(0, None)
    assert clock.slept_s == pytest.approx(pausing.LONGEST_S), "it works for a while"
    clock.now_s += pausing.WORK_S
    pauses.request(0, None)
    assert clock.slept_s == pytest.approx(pausing.LONGEST_S + pausing.PAUSE_S)
