"""Proposed changes, hunk by hunk: in any order they give the new text, and each fits the text that is there."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lsp.proposals import Proposals, propose, replaced

LINES = ("a\n", "b\r\n", "c\n", "\n", "😀 d\n", "e", "f\n")


def _text(choose: random.Random) -> str:
    return "".join(choose.choice(LINES) for _ in range(choose.randrange(14)))


@pytest.mark.parametrize("seed", range(40))
def test_hunks_accepted_one_by_one_in_any_order_give_the_new_text(seed: int) -> None:
    choose = random.Random(seed)
    for _ in range(25):
        old, new = _text(choose), _text(choose)
        proposal = propose(Path("/shop"), "a.py", "file:///shop/a.py", old, new)
        text, order = old, list(range(len(proposal.hunks)))
        choose.shuffle(order)
        for number in order:
            assert text == proposal.expected()
            text = replaced(text, proposal.replacements({number}))
            proposal.accepted |= {number}
        assert text == new == proposal.expected()
        assert proposal.open_hunks == ()


def test_all_hunks_at_once_give_the_new_text() -> None:
    proposal = propose(Path("/shop"), "a.py", "file:///shop/a.py", "a\nb\nc\nd\n", "a\nB\nc\nd\ne\n")
    assert len(proposal.hunks) == 2
    assert replaced("a\nb\nc\nd\n", proposal.replacements(proposal.open_hunks)) == proposal.new


def test_a_new_file_is_expected_not_to_be_there() -> None:
    proposal = propose(Path("/shop"), "a.py", "file:///shop/a.py", None, "x = 1\n")
    assert proposal.expected() is None
    proposal.accepted |= {0}
    assert proposal.expected() == "x = 1\n"


def test_old_proposals_are_forgotten() -> None:
    kept = Proposals()
    first = kept.add(propose(Path("/shop"), "a.py", "file:///shop/a.py", "a", "b"))
    for _ in range(60):
        last = kept.add(propose(Path("/shop"), "a.py", "file:///shop/a.py", "a", "b"))
    assert kept.get(first.id) is None
    assert kept.get(last.id) is last
    assert kept.remove(last.id)
    assert not kept.remove(last.id)
