"""The hook, run by the real pre-commit at a real ``git commit``, with the command that this environment has installed.

pre-commit would install the hook's package into an environment of its own, for which it needs a network; the hook's own
definition is taken and its language set to ``system``, so that all the rest is as users have it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.assistant.cli_support import Home, process_environment, write_files
from tests.assistant.copies.copy_support import FROTH, MINE, workspace
from tests.indexer.discovery_trees import git

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "assist"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant "$@"\n')
    script.chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    return process_environment(
        Home(tmp_path),
        PATH=path,
        HOME=str(tmp_path),
        PRE_COMMIT_HOME=str(tmp_path / "pre-commit"),
        VIRTUAL_ENV="",
        CONDA_PREFIX="",
        GIT_CONFIG_GLOBAL=os.devnull,
        **{
            f"GIT_{who}_{what}": "t@t.example"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    )


@pytest.fixture
def root(tmp_path: Path, environment: dict[str, str]) -> Path:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    root = workspace(tmp_path)
    hook = {**hook, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    write_files(root, {".pre-commit-config.yaml": yaml.safe_dump(config), "src/mine.py": MINE})
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Begin")
    run(root, environment, sys.executable, "-m", "pre_commit", "install")
    return root


def run(root: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_a_copy_stops_the_commit_until_it_is_accepted(root: Path, environment: dict[str, str]) -> None:
    write_files(root, {"web/froth.js": FROTH})
    git(root, "add", "-A")
    stopped = run(root, environment, "git", "commit", "-m", "Froth")
    said = stopped.stdout + stopped.stderr
    assert stopped.returncode == 1, said
    assert "assist check-copies" in said
    assert "Failed" in said
    assert "web/froth.js:1-9 is copied from latte 3.0.1 (GPL-3.0-only), froth.js:1-9" in said
    assert git(root, "rev-list", "--count", "HEAD").strip() == b"1"

    write_files(root, {"web/froth.js": f"// assist: copied-ok we hold the copyright\n{FROTH}"})
    git(root, "add", "-A")
    passed = run(root, environment, "git", "commit", "-m", "Froth")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout + passed.stderr

    write_files(root, {"web/froth.js": f"// Ours\n{FROTH}", "src/mine.py": f"{MINE}x = 1\n"})
    git(root, "add", "-A")
    touched = run(root, environment, "git", "commit", "-m", "Touch the line above")
    assert touched.returncode == 0, touched.stdout + touched.stderr


def test_a_partial_commit_is_checked_by_what_it_commits(root: Path, environment: dict[str, str]) -> None:
    write_files(root, {"web/froth.js": FROTH, "src/mine.py": f"{MINE}x = 1\n"})
    git(root, "add", "-A")
    passed = run(root, environment, "git", "commit", "-m", "Mine", "--", "src/mine.py")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    stopped = run(root, environment, "git", "commit", "-m", "Froth", "--", "web/froth.js")
    assert stopped.returncode == 1, stopped.stdout + stopped.stderr


def test_the_hook_s_definition_is_one_that_pre_commit_takes(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", tmp_path / ".pre-commit-hooks.yaml")
    done = run(
        tmp_path,
        environment,
        sys.executable,
        "-m",
        "pre_commit",
        "validate-manifest",
        ".pre-commit-hooks.yaml",
    )
    assert done.returncode == 0, done.stdout + done.stderr
