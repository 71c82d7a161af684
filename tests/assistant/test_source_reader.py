"""The texts that are kept in memory: the last ones read, no more than a few megabytes of them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from assistant.retrieval.sources import SourceReader
from indexer.discovery import DiscoveryRules


def test_large_files_do_not_pile_up(tmp_path: Path) -> None:
    line = b"total = total + 1\n"
    for number in range(50):
        (tmp_path / f"f{number}.py").write_bytes(line * 50_000)
    reader = SourceReader(tmp_path, DiscoveryRules())
    assert reader.read("f0.py") is not None
    tracemalloc.start()
    try:
        sizes = [len(read.text) for number in range(50) if (read := reader.read(f"f{number}.py"))]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) == 50 * 50_000 * len(line)
    assert held < sum(sizes) / 2


def test_a_file_read_again_is_the_same_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("one = 1\n")
    reader = SourceReader(tmp_path, DiscoveryRules())
    first = reader.read("a.py")
    assert first is not None
    assert reader.read("a.py") is first
    file.write_text("eleven = 11\n")
    changed = reader.read("a.py")
    assert changed is not None
    assert changed.text == b"eleven = 11\n"
