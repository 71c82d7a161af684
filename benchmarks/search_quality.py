"""Search quality: NDCG@10 over the query set, ours and the peers' in one run.

Every repository of the set is indexed (only its root folder) and all of its queries are asked in one
process. The ranked results of each product are written as JSON lines, scored, and printed by category,
by language and by repository.

    python -m benchmarks.search_quality --mirror DIR      # write the repositories out, then measure
    python -m benchmarks.search_quality --peer ripgrep --peer semble --semble-python P --semble-model M
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import options
from benchmarks.measure import percentile
from benchmarks.ndcg import hit_at_1, ndcg_at_10
from benchmarks.peers import ripgrep_peer
from benchmarks.product import Answer, Product
from benchmarks.query_set import Query, QuerySetError, Repository
from benchmarks.results import Figure

BENCHMARK = "search quality"


@dataclass(frozen=True, slots=True)
class Scored:
    """One query of one repository with its answer and that answer's scores."""

    repository: str
    query: Query
    answer: Answer
    ndcg: float
    hit_1: bool
    language: str = ""
    """Of the repository; empty where the category is the query's own."""


def ask_all(product: Product, repositories: Sequence[Repository]) -> list[Scored]:
    """Index every repository afresh and ask all of its queries."""
    scored = []
    for repository in repositories:
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
            cache = Path(scratch)
            product.index(repository.root, cache)
            answers = product.answer(repository.root, cache, [query.text for query in repository.queries])
        for query, answer in zip(repository.queries, answers, strict=True):
            ndcg = ndcg_at_10(answer.hits, query.targets)
            first = hit_at_1(answer.hits, query.targets)
            scored.append(Scored(repository.name, query, answer, ndcg, first, repository.language))
        print(f"{product.name}: {repository.name}", file=sys.stderr)
    return scored


def write_results(scored: Sequence[Scored], file: Path) -> None:
    """Write the ranked results as JSON lines, in the form that the query set's own scorer reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        for one in scored:
            results = [
                {"path": hit.path, "start_line": hit.start_line, "end_line": hit.end_line}
                for hit in one.answer.hits
            ]
            row = {"repo": one.repository, "query": one.query.text, "ms": one.answer.ms, "results": results}
            stream.write(json.dumps(row) + "\n")


def groups(scored: Sequence[Scored]) -> Iterator[tuple[str, list[Scored]]]:
    """The rows of the report: all queries, each category, each language, each repository."""
    yield "all", list(scored)
    categories: list[Callable[[Scored], str]] = [
        lambda one: one.query.category,
        lambda one: one.language,
        lambda one: one.repository,
    ]
    for key in categories:
        for name in sorted({key(one) for one in scored} - {""}):
            yield name, [one for one in scored if key(one) == name]


def report(by_product: dict[str, list[Scored]]) -> str:
    """The table: a row a group, NDCG@10 and hit@1 of each product side by side; then the query times."""
    names = list(by_product)
    columns = "".join(f"{name:>12} hit@1" for name in names)
    lines = [f"{'NDCG@10':24}{'n':>5}{columns}"]
    grouped = {name: dict(groups(scored)) for name, scored in by_product.items()}
    for label, members in grouped[names[0]].items():
        cells = "".join(
            f"{mean_ndcg(grouped[name][label]):12.4f} {mean_hit_1(grouped[name][label]):5.3f}"
            for name in names
        )
        lines.append(f"{label:24}{len(members):>5}{cells}")
    for name, scored in by_product.items():
        p50, p95 = query_times(scored)
        lines.append(f"{name}: warm query p50 {p50:.2f} ms, p95 {p95:.2f} ms")
    return "\n".join(lines)


def mean_ndcg(scored: Sequence[Scored]) -> float:
    """Mean NDCG@10 over queries."""
    return statistics.mean(one.ndcg for one in scored)


def mean_hit_1(scored: Sequence[Scored]) -> float:
    """Share of the queries whose first result covers a target."""
    return statistics.mean(float(one.hit_1) for one in scored)


def query_times(scored: Sequence[Scored]) -> tuple[float, float]:
    """Median and 95th percentile of the time in process, milliseconds."""
    times = [one.answer.ms for one in scored]
    return statistics.median(times), percentile(times, 0.95)


def figures(by_product: dict[str, list[Scored]], repositories: Sequence[Repository]) -> list[Figure]:
    """The rows to record: NDCG@10 over all and by category, hit@1, query times."""
    ours, *peers = by_product
    total = len(by_product[ours])
    inputs = f"{total} queries, {len(repositories)} repositories of code-search"
    grouped = {name: dict(groups(scored)) for name, scored in by_product.items()}
    categories = sorted({one.query.category for one in by_product[ours]})
    languages = sorted({one.language for one in by_product[ours]} - {""})

    def row(name: str, value: Callable[[str], str]) -> Figure:
        return Figure(name, value(ours), ", ".join(f"{peer} {value(peer)}" for peer in peers), inputs)

    def ndcg_of(label: str) -> Callable[[str], str]:
        return lambda name: f"{mean_ndcg(grouped[name][label]):.4f}"

    def times(name: str) -> str:
        return "{:.2f} / {:.2f} ms".format(*query_times(by_product[name]))

    rows = [row("NDCG@10", ndcg_of("all"))]
    rows += [row(f"NDCG@10, {label}", ndcg_of(label)) for label in (*categories, *languages)]
    rows.append(row("hit@1", lambda name: f"{mean_hit_1(by_product[name]):.3f}"))
    rows.append(row("warm query p50 / p95", times))
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("search_quality", __doc__)
    options.add_query_set(parser)
    options.add_semble(parser)
    parser.add_argument(
        "--peer", action="append", default=[], choices=["semble", "ripgrep"], help="repeatable"
    )
    parser.add_argument("--peers-only", action="store_true", help="leave assist out, to check the harness")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(".cache/benchmarks"),
        help="folder for the ranked results (default: %(default)s)",
    )
    given = parser.parse_args(argv)
    products: list[Product] = [] if given.peers_only else [options.assist_of(given)]
    semble = options.semble_of(given)
    if "semble" in given.peer:
        if semble is None:
            parser.error("--peer semble needs --semble-python and --semble-model")
        products.append(semble)
    if "ripgrep" in given.peer:
        if not ripgrep_peer.installed():
            parser.error("--peer ripgrep needs `rg` on the path: install ripgrep")
        products.append(ripgrep_peer.Ripgrep())
    if not products:
        parser.error("--peers-only needs a --peer")
    try:
        repositories = options.repositories_of(given)
    except QuerySetError as error:
        parser.error(str(error))
    by_product = {}
    for product in products:
        by_product[product.name] = ask_all(product, repositories)
        write_results(by_product[product.name], given.out / f"{product.name}.jsonl")
    print(report(by_product))
    if not given.peers_only:
        names = [product.version() for product in products]
        options.record(given, BENCHMARK, figures(by_product, repositories), names)
    return 0


if __name__ == "__main__":
    sys.exit(main())
