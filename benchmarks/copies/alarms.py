"""Alarms on whole files of projects that have nothing to do with the corpus, per 1,000 lines, warnings and hints apart.

    python -m benchmarks.copies.alarms --set FOLDER --show-alarms [--pmd LIB --jscpd PROGRAM]

Every finding counts, true copies between the projects among them: `--show-alarms` prints each with both places, to be
looked at. A file that two findings stand in counts twice. Peers get a part of the files (`--peer-lines`), since a batch
tool compares them with each other, too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks.copies import detectors
from benchmarks.copies.detector import Detection, Detector, DetectorError
from benchmarks.copies.model import Form, Kind, Query
from benchmarks.copies.ours import Ours
from benchmarks.copies.projects import SUFFIXES
from benchmarks.results import Figure


def whole_files(folder: Path, languages: Sequence[str]) -> list[Query]:
    """A query a file under a folder, in the order of their names."""
    made = []
    for path in sorted(folder.rglob("*")):
        language = SUFFIXES.get(path.suffix)
        if language is not None and language in languages and path.is_file():
            text = path.read_text("utf-8")
            lines = text.count("\n")
            name = path.relative_to(folder).as_posix()
            made.append(
                Query(
                    name, language, Kind.FRAGMENT, Form.BARE, lines, 0, path.suffix, text, 1, lines, (), name
                )
            )
    return made


def part_of(queries: Sequence[Query], lines: int) -> list[Query]:
    """Files drawn at random (always the same ones) until they have so many lines; all of them if they have fewer."""
    shuffled = list(queries)
    Random(1).shuffle(shuffled)
    taken, total = [], 0
    for query in shuffled:
        if total >= lines:
            break
        taken.append(query)
        total += query.end_line
    return taken


def rates(detection: Detection, lines: int) -> tuple[float, float]:
    """Warnings and hints per 1,000 lines."""
    levels = [finding.level for found in detection.findings.values() for finding in found]
    return 1000 * levels.count("warning") / lines, 1000 * levels.count("hint") / lines


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = detectors.parser("alarms", __doc__)
    parser.add_argument("--show-alarms", action="store_true", help="print every alarm of the first detector")
    parser.add_argument(
        "--peer-lines", type=int, default=200_000, help="for the peers (default: %(default)s)"
    )
    given = parser.parse_args(argv)
    data = detectors.data_set(given)
    try:
        chosen: list[Detector] = ([] if given.no_ours else [Ours(given.level)]) + detectors.peers(given)
        if not chosen:
            parser.error("nothing to run: leave out --no-ours, or name a peer")
        said = []
        for number, detector in enumerate(chosen):
            queries = whole_files(data.negatives, detector.languages)
            if not isinstance(detector, Ours):
                queries = part_of(queries, given.peer_lines)
            lines = sum(query.end_line for query in queries)
            detection = detector.detect(data.corpus, queries)
            said.append(_said(detector, detection, lines))
            print(f"{detector.name}: {said[-1]}")
            if given.show_alarms and number == 0:
                _show(detection)
        labelled = [f"{detector.name} {text}" for detector, text in zip(chosen, said, strict=True)]
        figure = Figure("alarms per 1,000 unseen lines", said[0], "; ".join(labelled[1:]), str(data))
        detectors.record(given, [figure], chosen)
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _said(detector: Detector, detection: Detection, lines: int) -> str:
    warnings, hints = rates(detection, lines)
    hinted = f", hints {hints:.3f}" if isinstance(detector, Ours) else ""
    cost = f"{detection.cpu_s:.0f} s CPU, {detection.max_rss_bytes / 2**30:.1f} GiB"
    return f"warnings {warnings:.4f}{hinted} over {lines:,} lines ({cost})"


def _show(detection: Detection) -> None:
    for name, found in sorted(detection.findings.items()):
        for finding in found:
            source = finding.source
            print(
                f"{finding.level} {name}:{finding.start_line}-{finding.end_line} = "
                f"{source.file}:{source.start_line}-{source.end_line}"
            )


if __name__ == "__main__":
    sys.exit(main())
