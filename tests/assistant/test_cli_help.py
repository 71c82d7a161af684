"""The help texts: every command has one with examples, every example runs, and the documentation has them all."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from assistant.cli.command import WithExamples
from assistant.cli.main import COMMANDS, cli
from scripts.cli_help import PAGE, documented, with_help
from tests.assistant.cli_support import FILES, Home, process_environment, write_files
from tests.indexer.discovery_trees import git
from tests.servers.launch import RunningServer, running

LONG_PDF = FILES["src/pdf.py"] + "".join(
    f"\n\ndef page_{number}(stream):\n    return stream[{number}]\n" for number in range(40)
)

MORE_FILES = {
    "src/errors.py": 'def get_error():\n    raise OSError("connection reset")\n',
    "tests/test_errors.py": "def test_get_error():\n    pass\n",
    "assist.toml": '[index]\nexclude = ["questions.yaml"]\n',
    "questions.yaml": "cases:\n  - prompt: what is TCPConnector?\n    assert: {cites: src/connector.py}\n",
    "queries.jsonl": '{"query": "tea"}\n',
    "questions.txt": "where are PDFs parsed?\nand who calls it?\n",
    "src/pdf.py": LONG_PDF,
    "error.txt": "TypeError: 'NoneType' object is not subscriptable\n",
    "trace.txt": 'Traceback (most recent call last):\n  File "src/connector.py", line 9, in close\nOSError\n',
}

TEA = """def infuse(kettle, leaves, minutes=3):
    strength = kettle.temperature * leaves.surface / kettle.volume
    for minute in range(minutes):
        strength += leaves.release(minute, kettle.temperature - 2 * minute)
        if strength > leaves.bitter_from:
            kettle.remove(leaves, after=minute)
            raise TooStrongError(f"{leaves.name} is bitter after {minute} minutes")
    return Infusion(kettle.pour(), strength, leaves.name)
"""

NET = 'def handshake():\n    pass\n\n\ndef store_sessions():\n    """Sessions are stored in memory."""\n'


def commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in COMMANDS}
    return {"": cli} | {name: command for name, command in found.items() if command}


def examples() -> list[str]:
    found = []
    for command in commands().values():
        assert isinstance(command, WithExamples)
        found += [line for line, _ in command.examples]
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


@pytest.fixture
def environment(tmp_path: Path, server: RunningServer) -> dict[str, str]:
    """A home folder with a shell's folders, and `assist` on the PATH."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "assist"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m assistant "$@"\n')
    script.chmod(0o755)
    for folder in (".zfunc", ".config/fish/completions", ".local/share/bash-completion/completions"):
        (tmp_path / folder).mkdir(parents=True)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = Home(tmp_path)
    table = f'[backends.local]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "plain"\n'
    # The examples are for a user without a model, but for those that try one.
    home.configure(f'{table}[ask]\nbackend = "none"\n')
    return process_environment(home, PATH=path, HOME=str(tmp_path), VIRTUAL_ENV="", CONDA_PREFIX="")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name in ("server", "client"):
        write_files(tmp_path / name, {"net.py": NET})
    write_files(tmp_path / "kitchen", {"tea.py": f"# SPDX-License-Identifier: MIT\n{TEA}"})
    return write_files(tmp_path / "shop", {**FILES, **MORE_FILES, "src/tea.py": TEA})


def commit_and_stage(repo: Path) -> None:
    """Make a repository of a folder, with a branch that has a commit of its own and a staged change."""
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "Sell tea")
    git(repo, "checkout", "-q", "-b", "branch")
    write_files(repo, {"src/errors.py": "def get_error():\n    return None\n"})
    git(repo, "commit", "-q", "-a", "-m", "Return no error")
    write_files(repo, {"src/errors.py": "def get_error():\n    return 1\n"})
    git(repo, "add", "-A")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_has_a_summary_and_examples(name: str) -> None:
    command = commands()[name]
    assert isinstance(command, WithExamples)
    assert command.examples
    assert command.get_short_help_str(100).endswith(tuple("abcdefghijklmnopqrstuvwxyz."))
    assert all(line.split()[:2][-1] in COMMANDS for line, _ in command.examples)
    assert all(param.help for param in command.params if isinstance(param, click.Option))


@pytest.mark.parametrize(
    "example", [line for line in examples() if "--watch" not in line and "--tcp" not in line]
)
def test_every_example_runs(example: str, environment: dict[str, str], repo: Path) -> None:
    if example.startswith(("assist status", "assist clean")):
        subprocess.run(["assist", "index"], cwd=repo, env=environment, check=True, capture_output=True)
    if "--compare last" in example:
        subprocess.run(
            ["assist", "eval", "questions.yaml"], cwd=repo, env=environment, check=True, capture_output=True
        )
    if "--resume" in example:
        subprocess.run("assist chat < questions.txt", shell=True, cwd=repo, env=environment, check=True)
    if example.startswith(("assist run", "assist check-copies")) or "--history" in example:
        commit_and_stage(repo)
    if example.startswith(("assist check-copies", "assist copies")):
        add = ["assist", "corpus", "add", "../kitchen"]
        subprocess.run(add, cwd=repo, env=environment, check=True, capture_output=True)
    if "--revoke" in example:
        subprocess.run(["assist", "trust"], cwd=repo, env=environment, check=True, capture_output=True)
    done = subprocess.run(
        ["sh", "-c", example],
        cwd=repo,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if example.startswith("assist run") and "--list" not in example:
        # Without a model a recipe gives what the index knows, if anything, and says so in one line.
        assert done.returncode in (0, 1)
        assert "needs a language model" in done.stderr.removesuffix("\n")
        assert done.stderr.count("\n") == 1
        return
    if "--explain" in example:  # it begins by saying how the query was understood
        assert (done.returncode, done.stderr) == (0, "note: searched for words and meaning\n")
        return
    assert (done.returncode, done.stderr) == (0, "")


def test_the_watching_example_runs_until_it_is_interrupted(environment: dict[str, str], repo: Path) -> None:
    (example,) = [line for line in examples() if "--watch" in line]
    process = subprocess.Popen(
        ["sh", "-c", f"exec {example}"],
        cwd=repo,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        while not process.stdout.readline().startswith("following"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130


def test_the_documentation_has_the_help_of_every_command() -> None:
    page = PAGE.read_text("utf-8")
    assert documented(page) == list(commands())
    assert page == with_help(page), "run python scripts/cli_help.py"


def test_help_comes_without_the_engine() -> None:
    code = (
        "import sys\nfrom assistant.cli.main import run\n"
        "assert run(['--help']) == 0 and run(['search', '--help']) == 0\n"
        "print(sorted({'numpy', 'tantivy', 'tree_sitter'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_the_command(environment: dict[str, str], repo: Path, shell: str) -> None:
    done = subprocess.run(
        ["assist", "completion", shell], cwd=repo, env=environment, capture_output=True, text=True, check=True
    )
    assert f"_ASSIST_COMPLETE={shell}_complete" in done.stdout


def test_completion_offers_commands_and_options(environment: dict[str, str], repo: Path) -> None:
    def complete(words: str, number: int) -> list[str]:
        asked = {"_ASSIST_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
        done = subprocess.run(
            ["assist"], cwd=repo, env={**environment, **asked}, capture_output=True, text=True, check=False
        )
        return [line.split(",")[-1] for line in done.stdout.splitlines()]

    assert complete("assist s", 1) == ["search", "status"]
    assert "--queries" in complete("assist search --", 2)
