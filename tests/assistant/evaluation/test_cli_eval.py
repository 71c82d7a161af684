"""``assist eval``: the grid, why something failed, saved runs, comparison, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.evaluation.saved_runs import load, runs_folder
from tests.assistant.cli_support import FILES, Cli, Home, process_environment, write_files
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer

GOOD = "`PdfReader.parse` turns a PDF into pages [src/pdf.py:2-4]."
BAD = "It is parsed in [src/parser.py:10]."
CASES = """\
repository: ../shop
repetitions: 2
cases:
  - name: pdf
    prompt: where are PDFs parsed?
    assert: {no_failed_citation: true, cites: src/pdf.py}
"""

Configure = Callable[..., None]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    write_files(tmp_path / "shop", FILES)
    write_files(tmp_path / "evals", {"q.yaml": CASES})
    monkeypatch.chdir(tmp_path / "evals")
    for name in ("ASSIST_OFFLINE", "ASSIST_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return Cli(Home(tmp_path), capsys, monkeypatch)


@pytest.fixture
def configure(tmp_path: Path, server: RunningServer) -> Configure:
    def configured(**models: str) -> None:
        tables = [
            f'[backends.{name}]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "{model}"\nmax_retries = 0\n'
            for name, model in models.items()
        ]
        write_files(tmp_path / "config", {"config.toml": "\n".join(tables)})

    return configured


def saved_runs(cli: Cli) -> list[Path]:
    folder = runs_folder(cli.home.folder / "data", (cli.home.folder / "evals" / "q.yaml").resolve())
    return sorted(folder.iterdir()) if folder.exists() else []


def test_all_passed_is_exit_code_0_and_a_saved_run(cli: Cli) -> None:
    ran = cli("eval", "q.yaml", "--backend", "none")
    (saved,) = saved_runs(cli)
    assert (ran.code, ran.err) == (0, "")
    grid, end = ran.out.strip().split("\n\n")
    assert grid.splitlines()[0].split() == ["none"]
    assert grid.splitlines()[1].split()[:2] == ["pdf", "2/2"]
    assert end == f"2 of 2 passed · saved: {saved}"
    assert [answer.backend for answer in load(saved).answers] == ["none", "none"]


def test_models_side_by_side_and_a_failure_in_a_line(cli: Cli, configure: Configure) -> None:
    configure(good=model_that_says(GOOD, GOOD + " "), half=model_that_says(GOOD, BAD), down="status:500")
    ran = cli("eval", "q.yaml", "--backend", "good", "--backend", "half", "--backend", "down")
    assert ran.code == 1
    grid, failed, end = ran.out.strip().split("\n\n")
    assert grid.splitlines()[0].split() == ["good", "half", "down"]
    assert [word for word in grid.split() if "/" in word] == ["2/2", "1/2", "0/2"]
    assert "14 tokens" in grid
    lines = failed.splitlines()
    assert lines[0].startswith(
        "failed  pdf · half: no_failed_citation: true: 1 untrue, first [src/parser.py:10] ("
    )
    assert lines[0].endswith("(1 of 2)")
    assert lines[-1].startswith('failed  pdf · down: backend "down"')
    assert lines[-1].endswith("(2 of 2)")
    assert end.startswith("3 of 6 passed")


def test_what_got_worse_is_told_apart_by_model_and_prompt(cli: Cli, configure: Configure) -> None:
    configure(work=model_that_says(GOOD, GOOD))
    first = cli("eval", "q.yaml", "--backend", "work", "--compare", "last")
    assert (first.code, first.err) == (
        0,
        "note: there is no earlier run to compare with; the next one has this\n",
    )
    worse = model_that_says(BAD, BAD)
    configure(work=worse)
    second = cli("eval", "q.yaml", "--backend", "work", "--compare", "last")
    assert second.code == 1
    assert f"worse    pdf · work: 2/2 -> 0/2 (model: {model_that_says(GOOD, GOOD)} -> {worse})" in second.out
    again = Path("q.yaml")
    again.write_text(CASES.replace("where are PDFs parsed?", "where is a PDF read?"))
    configure(work=model_that_says(GOOD, GOOD))
    third = cli("eval", "q.yaml", "--backend", "work", "--compare", "last", "--json")
    (change,) = json.loads(third.out)["comparison"]["changes"]
    assert third.code == 0
    assert (change["verdict"], change["passed_before"], change["passed"]) == ("better", 0, 2)
    assert [cause.partition(":")[0] for cause in change["causes"]] == ["model", "prompt"]
    assert len(saved_runs(cli)) == 3


def test_worse_than_before_is_exit_code_1_although_something_passes(cli: Cli, configure: Configure) -> None:
    configure(work=model_that_says(BAD))
    cli("eval", "q.yaml", "--backend", "work", "--save", "../before.json")
    ran = cli("eval", "q.yaml", "--backend", "none", "--compare", "../before.json")
    assert ran.code == 0
    assert "better   pdf · none: 0/2 -> 2/2 (backend: work -> none)" in ran.out
    back = cli("eval", "q.yaml", "--backend", "work", "--compare", "last")
    assert back.code == 1


def test_the_index_has_changed_only_if_a_file_has(cli: Cli) -> None:
    def identity() -> str:
        index: str = json.loads(cli("eval", "q.yaml", "--repeat", "1", "--json").out)["index_generation"]
        return index

    first = identity()
    touched = cli.home.folder / "shop" / "src" / "pdf.py"
    touched.touch()
    assert identity() == first
    touched.write_text(touched.read_text() + "\n# more\n")
    assert identity() != first


def test_json_is_the_whole_run(cli: Cli) -> None:
    ran = cli("eval", "q.yaml", "--repeat", "1", "--json", "--save", "run.json")
    shown = json.loads(ran.out)
    assert shown["passed"] is True
    assert shown["saved"] == "run.json"
    assert [answer["backend"] for answer in shown["answers"]] == ["none"]
    assert load(Path("run.json")).fingerprints.keys() == {"pdf"}


def test_a_report_is_written(cli: Cli) -> None:
    assert cli("eval", "q.yaml", "--html", "report.html").code == 0
    html = Path("report.html").read_text(encoding="utf-8")
    assert "q.yaml: 2 of 2 passed" in html
    assert '<cite class="good"' in html


def test_a_case_file_in_the_index_is_told(cli: Cli) -> None:
    write_files(cli.home.folder / "shop", {"evals/q.yaml": CASES.replace("../shop", "..")})
    ran = cli("eval", "../shop/evals/q.yaml")
    assert "note: evals/q.yaml is indexed" in ran.err


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (["eval", "none.yaml"], 2, "none.yaml"),
        (["eval", "bad.yaml"], 2, 'error: bad.yaml:2: unknown key "promt"\n       did you mean "prompt"?'),
        (["eval", "q.yaml", "--backend", "wrok"], 2, 'no backend "wrok"'),
        (["eval", "q.yaml", "--only", "dpf"], 2, 'did you mean "pdf"?'),
        (["eval", "q.yaml", "--compare", "bad.yaml"], 2, "is no saved run"),
        (["eval", "q.yaml", "--compare", "2020"], 2, 'no run "2020"'),
        (["eval", "q.yaml", "--repeat", "0"], 2, "--repeat"),
        (["eval", "empty.yaml"], 3, "no text files"),
    ],
)
def test_what_is_wrong_and_what_to_do(cli: Cli, args: list[str], code: int, problem: str) -> None:
    write_files(
        Path(),
        {"bad.yaml": "cases:\n  - promt: a\n", "empty.yaml": "repository: nothing\ncases: [{prompt: a}]\n"},
    )
    Path("nothing").mkdir()
    ran = cli(*args)
    assert (ran.code, ran.out) == (code, "")
    assert problem in ran.err
    assert saved_runs(cli) == []


def test_a_remote_backend_needs_consent_before_anything_is_sent(cli: Cli) -> None:
    table = '[backends.far]\nkind = "openai"\nurl = "https://llm.example/v1"\nmodel = "m"\n'
    write_files(cli.home.folder / "config", {"config.toml": table})
    ran = cli("eval", "q.yaml", "--backend", "far")
    assert ran.code == 3
    assert "https://llm.example" in ran.err
    offline = cli("eval", "q.yaml", "--backend", "far", "--offline")
    assert offline.code == 1
    assert "you are offline" in offline.out


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_keeps_what_is_done(cli: Cli, configure: Configure, server: RunningServer) -> None:
    configure(hangs="silent:ctrl-c")
    cli("index", "--repo", "../shop")
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "eval", "q.yaml", "--backend", "none", "--backend", "hangs"],
        env=process_environment(cli.home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        while not server.requests("silent:ctrl-c"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    server.wait_until_gone("silent:ctrl-c")
    (saved,) = saved_runs(cli)
    run = load(saved)
    assert process.returncode == 130
    assert err.strip() == f"interrupted; {len(run.answers)} answers are in {saved}"
    assert "none" in out
    assert not run.complete
    assert {answer.backend for answer in run.answers} == {"none"}
