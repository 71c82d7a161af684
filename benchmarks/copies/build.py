"""What `assist corpus add` costs on folders of source: MB a second, CPU, memory, size of the index.

    python -m benchmarks.copies.build --cache FOLDER SOURCE ...

One command a SOURCE, whole process, cold (`--cache` must not exist yet; it is kept: `lookup` can use its store).
The source text is what the store says that it took in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import options
from benchmarks.copies.detectors import BENCHMARK
from benchmarks.measure import folder_bytes, run_sampled
from benchmarks.results import Figure
from indexer.fingerprints.store import FingerprintStore

_MB = 1_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("copies.build", __doc__)
    parser.add_argument("--cache", type=Path, required=True, help="folder to make for the corpora")
    parser.add_argument("sources", type=Path, nargs="+", help="folders of source")
    given = parser.parse_args(argv)
    if given.cache.exists():
        print(
            f"{given.cache} exists: pass a folder that does not, so that the build is cold", file=sys.stderr
        )
        return 2
    assist = options.assist_of(given)
    wall_s = cpu_s = 0.0
    peak = 0
    for source in given.sources:
        measured, memory = run_sampled(
            assist.words("corpus", "add", str(source.resolve())), assist.environment(given.cache)
        )
        wall_s, cpu_s, peak = wall_s + measured.wall_s, cpu_s + measured.cpu_s, max(peak, memory.rss_bytes)
    (folder,) = (given.cache / "corpora").glob("store-*")
    store = FingerprintStore.open(folder)
    origins = store.origins()
    source_mb = sum(origin.source_bytes for origin in origins) / _MB
    size = folder_bytes(folder)
    names = ", ".join(source.name for source in given.sources)
    inputs = f"{names}: {source_mb:,.0f} MB of source, {sum(origin.files for origin in origins):,} files"
    figures = [
        Figure("corpus add, source a second of wall time", f"{source_mb / wall_s:.1f} MB/s", "", inputs),
        Figure("corpus add, source a second of CPU", f"{source_mb / cpu_s:.1f} MB/s", "", inputs),
        Figure("corpus add, peak memory of all processes", f"{peak / _MB:,.0f} MB", "", inputs),
        Figure("index size / source text", f"{100 * size / _MB / source_mb:.2f}%", "", inputs),
    ]
    for figure in figures:
        print(f"{figure.name}: {figure.result} ({figure.inputs})")
    options.record(given, BENCHMARK, figures, [assist.version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
