"""Saved runs come back as they were, and are found by name."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.evaluation import Exit, SavedRunError
from assistant.evaluation.saved_runs import file_for, find, load, runs_folder, save
from tests.assistant.evaluation.runs import TRUE, UNTRUE, answered, run_of

RUN = run_of(
    answered("a", "x", citations=(TRUE, UNTRUE), prompt_tokens=3, completion_tokens=4),
    answered("a", "x", "it is \ud800 so", repetition=2, text="lone \ud800", error="e", exit=Exit.FAILED),
    prints={"a": ("p", "q")},
)


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    file = file_for(tmp_path, RUN)
    save(RUN, file)
    assert load(file) == RUN
    assert file.name == "20260102T030405678.json"
    assert [other.name for other in file.parent.iterdir()] == [file.name]
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o077 == 0


def test_last_is_the_latest_that_was_not_interrupted(tmp_path: Path) -> None:
    suite = Path(RUN.suite)
    with pytest.raises(SavedRunError, match="no complete run"):
        find("last", tmp_path, suite)
    runs = [
        replace(RUN, started=f"2026-01-02T03:04:0{n}.000+00:00", complete=complete)
        for n, complete in enumerate([True, True, False])
    ]
    files = [file_for(tmp_path, run) for run in runs]
    for run, file in zip(runs, files, strict=True):
        save(run, file)
    assert find("last", tmp_path, suite) == files[1]
    assert find("20260102T030400", tmp_path, suite) == files[0]
    assert find(str(files[2]), tmp_path, suite) == files[2]
    with pytest.raises(SavedRunError, match='3 runs begin with "2026"'):
        find("2026", tmp_path, suite)
    with pytest.raises(SavedRunError, match='no run "yesterday"'):
        find("yesterday", tmp_path, suite)
    with pytest.raises(SavedRunError, match="no complete run"):
        find("last", tmp_path, Path("/shop/other.yaml"))


def test_case_files_of_one_name_have_their_own_runs(tmp_path: Path) -> None:
    one, other = runs_folder(tmp_path, Path("/a/q.yaml")), runs_folder(tmp_path, Path("/b/q.yaml"))
    assert one != other
    assert one.parent == other.parent == tmp_path / "runs"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is no saved run"),
        ("[]", "is no saved run"),
        ("{}", "is no saved run"),
        (json.dumps({"format": 99}), "another version"),
        (json.dumps({"format": 1, "answers": [{}], "fingerprints": {}}), "is no saved run"),
        ("[" * 100_000, "is no saved run"),
    ],
)
def test_a_file_that_is_no_run(tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "run.json"
    file.write_text(content)
    with pytest.raises(SavedRunError, match=problem):
        load(file)


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(OSError, match=r"run\.json"):
        save(RUN, tmp_path / "run.json")
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.json"]
