"""Conversations on disk."""

import os
import stat
import sys
from pathlib import Path

import pytest

from assistant.conversation import SessionError, SessionStore, Subject, Turn

FIRST = Turn("where is tea?", "In `pot`.\n", Subject("where is tea?", ("pot",)))
SECOND = Turn("and it?", "Hö\udce9re", Subject("and pot?", ()), complete=False)


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.new([tmp_path / "repo"])
    assert store.all() == []
    session.append(FIRST)
    session.append(SECOND)
    again = store.open(session.id[:-2], [])
    assert again.turns() == [FIRST, SECOND]
    (listed,) = store.all()
    assert (listed.id, listed.roots, listed.title, listed.turns) == (
        session.id,
        (tmp_path / "repo",),
        "where is tea?",
        2,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = SessionStore(tmp_path / "data")
        store.new([]).append(FIRST)
    finally:
        os.umask(old)
    (file,) = store.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_the_last_one_about_a_repository_is_taken_up(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    mine, other = store.new([tmp_path / "mine"]), store.new([tmp_path / "other"])
    for number, session in enumerate((mine, other)):
        session.append(FIRST)
        os.utime(store.folder / f"{session.id}.jsonl", (1000 + number, 1000 + number))
    assert store.open("", [tmp_path / "mine"]).id == mine.id
    assert [item.id for item in store.all()] == [other.id, mine.id]
    with pytest.raises(SessionError, match="about this repository"):
        store.open("", [tmp_path / "third"])


def test_clearing_forgets_but_keeps(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.new([])
    session.append(FIRST)
    session.clear()
    assert session.turns() == []
    session.append(SECOND)
    assert session.turns() == [SECOND]
    assert store.all()[0].turns == 2


def test_a_damaged_line_costs_that_line_only(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.new([])
    session.append(FIRST)
    file = store.folder / f"{session.id}.jsonl"
    with file.open("ab") as stream:
        stream.write(b'{"event": "turn", "ques\n[1]\n\xff\n')
    session.append(SECOND)
    assert session.turns() == [FIRST, SECOND]


def test_deleting(tmp_path: Path) -> None:
    store = SessionStore(tmp_path)
    session = store.new([])
    session.append(FIRST)
    store.delete(session.id)
    assert store.all() == []
    with pytest.raises(SessionError, match="no saved conversation"):
        store.delete(session.id)


def test_a_name_is_no_path(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text("{}")
    store = SessionStore(tmp_path)
    store.new([]).append(FIRST)
    with pytest.raises(SessionError):
        store.open("../secret", [])


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("no folder")
    with pytest.raises(SessionError, match="ASSIST_DATA_DIR"):
        SessionStore(tmp_path).new([]).append(FIRST)
