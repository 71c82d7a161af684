"""``assist eval``: prompts x models x repetitions, held against what is expected and against an earlier run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import Command, colour_option, json_option

if TYPE_CHECKING:  # neither the engine nor httpx is needed to print help
    from assistant.cli.common import Prepared
    from assistant.evaluation import Answered, Comparison, Run, Suite
    from assistant.models import Models

_FILE = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be run."""

    suite: "Suite"
    prepared: "Prepared"
    models: "Models"
    jobs: int
    quiet: bool


@click.command(
    name="eval",
    cls=Command,
    examples=(
        ("assist eval questions.yaml", "Ask everything in a file, and see what passes"),
        (
            "assist eval questions.yaml --backend none --repeat 3",
            "Without a model, or with another than the file names",
        ),
        (
            "assist eval questions.yaml --compare last --html report.html",
            "See what got worse since the last run, answers side by side",
        ),
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--backend",
    "backends",
    metavar="NAME",
    multiple=True,
    help="Ask this backend instead of those in the file; may be repeated. none answers without a model.",
)
@click.option("--only", "names", metavar="NAME", multiple=True, help="Run this case; may be repeated.")
@click.option(
    "--repeat",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Ask everything N times instead of as often as the file says.",
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Requests at a time to each backend; more than one makes latencies longer.",
)
@click.option(
    "--compare", "reference", metavar="RUN", help="Compare with a saved run: last, a file, or its time."
)
@click.option("--save", "file_to_save", type=_FILE, help="Save the run here instead of with the others.")
@click.option("--html", "html_file", type=_FILE, help="Write a report: one file, answers side by side.")
@click.option("--offline", is_flag=True, help="Send nothing, to this machine neither; as ASSIST_OFFLINE=1.")
@json_option
@colour_option
def command(
    file: Path,
    backends: tuple[str, ...],
    names: tuple[str, ...],
    repeat: int | None,
    jobs: int,
    reference: str | None,
    file_to_save: Path | None,
    html_file: Path | None,
    offline: bool,
    as_json: bool,
    colour: str,
) -> int:
    """Ask a file of questions, of one or several models, and check the answers.

    The file says what is expected: words, citations, a form, a time. Each run is saved, and can be compared with an
    earlier one, when the model or a prompt has changed. Exit code 0 means that everything passed and nothing is worse,
    1 that something failed or got worse.
    """
    import os

    from assistant.cli.asking import open_models
    from assistant.cli.common import prepare, warn
    from assistant.conversation import data_folder
    from assistant.evaluation import compare, only, read_suite, saved_runs

    suite = only(read_suite(file, backends, repeat), names)
    data = data_folder(os.environ)
    earlier = _earlier(reference, data, suite) if reference else None
    prepared = prepare([suite.repository])
    warn(prepared.notes)
    models = open_models(prepared.engine.settings, offline=offline)
    run = _run(_Work(_with_backends(suite, models), prepared, models, jobs, as_json))
    if not run.answers:
        raise KeyboardInterrupt("interrupted; nothing was answered yet")
    saved = file_to_save or saved_runs.file_for(data, run)
    saved_runs.save(run, saved)
    comparison = compare(run, earlier) if earlier else None
    if html_file:
        from assistant.evaluation import html_report

        html_file.write_text(html_report(run, comparison), encoding="utf-8", newline="\n")
    _print(run, comparison, saved, colour, as_json=as_json)
    if not run.complete:
        raise KeyboardInterrupt(f"interrupted; {len(run.answers):,} answers are in {saved}")
    return 0 if run.passed and not (comparison and comparison.worse) else 1


def _earlier(reference: str, data: Path, suite: "Suite") -> "Run | None":
    """Return the run to compare with; None, with a note, if the last is wanted and there is none yet."""
    from assistant.cli.common import warn
    from assistant.evaluation import NoEarlierRunError, saved_runs

    try:
        return saved_runs.load(saved_runs.find(reference, data, suite.file))
    except NoEarlierRunError:
        warn(["there is no earlier run to compare with; the next one has this"])
        return None


def _agree(suite: "Suite", models: "Models") -> None:
    """Have the user agree to every remote host before the first request.

    :raises SettingsError: for a backend that is not configured.
    :raises ConsentError: for a no.
    """
    from assistant.cli.asking import agree
    from assistant.privacy import Part, Typed

    prompts = [Part(case.prompt, Typed()) for case in suite.cases]
    for name in suite.backends:
        config = models.choose(name)
        if config is not None:
            agree(models, config, models.gate.prepare(prompts))


def _with_backends(suite: "Suite", models: "Models") -> "Suite":
    """Return a suite in which every case has backends: the user's usual one where nothing names any."""
    from dataclasses import replace

    if all(case.backends for case in suite.cases):
        return suite
    usual = models.choose()
    name = usual.name if usual else "none"
    return replace(
        suite, cases=tuple(replace(case, backends=case.backends or (name,)) for case in suite.cases)
    )


def _run(work: _Work) -> "Run":
    """Run a suite; what is done when the user interrupts it is kept."""
    import asyncio
    import datetime

    from assistant import __version__
    from assistant.cli.common import warn
    from assistant.cli.progress import progress_bar
    from assistant.evaluation import Answered, Run, count, run_suite
    from assistant.evaluation.asking import fingerprints
    from assistant.evaluation.repository_runner import RepositoryRunner, index_id

    suite, root = work.suite, work.prepared.roots[0]
    runner = RepositoryRunner(work.prepared.engine, root, work.models)
    _agree(suite, work.models)
    runner.require_backends(suite.backends)
    warn(runner.notes(suite.file))
    hashes = fingerprints(suite, runner.library)
    snapshot = work.prepared.engine.snapshot(root)
    assert snapshot is not None  # prepare() made it
    started = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    answers: list[Answered] = []
    total = count(suite)

    async def run() -> None:
        try:
            await run_suite(suite, runner, take, jobs=work.jobs)
        finally:
            await runner.aclose()

    with progress_bar("Asking {total} times", quiet=work.quiet) as progress:

        def take(answer: Answered) -> None:
            answers.append(answer)
            progress(len(answers), total)

        progress(0, total)
        try:
            asyncio.run(run())
        except KeyboardInterrupt:
            pass  # what is done is kept; the run says that it is not complete
    return Run(
        suite=str(suite.file),
        repository=str(root),
        started=started,
        version=__version__,
        index_generation=index_id(snapshot),
        complete=len(answers) == total,
        answers=_in_order(suite, answers),
        fingerprints=hashes,
    )


def _in_order(suite: "Suite", answers: "Sequence[Answered]") -> "tuple[Answered, ...]":
    place = {case.name: number for number, case in enumerate(suite.cases)}
    backends = {name: number for number, name in enumerate(suite.backends)}
    return tuple(sorted(answers, key=lambda a: (place[a.case], backends[a.backend], a.repetition)))


def _print(run: "Run", comparison: "Comparison | None", saved: Path, colour: str, *, as_json: bool) -> None:
    from assistant.cli.console import output, printable

    if as_json:
        import json

        click.echo(json.dumps(_as_data(run, comparison, saved)))
        return
    from assistant.cli.eval_grid import changes, failures, grid

    console = output(colour)
    blocks = [grid(run, console), "\n".join(failures(run, console))]
    if comparison is not None:
        blocks.append("\n".join(changes(comparison, console)))
    passed = sum(answer.passed for answer in run.answers)
    blocks.append(f"{passed:,} of {len(run.answers):,} passed · saved: {printable(str(saved))}")
    console.write("\n\n".join(block for block in blocks if block))


def _as_data(run: "Run", comparison: "Comparison | None", saved: Path) -> dict[str, object]:
    from assistant.evaluation.saved_runs import as_data

    data: dict[str, object] = {**as_data(run), "passed": run.passed, "saved": str(saved)}
    if comparison is not None:
        data["comparison"] = {
            "with": comparison.before.started,
            "changes": [
                {
                    "case": change.now.case,
                    "backend": change.now.backend,
                    "verdict": change.verdict.value,
                    "passed_before": change.before.passed,
                    "of_before": len(change.before.answers),
                    "passed": change.now.passed,
                    "of": len(change.now.answers),
                    "causes": list(change.causes),
                }
                for change in comparison.changes
            ],
            "added": [list(place) for place in comparison.added],
            "missing": [list(place) for place in comparison.missing],
        }
    return data
