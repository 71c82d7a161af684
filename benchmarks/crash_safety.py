"""Crash safety: kill indexing with SIGKILL at random moments; the next command must serve a complete index.

Half of the runs build from nothing, half update an index after edits. Each run kills `assist index` at a
moment drawn uniformly from the time that such a run takes, then asks `assist search --queries` for words it
planted: one word a planted file that changes with every edit, one that never does. The answer is complete and
correct when

- every query got its answer and the process exited with 0,
- every lasting word was found in its file,
- the changing words were all found in their new form or all in their old one, none in both (after a killed
  cold build there is no old form: all must be new).

    python -m benchmarks.crash_safety --tree DIR --runs 50 --seed 1
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import options
from benchmarks.assist_command import Assist
from benchmarks.corpus import copy_first
from benchmarks.measure import CommandError
from benchmarks.results import Figure

BENCHMARK = "crash safety"
PLANTED = 20


class Planted:
    """A repository with planted files, whose words tell which state of it an index has seen."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.edition = 0
        self.edit()

    def edit(self) -> None:
        """Write the next edition of every planted file, each by one atomic replacement."""
        self.edition += 1
        for i in range(PLANTED):
            path = self.root / self.file(i)
            path.parent.mkdir(parents=True, exist_ok=True)
            changing, lasting = self.changing(i, self.edition), self.lasting(i)
            temporary = path.with_suffix(".new")
            temporary.write_text(f"def {lasting}():\n    return {changing}\n\n\n{changing} = {i}\n", "utf-8")
            os.replace(temporary, path)

    @staticmethod
    def file(i: int) -> str:
        """Path of a planted file, relative to the root."""
        return f"planted/part{i}/module{i}.py"

    @staticmethod
    def changing(i: int, edition: int) -> str:
        """The word of a planted file that only this edition of it has."""
        return f"okapi{_letters(i)}edition{_letters(edition)}"

    @staticmethod
    def lasting(i: int) -> str:
        """The word of a planted file that all its editions have."""
        return f"tapir{_letters(i)}lasting"

    def queries(self) -> list[tuple[str, str]]:
        """(word, file) to ask for: the lasting words, the old editions' words, the new editions'."""
        numbers = range(PLANTED)
        words = [self.lasting(i) for i in numbers]
        words += [self.changing(i, self.edition - 1) for i in numbers]
        words += [self.changing(i, self.edition) for i in numbers]
        return [(word, self.file(n % PLANTED)) for n, word in enumerate(words)]


def _letters(number: int) -> str:
    """A number as letters: one word for a tokenizer that splits at digits."""
    return "".join("bcdfghjklm"[int(digit)] for digit in str(number))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run showed.

    :param landed: Whether the process was still running when it was killed.
    :param state: "new" or "old": what the next command served; else what was wrong with it.
    """

    cold: bool
    killed_after_s: float
    landed: bool
    state: str

    @property
    def good(self) -> bool:
        """Whether a complete state was served; from nothing only the new one is."""
        return self.state == "new" or (self.state == "old" and not self.cold)


def judge(found: Sequence[bool]) -> str:
    """Name the state that the answers to `Planted.queries` show: new, old, or what is wrong.

    :param found: Whether each word was found in its file, in the order of the queries.
    """
    lasting, old, new = found[:PLANTED], found[PLANTED : 2 * PLANTED], found[2 * PLANTED :]
    if not all(lasting):
        return f"{lasting.count(False)} unchanged words were not found"
    if all(new) and not any(old):
        return "new"
    if all(old) and not any(new):
        return "old"
    return f"mixed: {old.count(True)} old and {new.count(True)} new words of {PLANTED} were found"


def serve(assist: Assist, planted: Planted, cache: Path) -> str:
    """Ask the next command for every planted word and judge its answers."""
    queries = planted.queries()
    try:
        # Quoted: a literal is in the file or it is not, where a ranking always finds something.
        answers = assist.answer(planted.root, cache, [f'"{word}"' for word, _ in queries])
    except (CommandError, json.JSONDecodeError, KeyError, ValueError) as error:
        return f"no answer: {error}"
    return judge(
        [
            any(hit.path == path for hit in answer.hits)
            for answer, (_, path) in zip(answers, queries, strict=True)
        ]
    )


def kill_after(command: Sequence[str], environment: dict[str, str], seconds: float) -> tuple[bool, int]:
    """Start a command, and kill that process alone after a time; return whether it still ran, and its group.

    Its children, if it has any, live on as they would for a user, until `end_group`.
    """
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
        return False, process.pid
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True, process.pid


def end_group(group: int) -> None:
    """Kill what is left of a process group that `kill_after` started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def one_run(assist: Assist, planted: Planted, cache: Path, cold: bool, after_s: float) -> Outcome:
    """Edit, start indexing, kill it, see what the next command serves; then bring the index up to date."""
    planted.edit()
    if cold:
        shutil.rmtree(cache, ignore_errors=True)
    command = assist.words("index", "--repo", str(planted.root))
    landed, group = kill_after(command, assist.environment(cache), after_s)
    try:
        state = serve(assist, planted, cache)
    finally:
        end_group(group)
    if state in ("new", "old"):
        assist.index(planted.root, cache)
        after = serve(assist, planted, cache)
        if after != "new":
            state = f"after indexing again: {after}"
    return Outcome(cold, after_s, landed, state)


def durations(assist: Assist, planted: Planted, cache: Path) -> dict[bool, float]:
    """Seconds of an undisturbed index: cold (True) and after an edit (False)."""
    shutil.rmtree(cache, ignore_errors=True)
    measured = {True: assist.index(planted.root, cache).wall_s}
    planted.edit()
    measured[False] = assist.index(planted.root, cache).wall_s
    return measured


def run_all(assist: Assist, planted: Planted, cache: Path, runs: int, seed: int) -> list[Outcome]:
    """Repeat until `runs` kills landed on a running process, alternating cold builds and updates."""
    chance = random.Random(seed)
    takes_s = durations(assist, planted, cache)
    outcomes: list[Outcome] = []
    landed = 0
    while landed < runs and len(outcomes) < 3 * runs:
        cold = len(outcomes) % 2 == 0
        started = time.perf_counter()
        outcome = one_run(assist, planted, cache, cold, chance.uniform(0, takes_s[cold]))
        outcomes.append(outcome)
        landed += outcome.landed
        kind = "cold build" if cold else "update"
        where = f"killed after {outcome.killed_after_s:.2f} s" if outcome.landed else "had ended"
        took = time.perf_counter() - started
        print(f"{landed:3} {kind:10} {where:22} served: {outcome.state} ({took:.1f} s)", flush=True)
    return outcomes


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 when any run was not served a complete index."""
    parser = options.parser("crash_safety", __doc__)
    options.add_tree(parser)
    parser.add_argument("--files", type=int, default=1000, help="files of the tree (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=50, help="kills that must land (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default: %(default)s)")
    given = parser.parse_args(argv)
    assist = options.assist_of(given)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        root = Path(scratch) / "files"
        copy_first(given.tree, given.files, root)
        outcomes = run_all(assist, Planted(root), Path(scratch) / "cache", given.runs, given.seed)
    good, landed = sum(one.good for one in outcomes), sum(one.landed for one in outcomes)
    result = f"{good} of {len(outcomes)} served a complete index ({landed} kills landed)"
    states = ", ".join(f"{sum(one.state == state for one in outcomes)} {state}" for state in ("new", "old"))
    print(f"{result}: {states}")
    inputs = f"{given.files} files of {given.tree.name} and {PLANTED} planted, seed {given.seed}"
    options.record(
        given, BENCHMARK, [Figure("kill -9 while indexing", result, "", inputs)], [assist.version()]
    )
    return 0 if good == len(outcomes) and landed >= given.runs else 1


if __name__ == "__main__":
    sys.exit(main())
