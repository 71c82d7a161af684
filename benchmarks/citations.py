"""Citation checking: how many untrue citations are found out, how many true ones are doubted.

Answers are made from each repository's files with a known mix of true, off-by-some, wrong-file, invented-path and
invented-symbol citations and of true and altered quotations (`made_answers.py`), and streamed into the checker in
pieces of random length.

    python -m benchmarks.citations --repos DIR
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answers import citations
from assistant.answers.citations import CitationChecker, Event
from assistant.engine import Engine
from assistant.settings import load_settings
from benchmarks import options
from benchmarks.made_answers import Expected, MadeAnswer, Maker, Repository, Truth, mix
from benchmarks.query_set import QuerySetError
from benchmarks.results import Figure

BENCHMARK = "citations"
SHARES = {
    Truth.TRUE: 10,
    Truth.OFF_BY_SOME: 3,
    Truth.WRONG_FILE: 2,
    Truth.INVENTED_PATH: 2,
    Truth.INVENTED_SYMBOL: 2,
    Truth.TRUE_QUOTATION: 1,
    Truth.ALTERED_QUOTATION: 1,
}
_GENUINE = (Truth.TRUE, Truth.TRUE_QUOTATION)
_WRONG = (citations.UntrueCitation, citations.FlaggedIdentifier, citations.FlaggedQuotation)


@dataclass(slots=True)
class Score:
    """Statements by what they are: all, and those that were found to be wrong."""

    made: Counter[Truth] = field(default_factory=Counter)
    doubted: Counter[Truth] = field(default_factory=Counter)
    names: int = 0
    doubted_names: int = 0
    unread: int = 0
    """Citations that were not recognised as such."""
    us_per_char: list[float] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)

    def recall(self) -> float:
        """The share of untrue statements that were found out."""
        wrong = [truth for truth in self.made if truth not in _GENUINE]
        return sum(self.doubted[truth] for truth in wrong) / max(1, sum(self.made[truth] for truth in wrong))

    def false_alarms(self) -> float:
        """The share of true citations, true quotations and genuine names that were doubted."""
        genuine = sum(self.made[truth] for truth in _GENUINE) + self.names
        return (sum(self.doubted[truth] for truth in _GENUINE) + self.doubted_names) / max(1, genuine)


def streamed(checker: CitationChecker, text: str, choose: random.Random) -> list[Event]:
    """Feed a text in pieces of one to twelve characters."""
    events: list[Event] = []
    position = 0
    while position < len(text):
        size = choose.randint(1, 12)
        events += checker.feed(text[position : position + size])
        position += size
    return events + checker.finish()


def score(answer: MadeAnswer, events: Iterable[Event], into: Score) -> None:
    """Compare what was found with the truth.

    :raises AssertionError: if the events' texts are not the answer.
    """
    events = list(events)
    if "".join(event.text for event in events) != answer.text:
        raise AssertionError("the events are not the answer's text")
    found: dict[int, list[Event]] = defaultdict(list)
    position = 0
    for event in events:
        index = _statement_at(answer.expected, position, before=not event.text)
        position += len(event.text)
        if not isinstance(event, citations.Text):
            found[index].append(event)
    into.names += answer.names
    for index, expected in enumerate(answer.expected):
        _score_statement(answer, expected, found[index], into)
    for event in found[-1]:
        into.doubted_names += isinstance(event, _WRONG)
        into.mistakes.append(f"filler: {event}")


def _statement_at(expected: Sequence[Expected], position: int, *, before: bool) -> int:
    for index, item in enumerate(expected):
        if item.start_char <= position < item.end_char or (before and position == item.end_char):
            return index
    return -1


def _score_statement(answer: MadeAnswer, expected: Expected, events: Sequence[Event], into: Score) -> None:
    truth = expected.truth
    into.made[truth] += 1
    flagged = [event for event in events if isinstance(event, citations.FlaggedIdentifier)]
    surprising = [event for event in flagged if event.identifier != expected.invented]
    into.doubted_names += len(surprising)
    cited = [
        event for event in events if isinstance(event, (citations.TrueCitation, citations.UntrueCitation))
    ]
    into.unread += not cited
    if truth in (Truth.TRUE_QUOTATION, Truth.ALTERED_QUOTATION):
        doubted = any(isinstance(event, citations.FlaggedQuotation) for event in events)
    else:
        doubted = any(isinstance(event, citations.UntrueCitation) for event in cited)
    if truth is Truth.INVENTED_SYMBOL:
        doubted = doubted or any(event.identifier == expected.invented for event in flagged)
    if truth is Truth.TRUE:
        doubted = doubted or not cited
    into.doubted[truth] += doubted
    if surprising or doubted == (truth in _GENUINE):
        text = answer.text[expected.start_char : expected.end_char]
        into.mistakes.append(f"{truth.value}: {text.strip()!r}\n    {[event for event in events]}")


def measure(root: Path, cache: Path, count: int, seed: int, into: Score) -> None:
    """Make answers about one repository and check them."""
    engine = Engine(load_settings({"ASSIST_CACHE_DIR": str(cache), "ASSIST_CONFIG_DIR": str(cache)}))
    engine.update(root)
    sources = engine.searcher([root]).sources
    maker, choose = Maker(Repository(root), seed), random.Random(seed)
    for truths in mix(seed, count, SHARES):
        answer = maker.answer(truths)
        checker = CitationChecker(sources, ["how does this work?"])
        started = time.process_time()
        events = streamed(checker, answer.text, choose)
        into.us_per_char.append(1e6 * (time.process_time() - started) / max(1, len(answer.text)))
        score(answer, events, into)


def figures(into: Score, inputs: str) -> list[Figure]:
    """The figures to be recorded."""
    rows = [
        Figure("recall of untrue citations, names and quotations", f"{into.recall():.4f}", "", inputs),
        Figure("false alarms", f"{into.false_alarms():.4f}", "", inputs),
    ]
    for truth in Truth:
        if into.made[truth]:
            said = f"{into.doubted[truth]} of {into.made[truth]} doubted"
            rows.append(Figure(truth.value, said, "", inputs))
    names = f"{into.doubted_names} of {into.names} doubted"
    cost = f"{statistics.median(into.us_per_char):.1f} \u00b5s CPU a character"
    return [
        *rows,
        Figure("genuine names in code font", names, "", inputs),
        Figure("checking", cost, "", inputs),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("citations", __doc__)
    options.add_query_set(parser)
    parser.add_argument("--answers", type=int, default=200, help="how many in all (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--mistakes", action="store_true", help="print what was judged wrongly")
    given = parser.parse_args(argv)
    into = Score()
    try:
        repositories = options.repositories_of(given)
    except QuerySetError as error:
        parser.error(str(error))
    for number, repository in enumerate(repositories):
        share = given.answers * (number + 1) // len(repositories) - given.answers * number // len(
            repositories
        )
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as cache:
            measure(repository.root, Path(cache), share, given.seed + number, into)
    rows = figures(
        into, f"{given.answers} made answers over {len(repositories)} repositories, seed {given.seed}"
    )
    for row in rows:
        print(f"{row.name}: {row.result}")
    if given.mistakes:
        print("\n".join(into.mistakes), file=sys.stderr)
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()] if given.record else [])
    return 0


if __name__ == "__main__":
    sys.exit(main())
