"""Size and speed of the fingerprint store, on made postings as dense as those of source code.

Fingerprints are random, files have as many as real ones, and everything goes through the public interface: put in
batches as a corpus is, merged as it grows, looked up by as many hashes as a 50-line snippet has. Cold lookups are
whole new processes, with the files dropped from the page cache where the system allows that.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from benchmarks import results
from benchmarks.measure import folder_bytes, percentile
from indexer.fingerprints.model import FileInput, Origin
from indexer.fingerprints.store import FingerprintStore

_PER_FILE = 120
_POSITIONS_PER_FINGERPRINT = 9
"""Winnowing with a window of 16 keeps two of 17 tokens."""
_FILES_PER_ORIGIN = 2000
_HASHES = 400
_PRESENT = 50
"""Of a looked-up snippet's hashes: those of a copy that winnowing kept."""

_COLD = """
import json, sys, time
started = time.perf_counter()
import numpy as np
from indexer.fingerprints.store import FingerprintStore
from pathlib import Path
imported = time.perf_counter()
store = FingerprintStore(Path(sys.argv[1]))
opened = time.perf_counter()
hits = store.lookup(np.load(sys.argv[2]))
found = time.perf_counter()
places = [store.places(content) for content in sorted(set(hits.content_id.tolist()))[:5]]
done = time.perf_counter()
print(json.dumps([imported - started, opened - imported, found - opened, done - found, len(hits.content_id)]))
"""


def _hashes(origin: int) -> np.ndarray:
    return np.random.default_rng(origin).integers(0, 2**64, (_FILES_PER_ORIGIN, _PER_FILE), np.uint64)


def _files(origin: int) -> Iterator[FileInput]:
    extent = _PER_FILE * _POSITIONS_PER_FINGERPRINT
    positions = np.arange(0, extent, _POSITIONS_PER_FINGERPRINT, dtype=np.uint32)
    for number, hashes in enumerate(_hashes(origin)):
        path = f"package_{origin}/module_{number // 40}/component_{number}.py"
        content_hash = blake2b(path.encode(), digest_size=16).digest()
        yield FileInput(path, content_hash, hashes, positions, extent, 8_000)


def _query(generator: np.random.Generator, origins: int) -> np.ndarray:
    """The hashes of a snippet, some of them of one stored file."""
    stored = _hashes(int(generator.integers(origins)))[int(generator.integers(_FILES_PER_ORIGIN))]
    absent = generator.integers(0, 2**64, _HASHES - _PRESENT, np.uint64)
    return np.concatenate([stored[:_PRESENT], absent])


def _drop_from_cache(folder: Path) -> None:
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _resident_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def run(postings: int, folder: Path, cold_runs: int) -> list[results.Figure]:
    """Build a store, measure it, and return the figures."""
    origins = max(1, postings // (_FILES_PER_ORIGIN * _PER_FILE))
    total = origins * _FILES_PER_ORIGIN * _PER_FILE
    inputs = f"{total / 1e6:.1f} million made postings in {origins * _FILES_PER_ORIGIN} files"
    store = FingerprintStore(folder / "store")
    cpu = time.process_time()
    with store.writing() as writer:
        for number in range(origins):
            writer.put(Origin(f"o{number}", f"o{number}"), _files(number))
    build_s = time.process_time() - cpu
    cpu = time.process_time()
    for number in range(origins):
        for _ in _files(number):
            pass
    build_s -= time.process_time() - cpu
    size = folder_bytes(folder / "store")

    before = _resident_bytes()
    store = FingerprintStore(folder / "store")
    generator = np.random.default_rng(-1 % 2**32)
    warm = []
    for _ in range(500):
        query = _query(generator, origins)
        started = time.perf_counter()
        hits = store.lookup(query)
        warm.append(1000 * (time.perf_counter() - started))
        if len(hits.content_id) < _PRESENT:
            raise SystemExit("a stored fingerprint was not found")
    resident = _resident_bytes() - before

    cold = []
    for _ in range(cold_runs):
        np.save(folder / "query.npy", _query(generator, origins))
        _drop_from_cache(folder / "store")
        command = [sys.executable, "-c", _COLD, str(folder / "store"), str(folder / "query.npy")]
        cold.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    opens = [1000 * run[1] for run in cold]
    lookups = [1000 * (run[1] + run[2] + run[3]) for run in cold]

    def pair(values: Sequence[float]) -> str:
        return f"{percentile(values, 0.5):.2f} / {percentile(values, 0.95):.2f} ms"

    segments = len(store.snapshot.state.segments)
    return [
        results.Figure("store: bytes a posting, everything", f"{size / total:.2f}", "", inputs),
        results.Figure(
            "store: postings written a CPU second, merges included", f"{total / build_s:,.0f}", "", inputs
        ),
        results.Figure(
            f"store: warm lookup of {_HASHES} hashes, p50 / p95",
            pair(warm),
            "",
            f"{inputs}, {segments} segments",
        ),
        results.Figure(
            "store: first open, lookup and 5 places of a process, files not cached, p50 / p95",
            pair(lookups),
            "",
            f"{inputs}, {cold_runs} processes",
        ),
        results.Figure("store: open, p50 / p95", pair(opens), "", inputs),
        results.Figure("store: memory after 500 lookups", f"{resident / 1e6:.0f} MB", "", inputs),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copies.store", description=__doc__)
    parser.add_argument("--postings", type=int, default=15_000_000, help="default: %(default)s")
    parser.add_argument("--cold-runs", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--folder", type=Path, help="where to build (default: the system's temporary folder)")
    parser.add_argument("--record", action="store_true", help="append the figures to the results file")
    parser.add_argument("--results-file", type=Path, default=results.RESULTS, help="default: %(default)s")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        figures = run(given.postings, Path(folder), given.cold_runs)
    for figure in figures:
        print(f"{figure.name}: {figure.result}")
    if given.record:
        results.append("copies: store", figures, [], given.results_file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
