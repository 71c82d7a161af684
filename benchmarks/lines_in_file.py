"""The right lines in the right file: whether the first result of a file that answers shows its target's lines.

Queries are derived from git directories as `benchmarks.derived_queries` does: masked documentation, symbols and
name words, whose definitions are the target lines, and commits, of which only the files are known. Lines
count where the right file is among the ten results. Beside them, NDCG@10 of the files by kind and language.

    python -m benchmarks.lines_in_file MIRROR/celery+celery/repo MIRROR/redis+redis/repo --record
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.quality.queries import DerivedQuery, Kind
from benchmarks import derived_queries, options
from benchmarks.ndcg import Hit, Target, ndcg_at_10, same_file
from benchmarks.product import Product
from benchmarks.results import Figure

BENCHMARK = "lines in the right file"


@dataclass(frozen=True, slots=True)
class Asked:
    """A derived query with what came of it.

    :param lines: whether the first result of its target's file shows the target's lines; None if the file is
        not among the results or the lines are not known.
    """

    query: DerivedQuery
    ndcg: float
    lines: bool | None


def ask(product: Product, repository: derived_queries.DerivedRepository) -> Iterator[Asked]:
    """Index a tree afresh and ask its queries."""
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        product.index(repository.tree, Path(scratch))
        texts = [query.text for query in repository.queries]
        answers = product.answer(repository.tree, Path(scratch), texts)
    for query, answer in zip(repository.queries, answers, strict=True):
        files = list({hit.path: Hit(hit.path, 1, 1) for hit in answer.hits}.values())
        targets = [Target(target.path) for target in query.targets]
        yield Asked(query, ndcg_at_10(files, targets), lines_shown(query, answer.hits))


def lines_shown(query: DerivedQuery, hits: Sequence[Hit]) -> bool | None:
    """Whether the first hit in the first target's file overlaps the target's lines; None where that is unknown."""
    target = query.targets[0]
    first = next((hit for hit in hits if same_file(hit.path, target.path)), None)
    if first is None or target.lines is None:
        return None
    return first.start_line <= target.lines[1] and first.end_line >= target.lines[0]


def groups(asked: Sequence[Asked]) -> Iterator[tuple[str, list[Asked]]]:
    """All queries, each kind, each language."""
    yield "all", list(asked)
    keys: list[Callable[[Asked], str]] = [lambda one: one.query.kind.value, lambda one: one.query.language]
    for key in keys:
        for name in sorted({key(one) for one in asked}):
            yield name, [one for one in asked if key(one) == name]


def share_of_lines(asked: Sequence[Asked]) -> tuple[float, int] | None:
    """Share of the known lines that are shown, and how many are known; None without any."""
    known = [one.lines for one in asked if one.lines is not None]
    return (statistics.mean(known), len(known)) if known else None


def report(asked: Sequence[Asked]) -> str:
    """The table."""
    lines = [f"{'':20}{'queries':>8}{'NDCG@10':>9}{'known':>8}{'lines':>8}"]
    for name, members in groups(asked):
        found = share_of_lines(members)
        known, share = ("", "") if found is None else (str(found[1]), f"{found[0]:.3f}")
        ndcg = statistics.mean(one.ndcg for one in members)
        lines.append(f"{name:20}{len(members):>8}{ndcg:>9.4f}{known:>8}{share:>8}")
    return "\n".join(lines)


def figures(asked: Sequence[Asked], repositories: int) -> list[Figure]:
    """The rows to record: lines and NDCG@10, all and by kind."""
    rows = []
    for name, members in groups(asked):
        if name != "all" and name not in {kind.value for kind in Kind}:
            continue
        label = "" if name == "all" else f", {name}"
        inputs = f"{len(members)} derived queries of {repositories} repositories"
        if (found := share_of_lines(members)) is not None:
            known = f"{inputs}; the right file is shown and its lines are known for {found[1]}"
            rows.append(Figure(f"right lines first{label}", f"{found[0]:.3f}", "", known))
        rows.append(
            Figure(f"NDCG@10{label}", f"{statistics.mean(one.ndcg for one in members):.4f}", "", inputs)
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("lines_in_file", __doc__)
    derived_queries.add_sizes(parser)
    parser.add_argument("--keep", type=Path, help="folder to keep the derived queries in, for the next run")
    given = parser.parse_args(argv)
    product = options.assist_of(given)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        into = (given.keep or Path(scratch)).resolve()
        into.mkdir(parents=True, exist_ok=True)
        repositories = derived_queries.derive_all(given.git_directories, into, given)
        shutil.rmtree(into / derived_queries.CACHE, ignore_errors=True)
        asked = [one for repository in repositories for one in ask(product, repository)]
    if not asked:
        parser.error("these repositories give no queries; name others")
    print(report(asked))
    options.record(given, BENCHMARK, figures(asked, len(repositories)), [product.version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
