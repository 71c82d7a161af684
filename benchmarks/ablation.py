"""What each kind of evidence is worth: NDCG@10 of the query set with one of them left out.

The evidence is gathered once, in this process; files are scored once, so that "all" is a little above what
`search_quality` measures of the product, which may show several parts of a file.

    python -m benchmarks.ablation --repos DIR --record
    python -m benchmarks.ablation --evidence labelled.npz      # of `training.ranking_evidence`, any queries
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.retrieval.ranking import WEIGHTS
from benchmarks import options, query_set
from benchmarks.derived_queries import engine_of
from benchmarks.results import Figure
from training.ranking_evidence import EvidenceSet, Floats, collected, gather_evidence, labelled_asked

BENCHMARK = "ablation"


def gathered(given: argparse.Namespace) -> EvidenceSet:
    """Gather the evidence of the query set."""
    folder = given.repos if given.repos is not None else query_set.materialise(given.bench, given.mirror)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        engine = engine_of(Path(scratch))
        found = [
            one
            for root, asked in labelled_asked(given.bench, folder)
            for one in gather_evidence(engine, root, asked)
        ]
    return collected(found)


def without(evidence: EvidenceSet, feature: str) -> Floats:
    """Each query's NDCG@10 without a feature."""
    weights = evidence.shipped()
    weights[:, evidence.features.index(feature)] = 0.0
    return evidence.ndcg(weights)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("ablation", __doc__)
    options.add_query_set(parser)
    parser.add_argument("--evidence", type=Path, help="evidence gathered before, instead of the query set")
    given = parser.parse_args(argv)
    evidence = EvidenceSet.load(given.evidence) if given.evidence else gathered(given)
    whole = evidence.ndcg(evidence.shipped())
    print(f"{'all':18} {evidence.report(whole)}")
    repositories = len(set(evidence.about["repository"].tolist()))
    inputs = f"{len(whole)} queries, {repositories} repositories; each file once"
    rows = [Figure("NDCG@10", f"{float(whole.mean()):.4f}", "", inputs)]
    lost = {name: without(evidence, name) for name in evidence.features if asdict(WEIGHTS)[name]}
    for name, ndcg in sorted(lost.items(), key=lambda item: float(item[1].mean())):
        print(f"{'- ' + name:18} {evidence.report(ndcg)}")
        change = f"{float(ndcg.mean()):.4f} ({float(ndcg.mean() - whole.mean()):+.4f})"
        rows.append(Figure(f"NDCG@10 without {name}", change, "", inputs))
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
