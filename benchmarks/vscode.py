"""What the extension costs in a real workbench of VS Code: keys until they are seen, and its activation.

typing      the median time from a key to the frame that shows it, ten keys a second and a second's rest after each 25,
            in one document: with the extension, while thousands of new files are indexed, an answer of a model
            streams into the chat and ghost text comes up, and without it while the same files come in. Rounds with
            and without take turns, each in a workbench of its own. Only keys that were pressed while the status item
            said `indexing` count with the extension.
activation  milliseconds from loading the extension's code to the end of its `activate`, as the editor itself tells
            (Developer: Show Running Extensions), each in a workbench of its own

    make vscode                                          packages the extension that is measured
    python -m benchmarks.vscode --tree DIR               about five minutes
    python -m benchmarks.vscode --tree DIR --part activation

The workbench is obtained as tests/editors/vscode/obtain.py does: code-server from npm, a Chromium without a screen.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import options
from benchmarks.corpus import copy_first
from benchmarks.measure import percentile
from benchmarks.results import Figure
from tests.editors.vscode.drive import EXTENSION, Run, build, set_up
from tests.editors.vscode.obtain import VERSION, Workbench, obtain
from tests.editors.vscode.project import Tree, write_project
from tests.servers.answering import model_that_streams

BENCHMARK = "VS Code"
PARTS = ("typing", "activation")
MEANWHILE = ("chat", "completions", "indexing")
"""What the extension does while somebody types; each can be left out, to see what it costs."""
EVERY_MS = 100
FIRST = "def total(width, height, depth, margin, limit):\n    "
WORD_EVERY_MS = 20
"""Fifty words a second are more than most models say."""
ANSWER = (
    "It is put together in **three parts** that know each other through one file of types. The *first* reads what "
    "comes in, the second keeps it, the third shows it:\n\n1. `read` takes a line\n2. `keep` writes it down\n\n"
    "```python\ndef keep(line):\n    return table.insert(line)\n```\n\n"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was pressed: milliseconds until it was seen, and what the status item said then."""

    ms: float
    status: str


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured with."""

    workbench: Workbench
    extension: Path
    scratch: Path
    coming: Path
    without: Sequence[str]

    def measured(self, name: str, what: str, *, is_installed: bool, keys: int = 0) -> Any:  # noqa: ANN401 - JSON
        """Open a workbench, measure, and close it."""
        home = self.scratch / name
        project = write_project(home / "work" / "project", Tree())
        (project.folder / "typed.py").write_text(FIRST, "utf-8")
        run = Run(self.extension, home)
        models = {"streaming": model_that_streams(ANSWER, WORD_EVERY_MS)}
        with set_up(run, self.workbench, project, models) as told:
            wanted = {"what": what, "isInstalled": is_installed, "keys": keys}
            told["measure"] = {
                **wanted,
                "everyMs": EVERY_MS,
                "coming": str(self.coming),
                "without": list(self.without),
            }
            file = home / "run.json"
            file.write_text(json.dumps(told), "utf-8")
            command = [self.workbench.node, "build/test/e2e/measure.js", str(file)]
            done = subprocess.run(command, cwd=self.extension, check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(home, ignore_errors=True)
        return json.loads(done.stdout)


def typing(bench: Bench, rounds: int, keys: int, inputs: str) -> list[Figure]:
    """Type with and without the extension, in turn."""
    without: list[float] = []
    with_it: list[float] = []
    for number in range(rounds):
        for is_installed in (number % 2 == 0, number % 2 != 0):
            told = bench.measured(f"typing-{number}", "typing", is_installed=is_installed, keys=keys)
            pressed = [Key(**key) for key in told]
            is_indexing = is_installed and "indexing" not in bench.without
            counted = [key.ms for key in pressed if not is_indexing or "indexing" in key.status]
            (with_it if is_installed else without).extend(counted)
            name = "with" if is_installed else "without"
            print(f"round {number + 1} {name}: {len(counted)} of {len(pressed)} keys, {_times(counted)}")
    if not with_it or not without:
        raise ValueError("no key was pressed while files were indexed: name a larger tree, or more --files")
    more = 100 * (statistics.median(with_it) / statistics.median(without) - 1)
    said = f"{inputs}; {len(with_it)} keys with, {len(without)} without, {rounds} rounds each"
    return [
        Figure("key to screen while indexing and chatting", _times(with_it), "", said),
        Figure("key to screen without the extension", _times(without), "", said),
        Figure("median key to screen, more than without", f"{more:+.1f} %", "", said),
    ]


def activation(bench: Bench, starts: int) -> list[Figure]:
    """Activate the extension in fresh workbenches."""
    took: list[float] = []
    for number in range(starts):
        took.append(float(bench.measured(f"activation-{number}", "activation", is_installed=True)))
        print(f"start {number + 1}: {took[-1]:.0f} ms")
    said = f"median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms"
    return [Figure("activation of the extension", said, "", f"{starts} starts")]


def _times(values: Sequence[float]) -> str:
    return f"p50 {percentile(values, 0.5):.1f} ms, p95 {percentile(values, 0.95):.1f} ms"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("vscode", __doc__)
    options.add_tree(parser)
    parser.add_argument("--extension", type=Path, default=EXTENSION, help="its folder (default: %(default)s)")
    parser.add_argument("--files", type=int, default=4_000, help="that come in (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="with and without (default: %(default)s)")
    parser.add_argument("--keys", type=int, default=100, help="of each round (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=7, help="for the activation (default: %(default)s)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this (repeat for more)")
    parser.add_argument(
        "--without", action="append", choices=MEANWHILE, help="typing alone (repeat for more)"
    )
    given = parser.parse_args(argv)
    parts = given.part or PARTS
    workbench = obtain()
    build(given.extension, workbench.node)
    rows: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        coming = Path(scratch) / "coming"
        bench = Bench(workbench, given.extension.resolve(), Path(scratch), coming, given.without or ())
        if "activation" in parts:
            rows += activation(bench, given.starts)
        if "typing" in parts:
            copy_first(given.tree, given.files, coming)
            shutil.rmtree(coming / ".git")
            left_out = "".join(f", without {part}" for part in bench.without)
            inputs = f"{given.files:,} files of {given.tree.name} coming in{left_out}"
            rows += typing(bench, given.rounds, given.keys, inputs)
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version(), f"code-server {VERSION}"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
