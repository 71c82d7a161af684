from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.assist_command import Assist


@pytest.fixture
def tiny_assist() -> Assist:
    """The harness's view of a small, real command that stands for assist."""
    return Assist((sys.executable, str(Path(__file__).with_name("tiny_assist.py"))))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree of five text files, and three that are none."""
    folder = tmp_path / "tree"
    for i in range(5):
        path = folder / f"package{i % 2}" / f"module{i}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def function{i}():\n    return {i}\n", "utf-8")
    (folder / "image.png").write_bytes(b"\x89PNG\0\0")
    (folder / "empty.py").touch()
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[core]\n", "utf-8")
    return folder
