from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.assist_command import Assist
from benchmarks.corpus import copy_first
from benchmarks.crash_safety import PLANTED, Outcome, Planted, judge, kill_after, run_all

ALL, NONE = [True] * PLANTED, [False] * PLANTED


@pytest.mark.parametrize(
    ("lasting", "old", "new", "state"),
    [
        (ALL, NONE, ALL, "new"),
        (ALL, ALL, NONE, "old"),
        ([False, *ALL[1:]], NONE, ALL, "1 unchanged words were not found"),
        (ALL, [True, *NONE[1:]], ALL, "mixed: 1 old and 20 new words of 20 were found"),
        (ALL, NONE, [False, *ALL[1:]], "mixed: 0 old and 19 new words of 20 were found"),
        (ALL, NONE, NONE, "mixed: 0 old and 0 new words of 20 were found"),
        (NONE, NONE, NONE, "20 unchanged words were not found"),
    ],
)
def test_judge_accepts_only_a_whole_state(
    lasting: list[bool], old: list[bool], new: list[bool], state: str
) -> None:
    assert judge([*lasting, *old, *new]) == state


@pytest.mark.parametrize(
    ("cold", "state", "good"),
    [
        (False, "old", True),
        (False, "new", True),
        (True, "new", True),
        (True, "old", False),
        (False, "mixed", False),
    ],
)
def test_an_old_state_is_good_only_where_there_was_one(cold: bool, state: str, good: bool) -> None:
    assert Outcome(cold, 0.1, True, state).good is good


def test_kill_after_tells_whether_the_process_still_ran() -> None:
    assert kill_after([sys.executable, "-c", "import signal; signal.pause()"], {}, 0.05)[0]
    assert not kill_after([sys.executable, "-c", ""], {}, 60)[0]


def test_a_sound_command_survives_every_kill(tiny_assist: Assist, tree: Path, tmp_path: Path) -> None:
    copy_first(tree, 5, tmp_path / "files")
    outcomes = run_all(tiny_assist, Planted(tmp_path / "files"), tmp_path / "cache", runs=2, seed=1)
    assert [outcome.state for outcome in outcomes if not outcome.good] == []
    assert sum(outcome.landed for outcome in outcomes) == 2


def test_a_command_that_swaps_in_half_an_index_is_caught(
    tiny_assist: Assist, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_first(tree, 5, tmp_path / "files")
    monkeypatch.setenv("TINY_ASSIST_TORN", "1")
    outcomes = run_all(tiny_assist, Planted(tmp_path / "files"), tmp_path / "cache", runs=2, seed=1)
    assert any("mixed" in outcome.state for outcome in outcomes if not outcome.cold)
