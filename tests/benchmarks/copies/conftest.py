from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

GitRepository = Callable[[str, dict[str, str]], str]


@pytest.fixture
def git_repository(tmp_path: Path) -> GitRepository:
    """Makes a git repository as the mirror holds it, OWNER+NAME/repo, with one commit; the result is its revision."""

    def make(name: str, files: dict[str, str]) -> str:
        folder = tmp_path / "mirror" / name / "repo"
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "add", "-A"], check=True)
        subprocess.run(["git", *identity, "-C", str(folder), "commit", "-q", "-m", "all"], check=True)
        said = subprocess.run(
            ["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        )
        return said.stdout.strip()

    return make
