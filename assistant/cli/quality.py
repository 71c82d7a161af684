"""``assist doctor --quality``: how well search answers the queries that a repository itself gives."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from assistant.cli.common import Interrupted
from assistant.cli.console import Console, count, duration, output, printable
from assistant.cli.progress import progress_bar
from assistant.cli.roots import roots_of
from assistant.quality.measuring import Measured, Progress, Sizes, measure
from assistant.quality.scores import Scored, Summary, by_kind, by_language, overall, summary, worst
from assistant.settings import load_settings

_KINDS = {
    "documentation": "documentation comments",
    "change": "subjects of commits",
    "symbol": "names",
    "words": "words of names",
}


def report_quality(
    repos: Sequence[Path], least: float | None, shown: int, *, as_json: bool, colour: str
) -> int:
    """Measure each repository and print what came of it; returns the exit code."""
    settings = load_settings(os.environ)
    outcomes = []
    for root in roots_of(repos):
        try:
            with _bars(quiet=as_json) as progress:
                outcomes.append(measure(root, settings, Sizes(), progress))
        except KeyboardInterrupt:
            raise Interrupted("interrupted; neither the repository nor its index was touched") from None
    if as_json:
        click.echo(json.dumps([_plain(one, least, shown) for one in outcomes], indent=2))
    else:
        console = output(colour)
        for one in outcomes:
            _print(console, one, least, shown)
    return 0 if all(_is_enough(one, least) for one in outcomes) else 1


def _is_enough(measured: Measured, least: float | None) -> bool:
    """Tell whether a repository passes; one that gives no queries does not."""
    return bool(measured.scored) and (least is None or overall(measured.scored) >= least)


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Progress]:
    """Give a callback that shows a bar for each step in turn."""
    with ExitStack() as stack:
        current = ""

        def advance(step: str, done: int, total: int) -> None:
            nonlocal current
            if step != current:
                stack.close()
                advance_bar[0] = stack.enter_context(
                    progress_bar(f"{step.capitalize()} ({{total}})", quiet=quiet)
                )
                current = step
            advance_bar[0](done, total)

        advance_bar = [lambda done, total: None]
        yield advance


def _print(console: Console, measured: Measured, least: float | None, shown: int) -> None:
    scored = measured.scored
    if not scored:
        console.write(
            f"{measured.root}: no queries can be derived; it has no documented definitions, no names and no commits "
            "that changed files of code"
        )
        return
    of = "" if measured.files == measured.of_files else f" of {measured.of_files:,}, a sample"
    at = f" at {measured.commit[:8]}, before its latest commits" if measured.commit else ""
    console.write(
        f"{count(len(scored), 'query', 'queries')} derived from {printable(str(measured.root))}{at} "
        f"({count(measured.files, 'file')}{of}; {duration(measured.seconds)})\n"
    )
    console.write(f"{'':26}{'score':>7}{'first':>8}{'lines':>8}{'queries':>9}")
    score = overall(scored)
    everything = summary(scored)
    console.write(
        _row("all, each kind as much", Summary(len(scored), score, everything.first, everything.lines))
    )
    for kind, mean in by_kind(scored).items():
        console.write(_row(f"  {_KINDS[kind]}", mean))
    languages = by_language(scored)
    if len(languages) > 1:
        for language, mean in languages.items():
            console.write(_row(f"  {language}", mean))
    console.write(
        "\nscore: NDCG@10, 1 if the right file always stands first. first: how often it does. lines: how often the "
        "right\nlines are shown first of the right file."
    )
    missed = worst(scored, shown)
    if missed:
        console.write("\nAnswered worst")
    for one in missed:
        console.write("\n".join(_example(console, one)))
    if least is not None:
        verdict = "at least" if score >= least else "less than"
        console.write(
            console.paint(f"\n{score:.3f} is {verdict} {least:g}", "good" if score >= least else "error")
        )


def _row(name: str, mean: Summary) -> str:
    lines = "" if mean.lines is None else f"{mean.lines:.0%}"
    return f"{name:26}{mean.ndcg:>7.3f}{mean.first:>8.0%}{lines:>8}{mean.queries:>9}"


def _example(console: Console, one: Scored) -> list[str]:
    target = one.query.targets[0]
    place = target.path + ("" if target.lines is None else f":{target.lines[0]}-{target.lines[1]}")
    others = len(one.query.targets) - 1
    more = f" and {count(others, 'other file')}" if others else ""
    where = f"was number {one.rank}" if one.rank else "was not among the first 10"
    first = f"; {one.first} came first" if one.first and one.rank != 1 else ""
    return [
        f"  {one.query.kind.value + ':':15}{console.paint(printable(one.query.text), 'match')}",
        f"  {'':15}{console.paint(printable(place), 'path')}{more} {where}{printable(first)}",
    ]


def _plain(measured: Measured, least: float | None, shown: int) -> dict[str, Any]:
    """Return an outcome as plain values."""
    scored = measured.scored
    return {
        "repository": str(measured.root),
        "commit": measured.commit,
        "files": measured.files,
        "of_files": measured.of_files,
        "seconds": round(measured.seconds, 1),
        "queries": len(scored),
        "score": round(overall(scored), 4) if scored else None,
        "min": least,
        "ok": _is_enough(measured, least),
        "kinds": {name: _means(mean) for name, mean in by_kind(scored).items()},
        "languages": {name: _means(mean) for name, mean in by_language(scored).items()},
        "worst": [
            {**one.query.as_row(), "ndcg": round(one.ndcg, 4), "rank": one.rank, "first": one.first}
            for one in worst(scored, shown)
        ],
    }


def _means(mean: Summary) -> dict[str, Any]:
    rounded = {name: value if value is None else round(value, 4) for name, value in asdict(mean).items()}
    return {**rounded, "queries": mean.queries}
