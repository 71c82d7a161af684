"""``assist doctor`` and how errors are shown."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def checks(ran_out: str) -> dict[str, dict[str, object]]:
    return {check["name"]: check for check in json.loads(ran_out)["checks"]}


def test_a_healthy_installation(cli: Cli) -> None:
    cli("index")
    ran = cli("doctor", "--json")
    found = checks(ran.out)
    assert [name for name, check in found.items() if not check["ok"]] == []
    assert ran.code == 0
    assert {
        "python",
        "tantivy",
        "faiss-cpu",
        "numpy",
        "tree-sitter",
        "grammars",
        "model",
        "git",
    } <= found.keys()
    assert {"sentence-transformers", "terminal", "cache folder", "index of shop"} <= found.keys()
    assert f"intact, {len(FILES)} files" in str(found["index of shop"]["detail"])
    assert cli("doctor").out.endswith("Everything works.\n")


def test_a_stale_index_is_no_problem(cli: Cli, repo: Path) -> None:
    cli("index")
    (repo / "more.py").write_text("added = True\n")
    ran = cli("doctor", "--json")
    assert ran.code == 0
    assert "1 file changed since" in str(checks(ran.out)["index of shop"]["detail"])


def test_a_damaged_index_needs_action(cli: Cli) -> None:
    cli("index")
    (vectors,) = cli.home.cache.glob("indexes/*/gen-*/vectors.npy")
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    ran = cli("doctor", "--json")
    check = checks(ran.out)["index of shop"]
    assert ran.code == 1
    assert (check["ok"], check["action"]) == (False, "run `assist index`: it is built again")
    assert "problem" in cli("doctor").out


def test_a_missing_model_needs_action(cli: Cli) -> None:
    write_files(cli.home.folder, {"config/config.toml": '[index]\nembedder = "/nowhere"\n'})
    ran = cli("doctor", "--json")
    check = checks(ran.out)["model"]
    assert ran.code == 1
    assert not check["ok"]
    assert str(check["action"]).startswith("correct `embedder` in ")


def test_unreadable_settings_need_action(cli: Cli) -> None:
    write_files(cli.home.folder, {"config/config.toml": "[index]\nembeder = 1\n"})
    ran = cli("doctor", "--json")
    assert ran.code == 1
    assert not checks(ran.out)["settings"]["ok"]


def test_a_cache_that_is_a_file_needs_action(cli: Cli, monkeypatch: pytest.MonkeyPatch, repo: Path) -> None:
    monkeypatch.setenv("ASSIST_CACHE_DIR", str(repo / "README.md"))
    ran = cli("doctor", "--json")
    assert ran.code == 1
    assert not checks(ran.out)["cache folder"]["ok"]


def test_missing_git_needs_action(cli: Cli, tmp_path: Path, repo: Path) -> None:
    ran = run_process(cli.home, ["doctor", "--json"], cwd=repo, PATH=str(tmp_path / "empty"))
    assert ran.code == 1
    assert checks(ran.out)["git"]["action"] == "install git"


def test_unknown_settings_are_said_in_two_lines(cli: Cli) -> None:
    write_files(cli.home.folder, {"config/config.toml": "[index]\nembeder = 1\n"})
    ran = cli("search", "tea")
    assert ran.code == 2
    assert ran.err.splitlines()[0].endswith('unknown key "embeder" in [index]')
    assert ran.err.splitlines()[1] == '       did you mean "embedder"?'


@pytest.mark.parametrize("place", [["--debug", "search"], ["search", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(
    cli: Cli, tmp_path: Path, repo: Path, place: list[str]
) -> None:
    args = [*place, "tea", "--repo", str(tmp_path / "nowhere")]
    assert "Traceback (most recent call last)" in run_process(cli.home, args, cwd=repo).err
    args.remove("--debug")
    assert "Traceback" not in run_process(cli.home, args, cwd=repo).err


@pytest.mark.parametrize(
    ("args", "what", "action"),
    [
        (["serach"], 'no command "serach"', "did you mean search?"),
        (["search", "--jsn", "x"], "no such option", "--json"),
        (["index", "extra"], "unexpected extra argument", "run `assist index --help` to see how it is used"),
        (["completion"], "Choose from: bash, zsh, fish", "run `assist completion --help`"),
        (["completion", "tcsh"], "'tcsh' is not one of", "run `assist completion --help`"),
    ],
)
def test_wrong_use_names_what_to_do(cli: Cli, args: list[str], what: str, action: str) -> None:
    ran = cli(*args)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert what in ran.err
    assert action in ran.err


def test_the_version_and_the_help(cli: Cli) -> None:
    assert cli("--version").out.startswith("assist ")
    assert cli().out == cli("--help").out


def test_an_output_that_cannot_say_it_is_escaped(cli: Cli, repo: Path) -> None:
    (repo / "tee.py").write_text("def make_茶():\n    pass\n")
    ran = subprocess.run(
        [sys.executable, "-m", "assistant", "search", "make_茶"],
        cwd=repo,
        env=process_environment(cli.home, PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0
    assert b"make_\\u8336" in ran.stdout
