"""The server's text is the client's, whatever is typed; positions and offsets agree."""

from __future__ import annotations

import random

import pytest

from lsp.text import DocumentStore, Edit, PositionEncoding, apply_edit, split_keeping_ends
from lsp.text.positions import char_index, unit_column
from tests.lsp.typist import Typist

SEQUENCES = 5_000
EDITS = 6
START = "def f():\r\n    return '😀'\r\n\rclass 漢:\n    x = 1\n"
ENCODINGS = tuple(PositionEncoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_random_edits_leave_the_same_text_as_in_the_client(encoding: PositionEncoding) -> None:
    choose = random.Random(f"edits {encoding}")
    for sequence in range(SEQUENCES):
        store = DocumentStore(encoding)
        client = Typist.with_text(START if sequence % 2 else "", encoding)
        store.open("file:///a.py", "python", 0, client.text)
        for version in range(1, 1 + EDITS):
            edits = [client.edit(choose) for _ in range(choose.randrange(1, 3))]
            store.change("file:///a.py", version, edits)
        snapshot = store.snapshot("file:///a.py")
        assert snapshot is not None
        assert snapshot.text == client.text, f"sequence {sequence}"
        assert snapshot.lines == tuple(split_keeping_ends(client.text)), f"sequence {sequence}"
        assert snapshot.version == EDITS


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_position_leads_to_its_offset_and_back(encoding: PositionEncoding) -> None:
    store = DocumentStore(encoding)
    snapshot = store.open("a:b", "python", 1, START + "e\u0301 👩\u200d👩 end").snapshot()
    for offset in range(len(snapshot.text) + 1):
        line, column = snapshot.position(offset)
        inside_an_end = snapshot.text[max(0, offset - 1) : offset + 1] == "\r\n"
        assert snapshot.offset(line, column) == (offset - 1 if inside_an_end else offset)


@pytest.mark.parametrize(
    ("encoding", "column", "char"),
    [
        (PositionEncoding.UTF8, 1, 1),
        (PositionEncoding.UTF8, 2, 1),
        (PositionEncoding.UTF8, 5, 2),
        (PositionEncoding.UTF16, 2, 1),
        (PositionEncoding.UTF16, 3, 2),
        (PositionEncoding.UTF32, 2, 2),
        (PositionEncoding.UTF8, 99, 3),
        (PositionEncoding.UTF16, 99, 3),
        (PositionEncoding.UTF32, 99, 3),
        (PositionEncoding.UTF16, -1, 0),
    ],
)
def test_columns_inside_a_character_and_past_the_end_are_clamped(
    encoding: PositionEncoding, column: int, char: int
) -> None:
    assert char_index("a😀b", column, encoding) == char


def test_columns_are_counted_in_units() -> None:
    line = "é漢😀x"
    assert [unit_column(line, char, PositionEncoding.UTF8) for char in range(6)] == [0, 2, 5, 9, 10, 10]
    assert [unit_column(line, char, PositionEncoding.UTF16) for char in range(6)] == [0, 1, 2, 4, 5, 5]
    assert [unit_column(line, char, PositionEncoding.UTF32) for char in range(6)] == [0, 1, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (Edit(9, 9, 99, 9, "!"), "ab\ncd!"),
        (Edit(-1, 5, 0, 1, "!"), "!b\ncd"),
        (Edit(0, 99, 0, 99, "!"), "ab!\ncd"),
        (Edit(1, 1, 0, 1, "!"), "a!d"),
        (Edit(0, 2, 1, 0, ""), "abcd"),
        (Edit(0, 0, 99, 0, ""), ""),
    ],
)
def test_edits_outside_of_the_text_are_moved_to_its_edge(edit: Edit, text: str) -> None:
    lines = split_keeping_ends("ab\ncd")
    apply_edit(lines, edit, PositionEncoding.UTF16)
    assert "".join(lines) == text
    assert lines == split_keeping_ends(text)


def test_the_halves_of_a_surrogate_pair_may_come_one_by_one() -> None:
    lines = split_keeping_ends("ab")
    apply_edit(lines, Edit(0, 1, 0, 1, "\ud83d"), PositionEncoding.UTF16)
    apply_edit(lines, Edit(0, 2, 0, 2, "\ude00"), PositionEncoding.UTF16)
    assert lines == ["a😀b"]
    apply_edit(lines, Edit(0, 2, 0, 3, ""), PositionEncoding.UTF16)
    assert lines == ["a\ud83db"]


def test_a_carriage_return_and_a_line_feed_become_one_end() -> None:
    lines = split_keeping_ends("a\rb")
    apply_edit(lines, Edit(1, 0, 1, 0, "\n"), PositionEncoding.UTF16)
    assert lines == ["a\r\n", "b"]


def test_snapshots_do_not_change_and_tell_when_they_are_stale() -> None:
    store = DocumentStore()
    store.open("a:b", "python", 1, "one\n")
    snapshot = store.snapshot("a:b")
    assert snapshot is not None
    assert store.is_current(snapshot)
    store.change("a:b", 2, [Edit(0, 0, 0, 3, "two")])
    assert snapshot.text == "one\n"
    assert not store.is_current(snapshot)
    store.close("a:b")
    assert store.snapshot("a:b") is None
