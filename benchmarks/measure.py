"""Run a command as a process and measure it: wall time, CPU time, peak memory; statistics of a series.

CPU time is user plus system time of the process and of every descendant it waited for, as the kernel
accounts it (wait4). This module and its callers stay small on purpose (no numpy): Linux counts the memory
of the process that starts another one towards the peak of the new one.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

# ru_maxrss is in bytes on macOS and in kibibytes elsewhere (getrusage(2)).
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
_SAMPLE_EVERY_S = 0.05


class CommandError(Exception):
    """A measured command failed; the message has its exit status and the end of what it said."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished process cost.

    :param max_rss_bytes: The largest resident set of any single process of its tree.
    """

    wall_s: float
    cpu_s: float
    max_rss_bytes: int
    stdout: str


@dataclass(frozen=True, slots=True)
class TreeMemory:
    """Peak memory of a process and its descendants together, sampled.

    :param rss_bytes: Largest sum of resident sets; pages that several processes share count several times.
    :param pss_bytes: Largest sum of proportional sets, where shared pages count once; 0 where the system
        has none.
    """

    rss_bytes: int
    pss_bytes: int


def run(command: Sequence[str], environment: Mapping[str, str], stdin: str | None = None) -> Measured:
    """Run a command to its end.

    :param environment: The whole environment of the process.
    :raises CommandError: when it exits with another status than 0.
    """
    return _run(command, environment, stdin, None)


def run_sampled(command: Sequence[str], environment: Mapping[str, str]) -> tuple[Measured, TreeMemory]:
    """Run a command to its end while sampling the memory of its process tree every 50 ms.

    :raises CommandError: when it exits with another status than 0.
    """
    sampler = _MemorySampler()
    measured = _run(command, environment, None, sampler)
    return measured, TreeMemory(max(sampler.rss_bytes, measured.max_rss_bytes), sampler.pss_bytes)


def _run(
    command: Sequence[str], environment: Mapping[str, str], stdin: str | None, sampler: _MemorySampler | None
) -> Measured:
    # Files rather than pipes: nothing has to be read while the process runs, so nothing disturbs it.
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as errors,
    ):
        given.write((stdin or "").encode())
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, env=dict(environment), stdin=given, stdout=said, stderr=errors)
        if sampler is not None:
            sampler.start(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        if sampler is not None:
            sampler.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        errors.seek(0)
        stdout = said.read().decode("utf-8", "replace")
        if process.returncode:
            tail = (stdout + errors.read().decode("utf-8", "replace"))[-2000:]
            raise CommandError(f"{' '.join(command)}\nexited with {process.returncode}:\n{tail}")
    return Measured(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT, stdout)


class _MemorySampler:
    """Samples a process tree on a thread of its own between `start` and `stop`."""

    def __init__(self) -> None:
        self.rss_bytes = 0
        self.pss_bytes = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pid: int) -> None:
        """Begin to sample the tree under a process id."""
        self._thread = threading.Thread(target=self._sample_until_ended, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End sampling; the peaks are final when this returns."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _sample_until_ended(self, pid: int) -> None:
        while not self._ended.wait(_SAMPLE_EVERY_S):
            rss_bytes = pss_bytes = 0
            for process in _tree(pid):
                try:
                    memory = process.memory_full_info()
                except psutil.Error:  # ended between listing and looking
                    continue
                rss_bytes += memory.rss
                pss_bytes += getattr(memory, "pss", 0)
            self.rss_bytes = max(self.rss_bytes, rss_bytes)
            self.pss_bytes = max(self.pss_bytes, pss_bytes)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); NaN for no values.

    :param share: In (0, 1], 0.5 for the lower median.
    """
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def folder_bytes(folder: Path) -> int:
    """The sizes of all files under a folder, summed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
