"""The script that makes the list of common grams, run on small projects."""

from pathlib import Path

import pytest

from indexer.fingerprints.commonness import CommonGrams
from indexer.fingerprints.fingerprints import grams_of
from indexer.fingerprints.streams import stream_of
from indexer.lexing import lex
from training.background_filter import CARD_NAME, LIST_NAME, main

_SHARED = """def connect(self):
    with self.lock:
        self.stream.open(self.address)
    return self.state.ready
"""
_OWN = "class A{0}:\n    def go_{0}(self):\n        return self.first_{0}.call_{0}(self.b_{0}, other_{0}(self.c_{0}))\n"


def _grams(text: str) -> list[int]:
    grams = grams_of(stream_of(lex(text, "python"), "python"))
    return [int(one) for one in grams.hashes[grams.usable]]


def _projects(root: Path, count: int) -> list[str]:
    for number in range(count):
        folder = root / f"project{number}"
        folder.mkdir()
        (folder / "a.py").write_text(_SHARED + "\n\n" + _OWN.format(number), "utf-8")
        (folder / "LICENSE").write_text("\n  MIT License\n", "utf-8")
        (folder / "binary.py").write_bytes(b"\x00\xff" * 100)
    return [str(root / f"project{number}") for number in range(count)]


def test_what_three_projects_share_is_common(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--into", str(tmp_path / "made"), "--family", *_projects(tmp_path, 3)]) == 0
    made = CommonGrams.from_bytes((tmp_path / "made" / LIST_NAME).read_bytes())
    assert all(made.contains(grams_of(stream_of(lex(_SHARED, "python"), "python")).hashes))
    own = grams_of(stream_of(lex(_OWN.format(1), "python"), "python")).hashes
    assert not made.contains(own[3:]).any()
    card = (tmp_path / "made" / CARD_NAME).read_text("utf-8")
    assert "| project2 | 1 |" in card
    assert "MIT License" in card
    assert "3 projects" in capsys.readouterr().out


def test_no_more_grams_are_kept_than_fit(tmp_path: Path) -> None:
    into = tmp_path / "made"
    assert main(["--into", str(into), "--keys", "5", "--family", *_projects(tmp_path, 3)]) == 0
    assert len(CommonGrams.from_bytes((into / LIST_NAME).read_bytes())) == 5 < len(set(_grams(_SHARED)))


@pytest.mark.parametrize("projects", [["missing"], []])
def test_a_folder_without_source_is_an_error(tmp_path: Path, projects: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    folders = [str(tmp_path / name) for name in projects or ["empty"]]
    assert main(["--into", str(tmp_path / "made"), "--family", *folders]) == 2
