"""Runs prompts x backends x repetitions, so many at a time, and holds each answer against what is expected of it.

Latency is measured, so each backend gets one request at a time unless more are asked for; different backends work side
by side. Whatever a runner raises is that answer's failure, never the end of the run.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.errors import AssistError
from assistant.evaluation.assertions import failures
from assistant.evaluation.model import Answered, Case, Exit, Outcome, Suite

_LOG = logging.getLogger(__name__)


class Runner(Protocol):
    """Answers a case with a backend."""

    async def run(self, case: Case, backend_name: str) -> Outcome:
        """Answer once.

        :raises AssistError: if there is no answer; it becomes the outcome's error.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    case: Case
    backend: str
    repetition: int


async def run_suite(
    suite: Suite, runner: Runner, taken: Callable[[Answered], None], *, jobs: int = 1
) -> None:
    """Run every case of a suite. Cancelling it cancels what is being asked; answers that were taken stay.

    :param taken: gets each answer as soon as it is checked, in no particular order.
    :param jobs: requests at a time to each backend.
    """
    queues = {backend: _jobs(suite, backend) for backend in suite.backends}
    async with asyncio.TaskGroup() as group:
        for waiting in queues.values():
            for _ in range(min(jobs, len(waiting))):
                group.create_task(_work(waiting, runner, taken))


def count(suite: Suite) -> int:
    """Return how many answers a suite asks for."""
    return sum(case.repetitions * len(case.backends) for case in suite.cases)


def _jobs(suite: Suite, backend: str) -> list[_Job]:
    """Return what a backend is asked, last first: every case once, then every case again, as a cache likes it least."""
    jobs = [
        _Job(case, backend, repetition)
        for case in suite.cases
        if backend in case.backends
        for repetition in range(1, case.repetitions + 1)
    ]
    return sorted(jobs, key=lambda job: job.repetition)[::-1]


async def _work(waiting: list[_Job], runner: Runner, taken: Callable[[Answered], None]) -> None:
    while waiting:
        job = waiting.pop()
        outcome = await _outcome(job, runner)
        problems = await asyncio.to_thread(failures, job.case.assertions, outcome)
        taken(Answered(job.case.name, job.backend, job.repetition, outcome, problems))


async def _outcome(job: _Job, runner: Runner) -> Outcome:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(job.case.timeout_s) as limit:
            return await runner.run(job.case, job.backend)
    except TimeoutError:
        error = "the connection timed out"
        if limit.expired():
            error = f"no complete answer within {job.case.timeout_s:g} s; raise timeout_s, or ask for less"
    except AssistError as problem:
        error = str(problem)
    except Exception as problem:  # a runner or a plug-in; one answer must not end the run
        _LOG.exception("case %r with backend %r failed", job.case.name, job.backend)
        error = f"{type(problem).__name__}: {problem}"
    failed = Outcome(error=" ".join(error.split()), exit=Exit.FAILED)
    return replace(failed, total_ms=1000 * (time.perf_counter() - started))
