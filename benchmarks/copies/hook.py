"""What the pre-commit hook costs: `assist check-copies --staged` on ten changed files, the whole process, warm.

    python -m benchmarks.copies.hook --tree SOURCE --cache FOLDER --fragments CORPUS

A git repository of 300 files of the tree is made; to each of ten, 20 lines are added and staged: those of five stand in
a file of CORPUS, which the cache's corpora hold (`build --cache`), those of the others are the tree's own.
"""

from __future__ import annotations

import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks import options
from benchmarks.assist_command import Assist
from benchmarks.copies.detectors import BENCHMARK
from benchmarks.corpus import copy_first
from benchmarks.measure import percentile, run
from benchmarks.results import Figure

FILES, CHANGED, ADDED_LINES = 300, 10, 20
_EXIT_FINDINGS = 1


def stage_changes(copies: Sequence[Path], fragments: Path, random: Random) -> list[Path]:
    """Add lines to ten files and stage them; every other addition is a copy of lines under `fragments`."""
    suffix = ".py"
    files = [path for path in copies if path.suffix == suffix]
    changed = random.sample(files, CHANGED)
    corpus = sorted(path for path in fragments.rglob(f"*{suffix}") if path.stat().st_size > 4_000)
    for number, path in enumerate(changed):
        source = random.choice(corpus if number % 2 else [file for file in files if file not in changed])
        lines = source.read_text("utf-8", "replace").split("\n")
        at = random.randrange(max(1, len(lines) - ADDED_LINES))
        with path.open("a", encoding="utf-8") as stream:
            stream.write("\n" + "\n".join(lines[at : at + ADDED_LINES]) + "\n")
    root = Path(_git(changed[0].parent, "rev-parse", "--show-toplevel").strip())
    _git(root, "add", "--update")
    return changed


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def times(assist: Assist, root: Path, cache: Path, runs: int) -> tuple[list[float], list[float], str]:
    """Wall and CPU seconds of each run, and what the last one said; findings are no failure here."""
    command = shlex.join(assist.words("check-copies", "--staged"))
    # The shell costs about a millisecond and turns the exit status that tells of findings into success.
    words = ["sh", "-c", f"cd {shlex.quote(str(root))} && {{ {command}; test $? -le {_EXIT_FINDINGS}; }}"]
    wall, cpu, said = [], [], ""
    for _ in range(runs):
        measured = run(words, assist.environment(cache))
        wall.append(measured.wall_s)
        cpu.append(measured.cpu_s)
        said = measured.stdout
    return wall, cpu, said


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("copies.hook", __doc__)
    options.add_tree(parser)
    parser.add_argument("--cache", type=Path, required=True, help="the cache that `build` made")
    parser.add_argument("--fragments", type=Path, required=True, help="a folder that its corpora hold")
    parser.add_argument("--runs", type=int, default=20, help="(default: %(default)s)")
    parser.add_argument("--show", action="store_true", help="print what the last run said")
    given = parser.parse_args(argv)
    assist = options.assist_of(given)
    with tempfile.TemporaryDirectory(prefix="hook-") as scratch:
        root = Path(scratch) / "repository"
        copies = copy_first(given.tree, FILES, root)
        stage_changes(copies, given.fragments, Random(1))
        times(assist, root, given.cache, 2)
        wall, cpu, said = times(assist, root, given.cache, given.runs)
    if given.show:
        print(said)
    result = (
        f"median {1000 * statistics.median(wall):.0f} ms, p95 {1000 * percentile(wall, 0.95):.0f} ms, "
        f"CPU median {1000 * statistics.median(cpu):.0f} ms"
    )
    inputs = (
        f"{CHANGED} files with {ADDED_LINES} added lines of {FILES} of {given.tree.name}, {given.runs} runs"
    )
    figure = Figure("check-copies --staged, whole process", result, "", inputs)
    print(f"{figure.name}: {figure.result} ({figure.inputs})")
    options.record(given, BENCHMARK, [figure], [assist.version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
