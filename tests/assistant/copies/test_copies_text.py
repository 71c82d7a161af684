"""Findings on a terminal."""

import pytest

from assistant.cli.console import Console
from assistant.cli.copies_text import write_finding
from assistant.cli.main import run
from assistant.copies.licences import Confidence, LicenceFinding
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel, CopySource
from assistant.copies.policy import Ruling, Verdict


def source(name: str, path: str) -> CopySource:
    return CopySource(
        name,
        "1.2",
        path,
        4,
        5,
        "def brew():\n    pass",
        LicenceFinding("MIT", Confidence.SURE, (), ()),
        Ruling(Verdict.REVIEW, "policy: MIT is listed"),
    )


def written(capsys: pytest.CaptureFixture[str], *sources: CopySource) -> str:
    found = CopyFinding(
        "a.py", 1, 2, "def brew():\n    pass", CopyKind.COPY, CopyLevel.WARNING, 90, 90, (), sources
    )
    write_finding(Console(colour=False, width=100), found)
    return capsys.readouterr().out


def test_a_source_that_is_installed_twice_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    pot, cup = source("teapot", "brew.py"), source("cup", "brew.py")
    text = written(capsys, pot, pot, cup, cup, pot)
    assert [line.strip() for line in text.splitlines() if "also in" in line] == [
        "also in cup 1.2 (MIT), brew.py:4-5"
    ]
    assert "more" not in text


def test_what_there_is_no_room_for_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(capsys, *(source(f"pot{number}", "brew.py") for number in range(7)))
    assert text.count("also in") == 3
    assert "and in 3 more" in text


def test_the_name_of_a_group_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["copies"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("Usage: assist copies [OPTIONS] COMMAND [ARGS]...\n")
    assert told.err == ""
