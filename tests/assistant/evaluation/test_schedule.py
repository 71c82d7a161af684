"""Running a suite: bounded, complete, and not to be ended by anything that a backend does."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from assistant.evaluation import Answered, Assertion, Case, Outcome, Suite, count, run_suite
from assistant.evaluation.errors import SavedRunError

CASES = (
    Case("a", "a?", backends=("none", "local"), repetitions=3),
    Case("b", "b?", backends=("local",), assertions=(Assertion("contains", "tea"),), timeout_s=0.02),
)


class Recorder:
    """A runner that notes how many are at work at a time, and gives others a turn."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.at_work: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def run(self, case: Case, backend_name: str) -> Outcome:
        self.asked.append((case.name, backend_name))
        self.at_work[backend_name] += 1
        self.most[backend_name] = max(self.most[backend_name], self.at_work[backend_name])
        for _ in range(5):
            await asyncio.sleep(0)
        self.at_work[backend_name] -= 1
        return Outcome("a cup of tea")


class Raises(Recorder):
    async def run(self, case: Case, backend_name: str) -> Outcome:
        if case.name == "b":
            raise SavedRunError("out of\ntea")
        raise ZeroDivisionError("oh")


class Hangs(Recorder):
    async def run(self, case: Case, backend_name: str) -> Outcome:
        if case.name == "b":
            await asyncio.Event().wait()
        return await super().run(case, backend_name)


def ran(runner: Recorder, jobs: int = 1) -> list[Answered]:
    taken: list[Answered] = []
    suite = Suite(Path("q.yaml"), Path(), CASES)
    asyncio.run(run_suite(suite, runner, taken.append, jobs=jobs))
    assert len(taken) == count(suite) == 7
    return taken


@pytest.mark.parametrize(("jobs", "most"), [(1, {"none": 1, "local": 1}), (3, {"none": 3, "local": 3})])
def test_each_backend_gets_so_many_requests_at_a_time(jobs: int, most: dict[str, int]) -> None:
    runner = Recorder()
    ran(runner, jobs)
    assert runner.most == most


def test_every_case_is_asked_once_before_any_is_asked_again() -> None:
    runner = Recorder()
    taken = ran(runner)
    assert [case for case, backend in runner.asked if backend == "local"] == ["a", "b", "a", "a"]
    assert sorted(a.repetition for a in taken if (a.case, a.backend) == ("a", "none")) == [1, 2, 3]
    assert all(answer.passed for answer in taken)


def test_what_a_runner_raises_is_that_answers_failure(caplog: pytest.LogCaptureFixture) -> None:
    failures = {answer.case: answer.failures for answer in ran(Raises())}
    assert failures == {"a": ("ZeroDivisionError: oh",), "b": ("out of tea",)}
    assert "ZeroDivisionError" in caplog.text


def test_an_answer_that_takes_too_long_is_given_up() -> None:
    failures = {answer.failures for answer in ran(Hangs()) if answer.case == "b"}
    assert failures == {("no complete answer within 0.02 s; raise timeout_s, or ask for less",)}


def test_what_was_taken_stays_when_the_rest_is_cancelled() -> None:
    taken: list[Answered] = []
    hanging = Case("b", "b?", backends=("local",), timeout_s=600)
    suite = Suite(Path("q.yaml"), Path(), (CASES[0], hanging))

    async def interrupted() -> None:
        task = asyncio.create_task(run_suite(suite, Hangs(), taken.append))
        while len(taken) < 4:  # all of "none", and the first of "local"
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    assert [answer.passed for answer in taken] == [True] * 4
