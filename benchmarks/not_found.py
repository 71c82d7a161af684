"""When is "not found" the right answer? Questions asked of their own repository against those asked of others.

Every question of the query set is asked of its repository, where an answer is known, and of three others, chosen at
random with a fixed seed, where there mostly is none (some of them do have one: many repositories parse, log and retry).
Printed are the shares that are answered, and what other thresholds than the ones in use would give.

    python -m benchmarks.not_found --mirror DIR
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import __version__
from assistant.answers import answer
from assistant.answers.extractive import measure
from assistant.answers.found import FOUND, FOUND_BY_WORDS, Fit
from assistant.engine import Engine
from assistant.settings import load_settings
from benchmarks import options
from benchmarks.query_set import Query, QuerySetError, Repository
from benchmarks.results import Figure

BENCHMARK = "not found"
_OTHERS = 3
_SEED = 1
_KEPT = (0.99, 0.975, 0.97, 0.95)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked of a repository: whether it is its own, whether it was answered, and how well anything fits."""

    query: Query
    repository: str
    is_own: bool
    found: bool
    fit: Fit


def pairs(repositories: Sequence[Repository]) -> Iterator[tuple[Query, Repository, bool]]:
    """Every question with its own repository and with a few others."""
    rng = random.Random(_SEED)
    for own in repositories:
        others = [repository for repository in repositories if repository.name != own.name]
        for query in own.queries:
            yield query, own, True
            for other in rng.sample(others, min(_OTHERS, len(others))):
                yield query, other, False


def ask_all(repositories: Sequence[Repository], cache: Path) -> list[Asked]:
    """Index every repository and ask all pairs."""
    engine = Engine(replace(load_settings({}), cache_dir=cache))
    for repository in repositories:
        engine.update(repository.root)
    asked = []
    for query, repository, is_own in sorted(pairs(repositories), key=lambda pair: pair[1].name):
        searcher = engine.searcher([repository.root])
        found = answer(searcher, query.text, embedder=engine.embedder)
        measured = measure(searcher, query.text, engine.embedder)
        asked.append(Asked(query, repository.name, is_own, found.found, measured))
    return asked


def report(asked: Sequence[Asked]) -> str:
    """Shares answered as things are, then the thresholds that keep a share of the questions with an answer."""
    own = [one for one in asked if one.is_own]
    others = [one for one in asked if not one.is_own]
    lines = [
        f"{len(own)} questions with an answer: {_share(own):.1%} answered",
        f"{len(others)} asked of another repository: {1 - _share(others):.1%} not found",
        f"{'kept':>6}{'threshold':>11}{'refused':>9}{'by words':>11}{'refused':>9}"
        f"   (in use: {FOUND}, {FOUND_BY_WORDS})",
    ]
    for kept in _KEPT:
        cells = [f"{kept:6.1%}"]
        for words_only in (False, True):
            threshold = _quantile([one.fit.score(words_only=words_only) for one in own], 1 - kept)
            refused = [one.fit.score(words_only=words_only) < threshold for one in others]
            cells.append(f"{threshold:11.3f}{sum(refused) / max(1, len(refused)):9.1%}")
        lines.append("".join(cells))
    return "\n".join(lines)


def figures(asked: Sequence[Asked]) -> list[Figure]:
    """The two shares, for the results file."""
    own, others = [one for one in asked if one.is_own], [one for one in asked if not one.is_own]
    inputs = f"query set, {len(own)} questions and {len(others)} asked of another repository"
    return [
        Figure("questions with an answer that are answered", f"{_share(own):.1%}", "", inputs),
        Figure("questions of another repository that are not found", f"{1 - _share(others):.1%}", "", inputs),
    ]


def _share(asked: Sequence[Asked]) -> float:
    return sum(one.found for one in asked) / max(1, len(asked))


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = options.parser("not_found", __doc__)
    options.add_query_set(parser)
    parser.add_argument(
        "--misses", action="store_true", help="list the questions that should have been answered"
    )
    given = parser.parse_args(arguments)
    try:
        repositories = options.repositories_of(given)
    except QuerySetError as error:
        parser.error(str(error))
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as cache:
        asked = ask_all(repositories, Path(cache))
    print(report(asked))
    if given.misses:
        for one in asked:
            if one.is_own and not one.found:
                print(f"missed: {one.repository}: {one.query.text} ({one.fit.score(words_only=False):.2f})")
    options.record(given, BENCHMARK, figures(asked), [f"repo-assist {__version__}"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
