from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.copies import recall
from benchmarks.copies.model import Form, Kind, Query, Span, write_queries

SOURCE = '''"""Ledgers."""


def settle(ledger, rate, cutoff):
    """Close what is due."""
    outstanding = 0
    for entry in ledger.entries_until(cutoff):
        if entry.is_disputed or entry.amount_cents <= 0:
            ledger.postpone(entry, reason="disputed or empty")
            continue
        outstanding += entry.amount_cents * rate // 10_000
        entry.settled_at = cutoff.isoformat()
    ledger.write_balance(outstanding, currency=ledger.currency_code)
    return outstanding
'''
COPY = "\n".join(SOURCE.split("\n")[4:14]) + "\n"
OTHER = """def walk(tree, visit):
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        visit(node.kind, node.children_count)
        pending.extend(reversed(node.children))
"""


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    file = tmp_path / "corpus" / "a+ledger" / "ledger.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE, "utf-8")
    truth = (Span("a+ledger/ledger.py", 5, 14),)
    shared = ("python", Kind.VERBATIM, Form.BARE, 10, 90, ".py")
    queries = [
        Query("copy", *shared, COPY, 1, 10, truth, ""),
        Query("other", "python", Kind.FRAGMENT, Form.BARE, 6, 50, ".py", OTHER, 1, 6, (), ""),
    ]
    write_queries(queries, tmp_path / "queries.jsonl")
    facts = {"split": "tiny", "seed": 1, "corpus_bytes": len(SOURCE), "negative_lines": 0}
    (tmp_path / "set.json").write_text(json.dumps(facts), "utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_engine_is_scored_and_recorded(
    data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "results.md"
    options = ["--set", str(data_set), "--form", "bare", "--record", "--results-file", str(results)]
    assert recall.main(options) == 0
    said = capsys.readouterr().out.split("\n")
    assert "bare: verbatim, >= 10 lines: 100.0%" in said
    assert "bare: verbatim, 5-6 lines: -" in said
    assert "alarms: unseen fragment: 0 of 1" in said
    assert "bare: right file first: 100.0%" in said
    assert "| bare: verbatim, >= 10 lines | 100.0% |" in results.read_text("utf-8")


def test_a_set_that_is_not_complete_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"benchmarks\.copies\.dataset"):
        recall.main(["--set", str(tmp_path)])
