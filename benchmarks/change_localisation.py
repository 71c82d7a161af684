"""Change localisation: the subject of a commit is asked, the files that it changed are the targets.

For each git directory, the tree before its latest commits is written out and indexed once; the subjects of
those later commits are the queries. A commit counts if it modified one to five files of code that stand in
that tree, and none that does not, if its subject has four words at least, names none of the files and is no
merge, release, dependency, documentation or formatting chore and speaks of no tests. Tests, examples and
documents are not among the targets (`--with-tests` adds the tests). All commits of a repository share one
tree, with its history, so that it is as old for all as for the oldest of them.

    python -m benchmarks.change_localisation MIRROR/celery+celery/repo MIRROR/redis+redis/repo --record
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.quality.commits import History, changes_before
from assistant.quality.queries import DerivedQuery, sampled
from assistant.quality.trees import copy_commit
from assistant.retrieval.places import BEHIND
from benchmarks import options
from benchmarks.ndcg import Target
from benchmarks.product import Product
from benchmarks.query_set import Query, Repository
from benchmarks.results import Figure
from benchmarks.search_quality import Scored, ask_all, mean_hit_1, mean_ndcg, report, write_results
from indexer.discovery import Role

BENCHMARK = "change localisation"


DEFAULT_COMMITS = 90
_LIKE_A_FILTER = re.compile(r"(?<!\S)(-?(?:[A-Za-z]+(?=:\S)|(?i:lang|path|sym|kind))):(?![:/\\])")


def repository_of(git_directory: Path, into: Path, given: argparse.Namespace) -> Repository | None:
    """Write the tree before the latest commits; None if no commit may be asked for."""
    name = git_directory.parent.name if git_directory.name == "repo" else git_directory.name
    history = History("--git-dir", str(git_directory))
    commit, changes = changes_before(history.changes(), given.commits)
    if not commit:
        return None
    behind = BEHIND & ~Role.TEST if given.with_tests else BEHIND
    tree = (into / name).resolve()
    copied = copy_commit(history, commit, changes, 0, tree, lambda done, total: None, behind)
    queries = tuple(
        _query(query) for query in sampled(copied.queries, lambda query: query.text, given.queries)
    )
    return Repository(name, "", tree, queries) if queries else None


def _query(query: DerivedQuery) -> Query:
    """A query of the benchmark; its category is the language of its first target.

    ``name:value`` in a subject is no filter, though a search would read it so; all products get it without the colon.
    """
    text = _LIKE_A_FILTER.sub(r"\1 ", query.text)
    return Query(text, query.language, tuple(Target(target.path) for target in query.targets))


def ratio_interval(ours: Sequence[Scored], peer: Sequence[Scored]) -> tuple[float, float]:
    """95 % bootstrap interval of the ratio of the means, drawing repositories."""
    gains: dict[str, tuple[list[float], list[float]]] = {one.repository: ([], []) for one in ours}
    for mine, other in zip(ours, peer, strict=True):
        gains[mine.repository][0].append(mine.ndcg)
        gains[mine.repository][1].append(other.ndcg)
    draw = random.Random(0)
    names = sorted(gains)
    ratios = []
    for _ in range(2_000):
        chosen = draw.choices(names, k=len(names))
        sums = [sum(sum(gains[name][side]) for name in chosen) for side in (0, 1)]
        ratios.append(sums[0] / max(sums[1], 1e-9))
    ratios.sort()
    return ratios[49], ratios[1949]


def figures(by_product: dict[str, list[Scored]], given: argparse.Namespace) -> list[Figure]:
    """The rows to record: NDCG@10 and hit@1, and the ratio to the first peer."""
    ours, *peers = by_product
    repositories = {one.repository for one in by_product[ours]}
    targets = "files of code and tests" if given.with_tests else "files of code"
    inputs = (
        f"{len(by_product[ours])} commit subjects of {len(repositories)} repositories; targets are {targets}"
    )

    def beside(value: Callable[[str], str]) -> str:
        return ", ".join(f"{peer} {value(peer)}" for peer in peers)

    def ndcg(name: str) -> str:
        return f"{mean_ndcg(by_product[name]):.4f}"

    def first(name: str) -> str:
        return f"{mean_hit_1(by_product[name]):.3f}"

    rows = [
        Figure("NDCG@10", ndcg(ours), beside(ndcg), inputs),
        Figure("hit@1", first(ours), beside(first), inputs),
    ]
    for peer in peers:
        ratio = mean_ndcg(by_product[ours]) / mean_ndcg(by_product[peer])
        low, high = ratio_interval(by_product[ours], by_product[peer])
        result = f"{ratio:.3f} (95 % of repositories drawn anew: {low:.3f} to {high:.3f})"
        rows.append(Figure(f"NDCG@10, times {peer}'s", result, "", inputs))
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("change_localisation", __doc__)
    options.add_semble(parser)
    parser.add_argument("git_directories", nargs="+", type=Path, metavar="GIT_DIRECTORY")
    parser.add_argument(
        "--commits",
        type=int,
        default=DEFAULT_COMMITS,
        help="the tree is as old as so many commits that may be asked for (default: %(default)s)",
    )
    parser.add_argument(
        "--queries", type=int, default=40, help="of a repository at most (default: %(default)s)"
    )
    parser.add_argument("--with-tests", action="store_true", help="changed tests are targets, too")
    parser.add_argument("--trees", type=Path, help="folder to keep the trees in (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=Path(".cache/benchmarks"), help="default: %(default)s")
    given = parser.parse_args(argv)
    products: list[Product] = [options.assist_of(given)]
    if (semble := options.semble_of(given)) is not None:
        products.append(semble)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        into = given.trees or Path(scratch)
        found = [repository_of(directory, into, given) for directory in given.git_directories]
        repositories = [repository for repository in found if repository is not None]
        if not repositories:
            parser.error("no commit of these repositories may be asked for; name others")
        by_product = {product.name: ask_all(product, repositories) for product in products}
    for name, scored in by_product.items():
        write_results(scored, given.out / f"changes-{name}.jsonl")
    print(report(by_product))
    rows = figures(by_product, given)
    for row in rows:
        print(f"{row.name}: {row.result}")
    options.record(given, BENCHMARK, rows, [product.version() for product in products])
    return 0


if __name__ == "__main__":
    sys.exit(main())
