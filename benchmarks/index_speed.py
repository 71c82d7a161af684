"""Index speed: CPU time of a cold index of each repository of the query set, ours and semble's in turns.

Each round starts with empty caches and runs one process a product: start-up, model, chunks, lexical index,
vectors, saving. CPU is user plus system time of that process and its children; the figure is the median of
the rounds, and the summary is the median over repositories of the ratio ours / semble.

    python -m benchmarks.index_speed --repos DIR --semble-python P --semble-model M
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import options
from benchmarks.corpus import text_bytes
from benchmarks.measure import Measured, folder_bytes
from benchmarks.product import Product
from benchmarks.query_set import QuerySetError, Repository
from benchmarks.results import Figure

BENCHMARK = "index speed"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one cold index costs: medians of the rounds; the index's size is the last round's."""

    cpu_s: float
    wall_s: float
    max_rss_bytes: int
    index_bytes: int


def measure(products: Sequence[Product], root: Path, rounds: int) -> dict[str, Cost]:
    """Index one folder with each product in turn, round after round."""
    runs: dict[str, list[Measured]] = {product.name: [] for product in products}
    sizes: dict[str, int] = {}
    for _ in range(rounds):
        for product in products:
            with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
                runs[product.name].append(product.index(root, Path(scratch)))
                sizes[product.name] = folder_bytes(Path(scratch))
    return {
        name: Cost(
            statistics.median(one.cpu_s for one in measured),
            statistics.median(one.wall_s for one in measured),
            round(statistics.median(one.max_rss_bytes for one in measured)),
            sizes[name],
        )
        for name, measured in runs.items()
    }


def ratios(costs: Sequence[dict[str, Cost]], peer: str) -> list[float]:
    """CPU time of assist over the peer's, a repository."""
    return [cost["assist"].cpu_s / cost[peer].cpu_s for cost in costs]


def report_line(name: str, source_bytes: int, costs: dict[str, Cost]) -> str:
    """A repository's line: per product CPU and wall seconds, peak memory, index size over source size."""
    cells = "".join(
        f"{cost.cpu_s:8.2f}{cost.wall_s:8.2f}{cost.max_rss_bytes / 1e6:8.0f}"
        f"{cost.index_bytes / source_bytes:7.2f}"
        for cost in costs.values()
    )
    ratio = f"{ratios([costs], 'semble')[0]:8.2f}" if {"assist", "semble"} <= costs.keys() else ""
    return f"{name:20}{source_bytes / 1e6:7.2f}{cells}{ratio}"


def report_header(products: Sequence[Product]) -> str:
    """The column heads of `report_line`."""
    names = " " * 27 + "".join(f"{product.name:>31}" for product in products)
    columns = f"{'':20}{'MB':>7}" + f"{'CPU s':>8}{'wall s':>8}{'MB':>8}{'x src':>7}" * len(products)
    return f"{names}\n{columns}" + (f"{'ratio':>8}" if len(products) > 1 else "")


def figures(
    costs: Sequence[dict[str, Cost]], repositories: Sequence[Repository], rounds: int
) -> list[Figure]:
    """The rows to record: CPU seconds summed over the set, and the median of ratios where there is a peer."""
    inputs = f"{len(repositories)} repositories of code-search, root folders, median of {rounds} rounds"
    totals = {name: sum(cost[name].cpu_s for cost in costs) for name in costs[0]}
    peer = f"semble {totals['semble']:.1f} s" if "semble" in totals else ""
    rows = [Figure("cold index, CPU, sum", f"{totals['assist']:.1f} s", peer, inputs)]
    if peer:
        each = ratios(costs, "semble")
        value = f"{statistics.median(each):.2f} (from {min(each):.2f} to {max(each):.2f})"
        rows.append(
            Figure("cold index, CPU, assist / semble, median of ratios", value, "semble 1.00", inputs)
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("index_speed", __doc__)
    options.add_query_set(parser)
    options.add_semble(parser)
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--peers-only", action="store_true", help="leave assist out, to check the harness")
    given = parser.parse_args(argv)
    semble = options.semble_of(given)
    products: list[Product] = [] if given.peers_only else [options.assist_of(given)]
    if semble is not None:
        products.append(semble)
    if not products:
        parser.error("--peers-only needs --semble-python and --semble-model")
    try:
        repositories = options.repositories_of(given)
    except QuerySetError as error:
        parser.error(str(error))
    costs = []
    print(report_header(products))
    for repository in repositories:
        source_bytes = text_bytes(repository.root)
        costs.append(measure(products, repository.root, given.rounds))
        print(report_line(repository.name, source_bytes, costs[-1]), flush=True)
    for product in products:
        print(f"{product.name}: {sum(cost[product.name].cpu_s for cost in costs):.1f} s CPU in all")
    if len(products) == 2:
        each = ratios(costs, "semble")
        print(
            f"assist / semble, CPU: median of ratios {statistics.median(each):.2f}, highest {max(each):.2f}"
        )
    if not given.peers_only:
        names = [product.version() for product in products]
        options.record(given, BENCHMARK, figures(costs, repositories, given.rounds), names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
