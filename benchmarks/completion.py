"""Embedded completion at positions in lines that later commits added, against n-gram models and longest match.

    python -m benchmarks.completion [--commits 100] [--positions 1000] [--record] REPOSITORY.git ...

Positions and what the editor holds there: `completion_cases.py`. What is counted as shown, exact and so on:
`completion_measures.py`. The methods that it is compared with: `completion_baselines.py`. The completer is given the
text and the cursor and nothing else for what it shows; for the next token alone it is told, as all others are, that
the word before the cursor is whole. All languages of kind "code" count; the repository's tree before the first of the
commits is the index, and stays it for all of them.

Then some added lines are typed key by key into the file, as it is without them: every suggestion that is right, as
far as it goes, is taken with one key, every other is typed over. Saved characters and times come from there, since
that is where edits are: one suggestion includes the update for one key. Times are CPU time, which other load on the
machine moves little; a suggestion is the work of one thread. Nothing is cut short by a deadline here.
`--jobs 2` takes two repositories at a time.
"""

from __future__ import annotations

import concurrent.futures
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.completion.local import LocalCompleter, RepositoryFile
from assistant.completion.local.generation import Step
from assistant.completion.local.scene import Scene
from assistant.completion.local.showing import CHARS, Policy, Shown, choose
from assistant.completion.model import CompletionRequest
from benchmarks import completion_baselines as baselines
from benchmarks import options, results
from benchmarks.completion_cases import Position, base_commit, base_files, positions
from benchmarks.completion_measures import Tally, Typing
from benchmarks.measure import percentile

ENGINE, PLAIN, CACHED, LONGEST = "assist", "six-gram", "six-gram with file cache", "longest match"
_HALF = Policy(shown=0.5, longer=0.5)
_NO_DEADLINE_S = 60.0
"""What is found does not depend on the load of the machine."""


@dataclass(slots=True)
class Measured:
    """Everything measured on one repository."""

    name: str
    source_bytes: int = 0
    build_cpu_s: float = 0.0
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    languages: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    typing: Typing = field(default_factory=Typing)


def measure(repository: Path, n_commits: int, n_positions: int, n_lines: int, seed: int) -> Measured:
    """Measure one repository."""
    measured = Measured(_name(repository))
    base = base_commit(repository, n_commits)
    files = [RepositoryFile(path, text, language) for path, language, text in base_files(repository, base)]
    measured.source_bytes = sum(len(file.text.encode()) for file in files if isinstance(file.text, str))
    drawn = positions(repository, base, n_positions, seed)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        completer = LocalCompleter.build(Path(folder), files)
        measured.build_cpu_s = time.process_time() - started
        for position in drawn:
            _measure_position(completer, position, measured)
        lines = random.Random(seed).sample(drawn, min(n_lines, len(drawn)))
        for position in lines:
            _type_line(completer, position, measured.typing)
    measured.tallies, measured.languages = dict(measured.tallies), dict(measured.languages)
    return measured


def _measure_position(completer: LocalCompleter, position: Position, measured: Measured) -> None:
    request = _request(position, len(position.before), position.before + position.after)
    suggestions = completer.suggest(request, _NO_DEADLINE_S)
    shown = None
    if suggestions:
        text = suggestions[0].text
        shown = Shown(text, suggestions[0].confidence, len(text) < CHARS)
    following = completer.next_tokens(request, 1)
    right = bool(following) and following[0][0] == position.next_token
    measured.tallies[ENGINE].add(position, shown, right)
    measured.languages[position.language].add(position, shown, right)
    seen = completer.look(request)
    if seen is None:
        for name in (PLAIN, CACHED, LONGEST):
            measured.tallies[name].add(position, None, False)
        return
    place, scene = seen
    scene = scene.continued(place.finished()[0])
    methods: tuple[tuple[str, Callable[[Scene], list[Step]]], ...] = (
        (PLAIN, lambda scene: baselines.write(scene, baselines.plain)),
        (CACHED, lambda scene: baselines.write(scene, baselines.cached)),
        (LONGEST, baselines.copied_line),
    )
    for name, write in methods:
        steps = write(scene)
        right = bool(steps) and steps[0].text == position.next_token
        measured.tallies[name].add(position, choose(steps, _HALF), right)


def _type_line(completer: LocalCompleter, position: Position, typing: Typing) -> None:
    """Type the line of a position from its first character, taking what is exact."""
    line_start = position.before.rfind("\n") + 1
    begun = position.before[line_start:]
    line = begun.lstrip() + position.rest
    before = position.before[: line_start + len(begun) - len(begun.lstrip())]
    at = 0
    while at < len(line):
        request = _request(position, len(before) + at, before + line[:at] + position.after)
        started = time.thread_time()
        suggestions = completer.suggest(request, _NO_DEADLINE_S)
        typing.seconds.append(time.thread_time() - started)
        typing.asked += 1
        text = suggestions[0].text if suggestions else ""
        taken = len(text) if text and line.startswith(text, at) else 1
        typing.wrong += bool(text) and taken == 1 and not line.startswith(text, at)
        typing.characters += taken
        typing.keys += 1
        at += taken


def _request(position: Position, offset: int, text: str) -> CompletionRequest:
    return CompletionRequest(Path(), position.path, text, offset, position.language)


def _name(repository: Path) -> str:
    folder = repository.resolve()
    return (folder.parent.name if folder.name in ("repo", ".git") else folder.name).removesuffix(".git")


def report(all_measured: Sequence[Measured]) -> list[results.Figure]:
    """Print the figures and return those to record."""
    methods: dict[str, Tally] = defaultdict(Tally)
    languages: dict[str, Tally] = defaultdict(Tally)
    for measured in all_measured:
        speed = measured.source_bytes / 1e6 / max(measured.build_cpu_s, 1e-9)
        print(
            f"\n{measured.name}: {measured.source_bytes / 1e6:.1f} MB, indexed at {speed:.1f} MB/s of CPU time"
        )
        for name, tally in measured.tallies.items():
            print(f"  {name:26} {tally.line()}")
            methods[name].merge(tally)
        for name, tally in measured.languages.items():
            languages[name].merge(tally)
    print("\nby language")
    for name, tally in sorted(languages.items(), key=lambda item: -item[1].positions):
        print(f"  {name:26} {tally.positions:5} positions  {tally.line()}")
    print("\nall positions together; next token as the mean over repositories")
    for name, tally in methods.items():
        print(f"  {name:26} {tally.line()}  mean {_mean_accuracy(all_measured, name):.3f}")
    _print_calibration(methods[ENGINE])
    return _figures(all_measured, methods)


def _mean_accuracy(all_measured: Sequence[Measured], method: str) -> float:
    return sum(measured.tallies[method].accuracy for measured in all_measured) / len(all_measured)


def _print_calibration(tally: Tally) -> None:
    print("\nconfidence said and exact in truth")
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        held = [(sure, right) for sure, right in tally.confidences if low <= sure < low + 0.1 + (low == 0.9)]
        if held:
            said = sum(sure for sure, _ in held) / len(held)
            true = sum(right for _, right in held) / len(held)
            print(f"  {said:.2f} said, {true:.2f} in truth, {len(held)} suggestions")


def _figures(all_measured: Sequence[Measured], methods: dict[str, Tally]) -> list[results.Figure]:
    engine = methods[ENGINE]
    names = ", ".join(sorted(measured.name for measured in all_measured))
    inputs = f"{engine.positions} positions in {len(all_measured)} repositories: {names}"
    others = [name for name in (PLAIN, CACHED, LONGEST) if name in methods]

    def row(name: str, of: Callable[[str], str], peers: bool = True) -> results.Figure:
        peer = "; ".join(f"{other} {of(other)}" for other in others) if peers else ""
        return results.Figure(name, of(ENGINE), peer, inputs)

    typing = Typing()
    for measured in all_measured:
        typing.characters += measured.typing.characters
        typing.keys += measured.typing.keys
        typing.wrong += measured.typing.wrong
        typing.asked += measured.typing.asked
        typing.seconds += measured.typing.seconds
    size = sum(measured.source_bytes for measured in all_measured)
    cpu_s = sum(measured.build_cpu_s for measured in all_measured)
    milliseconds = [1000 * seconds for seconds in typing.seconds]
    latency = f"p50 {percentile(milliseconds, 0.5):.1f} ms, p95 {percentile(milliseconds, 0.95):.1f} ms"
    figures = [
        row("exact among those shown", lambda name: f"{methods[name].exact_rate:.1%}"),
        row("shown at positions", lambda name: f"{methods[name].shown_rate:.1%}"),
        row(
            "whole rest of the line among those shown",
            lambda name: f"{methods[name].whole / max(methods[name].shown, 1):.1%}",
        ),
        row(
            "edit similarity of those shown",
            lambda name: f"{methods[name].similarity / max(methods[name].shown, 1):.3f}",
        ),
        row("next token, mean over repositories", lambda name: f"{_mean_accuracy(all_measured, name):.3f}"),
        row("characters saved of those typed", lambda _: f"{typing.saved:.1%}", peers=False),
        row("keys after which something wrong is shown", lambda _: f"{typing.wrong_rate:.1%}", peers=False),
        row("suggestion with one key's update, CPU", lambda _: latency, peers=False),
        row("indexing, CPU", lambda _: f"{size / 1e6 / max(cpu_s, 1e-9):.1f} MB/s", peers=False),
    ]
    print()
    for figure in figures:
        print(f"{figure.name}: {figure.result}" + (f"   ({figure.peer})" if figure.peer else ""))
    return figures


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("completion", __doc__)
    parser.add_argument(
        "repositories", nargs="+", type=Path, metavar="REPOSITORY.git", help="git directories"
    )
    parser.add_argument("--commits", type=int, default=100, help="the last so many (default: %(default)s)")
    parser.add_argument("--positions", type=int, default=1000, help="a repository (default: %(default)s)")
    parser.add_argument("--lines", type=int, default=40, help="typed a repository (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args(argv)
    chosen = (given.commits, given.positions, given.lines, given.seed)
    with concurrent.futures.ProcessPoolExecutor(given.jobs) as pool:
        running = [pool.submit(measure, repository, *chosen) for repository in given.repositories]
        all_measured = []
        for future in running:
            all_measured.append(future.result())
            print(f"{all_measured[-1].name}: {all_measured[-1].tallies[ENGINE].line()}", flush=True)
    figures = report(all_measured)
    options.record(given, "completion", figures, [options.assist_of(given).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
