"""``assist search``: what it prints for people, for editors and for programs."""

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from assistant.retrieval.explanation import explained
from assistant.retrieval.ranking import WEIGHTS, Weights
from assistant.retrieval.results import SearchResult
from tests.assistant.cli_support import FILES, Cli, Home, process_environment, run_process, write_files


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return write_files(tmp_path / "shop", FILES)


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repo: Path
) -> Cli:
    monkeypatch.chdir(repo)
    return Cli(Home(tmp_path), capsys, monkeypatch)


def test_a_result_is_a_header_and_numbered_lines(cli: Cli) -> None:
    ran = cli("search", "TCPConnector")
    header, first = ran.out.splitlines()[:2]
    assert re.fullmatch(r"src/connector\.py:\d+-\d+ +class TCPConnector +defines TCPConnector", header)
    assert re.fullmatch(r" +4  class TCPConnector:", first)
    assert ran.code == 0


def test_matches_are_painted_only_where_colours_are_wanted(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli("search", "TCPConnector").out
    painted = cli("search", "TCPConnector", "--color", "always").out
    assert "class \x1b[1;33mTCPConnector\x1b[0m:" in painted
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in cli("search", "TCPConnector").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("search", "TCPConnector").out
    assert "\x1b" in cli("search", "TCPConnector", "--color", "always").out


def test_paths_open_from_the_current_folder(cli: Cli, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / ".git").mkdir()
    monkeypatch.chdir(repo / "tests")
    assert cli("search", "TCPConnector", "--files").out.splitlines()[0] == os.path.join(
        "..", "src", "connector.py"
    )
    monkeypatch.chdir(repo.parent)
    assert cli("search", "TCPConnector", "--files", "--repo", "shop").out.splitlines()[0] == os.path.join(
        "shop", "src/connector.py"
    )


def test_files_are_listed_once_each(cli: Cli) -> None:
    found = cli("search", "connections", "--files").out.splitlines()
    assert "src/connector.py" in found
    assert len(found) == len(set(found))


def test_grep_form_is_path_line_text(cli: Cli, repo: Path) -> None:
    lines = cli("search", "TCPConnector", "--grep").out.splitlines()
    for line in lines:
        path, number, text = line.split(":", 2)
        assert (repo / path).read_text().splitlines()[int(number) - 1] == text
    assert "src/connector.py:4:class TCPConnector:" in lines


def test_explain_shows_shares_that_add_up_to_the_score(cli: Cli) -> None:
    ran = cli("search", "--explain", "close pooled connection")
    header, *rest = ran.out.split("\n\n")[0].splitlines()
    assert header.startswith("src/connector.py:")
    start = next(number for number, line in enumerate(rest) if line.strip().startswith("score "))
    shares = [float(line.split()[0]) for line in rest[start + 1 :]]
    assert len(shares) > 3
    assert abs(sum(shares) - float(rest[start].split()[1])) < 0.01
    assert "searched for words and meaning" in ran.err


def test_explain_in_json_tells_value_and_weight(cli: Cli) -> None:
    found = json.loads(cli("search", "--explain", "--json", "TCPConnector").out)
    first = found["results"][0]
    shares = {share["name"]: share for share in first["explanation"]}
    assert shares["defines"]["weight"] == WEIGHTS.defines
    for share in first["explanation"]:
        if share["weight"] is not None:
            assert share["value"] * share["weight"] == pytest.approx(share["score"], abs=2e-3)
    assert sum(share["score"] for share in first["explanation"]) == pytest.approx(first["score"], abs=5e-3)
    assert "the name TCPConnector" in found["notes"][0]
    assert "explanation" not in json.loads(cli("search", "--json", "TCPConnector").out)["results"][0]


def test_every_weight_has_a_meaning_for_people() -> None:
    for field in fields(Weights):
        place = SearchResult(Path(), "a.py", 1, 1, 1.0, "python", "", "text", {field.name: 0.1})
        assert explained(place, WEIGHTS)[0].meaning != field.name.replace("_", " ")


def test_explain_excludes_bare_lists(cli: Cli) -> None:
    assert cli("search", "--explain", "--files", "pool").code == 2


def test_context_adds_the_lines_around(cli: Cli) -> None:
    out = cli("search", '"self.pool.clear()"', "-C", "1").out
    assert "\n    8          " in out
    assert "\n    9          self.pool.clear()" in out
    assert len(cli("search", '"self.pool.clear()"', "--no-snippet").out.splitlines()) == 1


def test_limit_is_kept(cli: Cli) -> None:
    assert len(cli("search", "TCPConnector", "-n", "1", "--no-snippet").out.splitlines()) == 1


def test_json_has_every_field(cli: Cli) -> None:
    shown = json.loads(cli("search", "TCPConnector", "--json").out)
    assert shown.keys() == {"query", "kind", "ms", "files", "results", "notes"}
    assert (shown["query"], shown["kind"], shown["files"]) == ("TCPConnector", "symbol", len(FILES))
    best = shown["results"][0]
    assert best.keys() == {
        "path",
        "start_line",
        "end_line",
        "score",
        "language",
        "name",
        "kind",
        "reason",
        "lines",
        "evidence",
    }
    assert (best["path"], best["language"], best["kind"]) == ("src/connector.py", "python", "class")
    assert {"line": 4, "text": "class TCPConnector:"} in best["lines"]


def test_several_repositories_are_searched_together(cli: Cli, tmp_path: Path, repo: Path) -> None:
    other = write_files(tmp_path / "other", {"pool.py": "class TCPConnectorPool:\n    pass\n"})
    shown = json.loads(cli("search", "TCPConnector", "--repo", repo, "--repo", other, "--json").out)
    assert {result["repo"] for result in shown["results"]} == {str(repo), str(other)}
    assert str(other / "pool.py") in cli("search", "TCPConnectorPool", "--repo", repo, "--repo", other).out


def test_filters_may_begin_with_a_dash(cli: Cli) -> None:
    assert "tests/test_connector.py" in cli("search", "TCPConnector", "--files").out
    assert "tests/test_connector.py" not in cli("search", "TCPConnector", "-path:tests", "--files").out


def test_a_misspelt_name_suggests_the_right_one(cli: Cli) -> None:
    ran = cli("search", "sym:TCPConector")
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean TCPConnector?" in ran.err
    assert f"in {len(FILES)} files of" in ran.err


def test_the_filter_that_leaves_nothing_is_named(cli: Cli) -> None:
    ran = cli("search", "lang:rust", "TCPConnector")
    assert ran.code == 1
    assert "No file fits lang:rust." in ran.err
    assert "The languages here are go, markdown, python." in ran.err
    assert "Did you mean" not in ran.err
    both = cli("search", "lang:go", "path:tests", "TCPConnector")
    assert "Each filter fits something, but nothing fits all of them." in both.err


def test_nothing_found_as_json_has_its_notes(cli: Cli) -> None:
    ran = cli("search", "lang:rust", "TCPConnector", "--json")
    shown = json.loads(ran.out)
    assert ran.code == 1
    assert shown["results"] == []
    assert "No file fits lang:rust." in shown["notes"]


def test_queries_are_answered_line_by_line(cli: Cli, tmp_path: Path) -> None:
    asked = tmp_path / "queries.jsonl"
    asked.write_text('{"query": "TCPConnector"}\n\n{"query": "parse a PDF"}\n')
    rows = [json.loads(line) for line in cli("search", "--queries", asked).out.splitlines()]
    assert [row["query"] for row in rows] == ["TCPConnector", "parse a PDF"]
    assert all(row.keys() == {"query", "ms", "results"} for row in rows)
    assert rows[0]["results"][0].keys() == {"path", "start_line", "end_line", "score"}
    assert rows[1]["results"][0]["path"] == "src/pdf.py"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no JSON"),
        ('{"question": "x"}', "no query"),
        ('{"query": 3}', "no query"),
        ('{"query": "lan:go x"}', "lan"),
        ('{"query": "/(/"}', "regular expression"),
    ],
)
def test_a_bad_line_of_queries_is_named(cli: Cli, tmp_path: Path, line: str, problem: str) -> None:
    asked = tmp_path / "queries.jsonl"
    asked.write_text('{"query": "tea"}\n' + line + "\n")
    ran = cli("search", "--queries", asked)
    assert ran.code == 2
    assert len(ran.out.splitlines()) == 1
    assert f"{asked}, line 2" in ran.err
    assert problem in ran.err


def test_queries_and_a_trace_are_read_from_standard_input(cli: Cli, repo: Path) -> None:
    rows = run_process(cli.home, ["search", "--queries", "-"], cwd=repo, text='{"query": "tea"}\n').out
    assert json.loads(rows)["query"] == "tea"
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/app/main.py", line 3, in <module>\n    run()\n'
        '  File "/app/src/connector.py", line 9, in close\n    self.pool.clear()\n'
        "AttributeError: 'TCPConnector' object has no attribute 'pool'\n"
    )
    shown = json.loads(run_process(cli.home, ["search", "-", "--json"], cwd=repo, text=trace).out)
    assert shown["kind"] == "trace"
    assert shown["results"][0]["path"] == "src/connector.py"
    assert 9 in [line["line"] for line in shown["results"][0]["lines"]]


@pytest.mark.parametrize(
    "args",
    [
        ["search"],
        ["search", " "],
        ["search", "tea", "--queries", "x"],
        ["search", "tea", "--json", "--files"],
        ["search", "tea", "-n", "0"],
        ["search", "lan:go tea"],
        ["search", "/(/"],
    ],
)
def test_wrong_use_is_said_in_two_lines(cli: Cli, args: list[str]) -> None:
    ran = cli(*args)
    assert (ran.code, ran.out) == (2, "")
    what, action = ran.err.splitlines()
    assert what.startswith("error: ")
    assert action.startswith("       ")


def test_strange_paths_and_lines_print_safely(cli: Cli, repo: Path) -> None:
    name = b"src/new\nline-\xff.py"
    (repo / os.fsdecode(name)).write_text('def strangely():\n    return "\x1b[31mred"\n')
    ran = cli("search", "strangely", "-n", "1", "-C", "2")
    assert ran.out.splitlines()[0].startswith("src/new\\nline-\\xff.py:1")
    assert "\x1b" not in ran.out
    assert "\\x1b[31mred" in ran.out
    shown = json.loads(cli("search", "strangely", "-n", "1", "--json").out)
    assert os.fsencode(shown["results"][0]["path"]) == name


def test_long_lines_are_cut_for_people_only(cli: Cli, repo: Path) -> None:
    long = "sentinel_value = '" + "tea " * 600 + "'"
    (repo / "long.py").write_text(long + "\n")
    text = cli("search", "sentinel_value", "-n", "1").out.splitlines()[1]
    assert len(text) < 520
    assert text.endswith("…")
    shown = json.loads(cli("search", "sentinel_value", "-n", "1", "--json").out)
    assert shown["results"][0]["lines"][0]["text"] == long


def test_a_closed_pipe_ends_it_silently(cli: Cli, repo: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "search", "--queries", "-"],
        cwd=repo,
        env=process_environment(cli.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write('{"query": "tea"}\n')
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    for _ in range(3):
        process.stdin.write('{"query": "tea"}\n')
    process.stdin.close()
    assert process.stderr.read() == ""
    assert process.wait() == 0
    process.stderr.close()
