"""How many copies are found with the right file, by what was done to them and their length; ours and peers in one run.

    python -m benchmarks.copies.recall --set FOLDER --pmd LIB --jscpd PROGRAM --copydetect PYTHON

Bare fragments and fragments embedded in files of other projects are scored apart. Batch tools are given the corpus anew
for each, and once a language. `scoring.py` says what counts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.copies import detectors, scoring
from benchmarks.copies.detector import Detection, Detector, DetectorError
from benchmarks.copies.model import Form, Kind, Query
from benchmarks.copies.ours import Ours
from benchmarks.copies.scoring import Share
from benchmarks.results import Figure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one detector found among the queries of one form that it takes."""

    detector: Detector
    queries: tuple[Query, ...]
    detection: Detection

    def alarms(self, kind: Kind) -> Share:
        """Negatives of a kind with any finding."""
        chosen = [query for query in self.queries if query.kind is kind]
        return Share(sum(1 for query in chosen if self.detection.findings.get(query.id)), len(chosen))

    def alarms_in_words(self, kind: Kind) -> str:
        """The same, and how many have a warning if that is not all of them."""
        share = self.alarms(kind)
        warned = Outcome(
            self.detector,
            self.queries,
            replace(self.detection, findings=scoring.only_warnings(self.detection.findings)),
        ).alarms(kind)
        hinted = "" if warned.hits == share.hits else f", {warned.hits} with a warning"
        return f"{share.hits} of {share.of}{hinted}"

    def host_alarms(self) -> Share:
        """Host files with a finding outside the copy."""
        chosen = [query for query in self.queries if query.sources]
        found = self.detection.findings
        return Share(
            sum(1 for query in chosen if scoring.outside_copy(query, found.get(query.id, ()))), len(chosen)
        )


def run(detector: Detector, data: detectors.DataSet, form: Form, queries: Sequence[Query]) -> Outcome:
    """Look up all queries of a form that are in the detector's languages."""
    chosen = tuple(query for query in queries if query.form is form and query.language in detector.languages)
    return Outcome(detector, chosen, detector.detect(data.corpus, chosen))


def figures_of(outcomes: Sequence[Outcome], form: Form, inputs: str) -> list[Figure]:
    """A figure a row: the first outcome is the result, the others are its peers."""
    rows = []
    for label, wanted in scoring.groups():
        values = [
            str(scoring.recall(outcome.queries, outcome.detection.findings, wanted)) for outcome in outcomes
        ]
        rows.append((f"{form}: {label}", values))
    named = [scoring.attribution(outcome.queries, outcome.detection.findings) for outcome in outcomes]
    rows.append((f"{form}: right file first", [str(right) for right, _ in named]))
    rows.append((f"{form}: source lines off by <= {scoring.LINES_OFF}", [str(lines) for _, lines in named]))
    if form is Form.BARE:
        for kind in (Kind.FRAGMENT, Kind.BOILERPLATE):
            rows.append((f"alarms: {kind}", [outcome.alarms_in_words(kind) for outcome in outcomes]))
    else:
        alarms = [outcome.host_alarms() for outcome in outcomes]
        rows.append((f"{form}: hosts with an alarm outside", [f"{s.hits} of {s.of}" for s in alarms]))
    rows.append((f"{form}: CPU / wall / largest process", [_cost(outcome.detection) for outcome in outcomes]))
    return [_figure(name, values, outcomes, inputs) for name, values in rows]


def _figure(name: str, values: Sequence[str], outcomes: Sequence[Outcome], inputs: str) -> Figure:
    labels = [outcome.detector.name for outcome in outcomes]
    peers = ", ".join(f"{label} {value}" for label, value in list(zip(labels, values, strict=True))[1:])
    return Figure(f"{name}", values[0], peers, inputs)


def _cost(detection: Detection) -> str:
    return f"{detection.cpu_s:.0f} s / {detection.wall_s:.0f} s / {detection.max_rss_bytes / 2**30:.1f} GiB"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = detectors.parser("recall", __doc__)
    parser.add_argument(
        "--show-missed", action="store_true", help="list the copies that the first detector missed"
    )
    parser.add_argument("--form", choices=[form.value for form in Form], help="only this form")
    given = parser.parse_args(argv)
    data = detectors.data_set(given)
    queries = data.queries()
    try:
        chosen: list[Detector] = ([] if given.no_ours else [Ours(given.level)]) + detectors.peers(given)
        if not chosen:
            parser.error("nothing to run: leave out --no-ours, or name a peer")
        for form in Form:
            if given.form and form != given.form:
                continue
            outcomes = [run(detector, data, form, queries) for detector in chosen]
            inputs = f"{data}, {len(outcomes[0].queries)} queries"
            figures = figures_of(outcomes, form, inputs)
            print(f"\n{' | '.join(outcome.detector.name for outcome in outcomes)}\n")
            for figure in figures:
                print(f"{figure.name}: {figure.result}" + (f" ({figure.peer})" if figure.peer else ""))
            if given.show_missed:
                _show_missed(outcomes[0])
            detectors.record(given, figures, chosen)
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _show_missed(outcome: Outcome) -> None:
    for query in outcome.queries:
        if query.sources and not scoring.is_found(query, outcome.detection.findings.get(query.id, ())):
            print(f"missed {query.id} ({query.tokens} tokens) {query.note}")


if __name__ == "__main__":
    sys.exit(main())
