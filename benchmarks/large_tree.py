"""A large source tree: time, CPU, peak memory and index size of one full index, and warm queries over it.

The tree is copied first (its text files, as a git repository), so that nothing is written to it and a
checkout's own ignored files do not count. Peak memory is that of the whole process tree, sampled every 50
ms. The queries are names of definitions in the tree and the words of others; all products are asked the same.

    python -m benchmarks.large_tree --tree DIR
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.quality.names import name_queries
from benchmarks import derived_queries, options
from benchmarks.assist_command import Assist
from benchmarks.corpus import copy_first, text_bytes, text_files
from benchmarks.measure import Measured, TreeMemory, folder_bytes, percentile
from benchmarks.peers.semble_peer import Semble
from benchmarks.results import Figure

BENCHMARK = "large tree"
_SYMBOLS, _WORDS = 40, 60


@dataclass(frozen=True, slots=True)
class Built:
    """One full index of the tree."""

    measured: Measured
    memory: TreeMemory
    index_bytes: int
    query_ms: tuple[float, ...] = ()


def build(product: Assist | Semble, root: Path, rounds: int, cache: Path, queries: list[str]) -> list[Built]:
    """Index the tree from nothing, `rounds` times, and ask the queries of the last index.

    :param cache: where the last index is left.
    :param queries: what to ask; if it is empty, it is filled with names from the index, which must be assist's.
    """
    built = []
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        measured, memory = product.index_sampled(root, cache)
        built.append(Built(measured, memory, folder_bytes(cache)))
    if not queries:
        queries += names_in(root, cache)
    answers = product.answer(root, cache, queries)
    built[-1] = replace(built[-1], query_ms=tuple(answer.ms for answer in answers))
    return built


def names_in(root: Path, cache: Path) -> list[str]:
    """Names and name words out of an index of assist."""
    snapshot = derived_queries.engine_of(cache).snapshot(root)
    if snapshot is None:
        raise SystemExit(f"{root} has no index in {cache}")
    return [query.text for query in name_queries(snapshot, _SYMBOLS, _WORDS)]


def counts(assist: Assist, root: Path, cache: Path) -> str:
    """Files and chunks of an index, as `assist status --json` tells them."""
    status = assist.status(root, cache)
    return f"{status.get('files', 'unknown')} files, {status.get('chunks', 'unknown')} chunks"


def values(built: Sequence[Built], source_bytes: int) -> dict[str, str]:
    """The figures of one product: medians of the rounds, the highest of the rounds for memory."""
    asked = built[-1].query_ms
    return {
        "full index, wall": f"{statistics.median(one.measured.wall_s for one in built):.1f} s",
        "full index, CPU": f"{statistics.median(one.measured.cpu_s for one in built):.1f} s",
        "peak memory, RSS of the process tree": f"{max(one.memory.rss_bytes for one in built) / 1e6:.0f} MB",
        "peak memory, PSS of the process tree": f"{max(one.memory.pss_bytes for one in built) / 1e6:.0f} MB",
        "index size / source text": f"{built[-1].index_bytes / source_bytes:.2f}",
        "warm query p50 / p95": f"{statistics.median(asked):.1f} / {percentile(asked, 0.95):.1f} ms",
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("large_tree", __doc__)
    options.add_tree(parser)
    options.add_semble(parser)
    parser.add_argument("--rounds", type=int, default=1, help="default: %(default)s")
    given = parser.parse_args(argv)
    assist, semble = options.assist_of(given), options.semble_of(given)
    products: list[Assist | Semble] = [assist]
    if semble is not None:
        products.append(semble)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        root = Path(scratch) / given.tree.name
        files = len(copy_first(given.tree, sum(1 for _ in text_files(given.tree)), root))
        source_bytes = text_bytes(root)
        inputs = f"{given.tree.name}: {files} text files, {source_bytes / 1e6:.1f} MB"
        print(inputs)
        queries: list[str] = []
        by_product = {}
        for product in products:
            cache = Path(scratch) / f"cache-{product.name}"
            built = build(product, root, given.rounds, cache, queries)
            by_product[product.name] = values(built, source_bytes)
            if isinstance(product, Assist):
                inputs += f"; indexed {counts(product, root, cache)}"
    for name, figures in by_product.items():
        for figure, value in figures.items():
            print(f"{name:8} {figure:40} {value}")
    peer = by_product.get("semble", {})
    rows = [
        Figure(name, value, f"semble {peer[name]}" if name in peer else "", inputs)
        for name, value in by_product["assist"].items()
    ]
    options.record(given, BENCHMARK, rows, [product.version() for product in products])
    return 0


if __name__ == "__main__":
    sys.exit(main())
