"""The server says how long it took to handle edits."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from lsp.handling import Handling, Times
from tests.lsp.raw import Raw


def test_percentiles_are_at_most_a_tenth_too_high() -> None:
    times, seen = Times(), []
    choose = random.Random(5)
    for _ in range(5_000):
        seen.append(choose.lognormvariate(0.5, 1.5))
        times.add(seen[-1])
    seen.sort()
    for part in (0.1, 0.5, 0.9, 0.99):
        exact = seen[int(part * len(seen)) - 1]
        assert exact <= times.percentile(part) * 1.001 + 0.05
        assert times.percentile(part) <= max(0.05, exact * 1.101)
    assert times.percentile(1.0) == times.max_ms == seen[-1]


def test_what_is_longer_than_anything_is_kept() -> None:
    times = Times()
    times.add(0.001)
    times.add(1e9)
    assert times.max_ms == times.percentile(1.0) == 1e9
    assert times.count == 2


def test_without_edits_nothing_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    Handling("textDocument/didChange").report()
    assert not caplog.records


@pytest.mark.asyncio
async def test_the_log_tells_how_long_edits_took(tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    async with Raw.started(tmp_path / "home") as server:
        await server.initialize()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": "a\n"}
        opened = {"method": "textDocument/didOpen", "params": {"textDocument": document}}
        server.send({"jsonrpc": "2.0", **opened})
        for version in range(2, 5):
            params = {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"text": "b\n" * version}],
            }
            server.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})
        await server.request("end", "shutdown")
        server.send({"jsonrpc": "2.0", "method": "exit"})
        assert await server.process.wait() == 0
    log = (tmp_path / "home" / "state" / "lsp.log").read_text("utf-8")
    told = re.search(
        r"textDocument/didChange: 3 handled, p50 [\d.]+ ms, p99 [\d.]+ ms, slowest ([\d.]+) ms", log
    )
    assert told is not None
    assert float(told.group(1)) > 0
