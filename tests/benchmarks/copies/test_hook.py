from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

from benchmarks.copies.hook import ADDED_LINES, CHANGED, stage_changes
from benchmarks.corpus import copy_first


def test_ten_files_are_staged_and_half_of_the_additions_are_copies(tmp_path: Path) -> None:
    for folder, word in (("tree", "own"), ("fragments", "copied")):
        for number in range(15):
            path = tmp_path / folder / f"m{number}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{word}{number}_{line} = {line}\n" for line in range(300)), "utf-8")
    copies = copy_first(tmp_path / "tree", 15, tmp_path / "repository")
    changed = stage_changes(copies, tmp_path / "fragments", Random(1))
    said = subprocess.run(
        ["git", "diff", "--staged", "--name-only"],
        cwd=tmp_path / "repository",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert sorted(said) == sorted(path.name for path in changed)
    assert len(said) == CHANGED
    added = [path.read_text("utf-8").split("\n")[301:] for path in changed]
    assert sum(lines[0].startswith("copied") for lines in added) == CHANGED // 2
    assert all(len([line for line in lines if line]) == ADDED_LINES for lines in added)
