"""A large source tree: time, CPU, peak memory and index size of one full index.

The tree is copied first (its text files, as a git repository), so that nothing is written to it and a
checkout's own ignored files do not count. Peak memory is that of the whole process tree, sampled every 50
ms.

    python -m benchmarks.large_tree --tree DIR
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import options
from benchmarks.assist_command import Assist
from benchmarks.corpus import copy_first, text_bytes, text_files
from benchmarks.measure import Measured, TreeMemory, folder_bytes
from benchmarks.peers.semble_peer import Semble
from benchmarks.results import Figure

BENCHMARK = "large tree"


@dataclass(frozen=True, slots=True)
class Built:
    """One full index of the tree."""

    measured: Measured
    memory: TreeMemory
    index_bytes: int


def build(product: Assist | Semble, root: Path, rounds: int) -> list[Built]:
    """Index the tree from nothing, `rounds` times."""
    built = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
            measured, memory = product.index_sampled(root, Path(scratch))
            built.append(Built(measured, memory, folder_bytes(Path(scratch))))
    return built


def counts(assist: Assist, root: Path) -> str:
    """Files and chunks of a fresh index, as `assist status --json` tells them."""
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        assist.index(root, Path(scratch))
        status = assist.status(root, Path(scratch))
    return f"{status.get('files', 'unknown')} files, {status.get('chunks', 'unknown')} chunks"


def values(built: Sequence[Built], source_bytes: int) -> dict[str, str]:
    """The figures of one product: medians of the rounds, the highest of the rounds for memory."""
    return {
        "full index, wall": f"{statistics.median(one.measured.wall_s for one in built):.1f} s",
        "full index, CPU": f"{statistics.median(one.measured.cpu_s for one in built):.1f} s",
        "peak memory, RSS of the process tree": f"{max(one.memory.rss_bytes for one in built) / 1e6:.0f} MB",
        "peak memory, PSS of the process tree": f"{max(one.memory.pss_bytes for one in built) / 1e6:.0f} MB",
        "index size / source text": f"{built[-1].index_bytes / source_bytes:.2f}",
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("large_tree", __doc__)
    options.add_tree(parser)
    options.add_semble(parser)
    parser.add_argument("--rounds", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--peers-only", action="store_true", help="leave assist out, to check the harness")
    given = parser.parse_args(argv)
    assist, semble = options.assist_of(given), options.semble_of(given)
    products: list[Assist | Semble] = [] if given.peers_only else [assist]
    if semble is not None:
        products.append(semble)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        root = Path(scratch) / given.tree.name
        files = len(copy_first(given.tree, sum(1 for _ in text_files(given.tree)), root))
        source_bytes = text_bytes(root)
        inputs = f"{given.tree.name}: {files} text files, {source_bytes / 1e6:.1f} MB"
        print(inputs)
        by_product = {
            product.name: values(build(product, root, given.rounds), source_bytes) for product in products
        }
        if not given.peers_only:
            inputs += f"; indexed {counts(assist, root)}"
    for name, figures in by_product.items():
        for figure, value in figures.items():
            print(f"{name:8} {figure:40} {value}")
    if not given.peers_only:
        peer = by_product.get("semble", {})
        rows = [
            Figure(name, value, f"semble {peer[name]}" if name in peer else "", inputs)
            for name, value in by_product["assist"].items()
        ]
        options.record(given, BENCHMARK, rows, [product.version() for product in products])
    return 0


if __name__ == "__main__":
    sys.exit(main())
