"""Runs copydetect inside its own environment: CORPUS QUERIES SIMILARITY REPORT.

The report is a list of pairs at least that similar, with the first and last line of what they share.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from copydetect import CopyDetector  # type: ignore[import-not-found]  # in an environment of its own


def main(corpus: str, queries: str, similarity: float, report: str) -> None:
    """Compare every query with every file of the corpus; noise and guarantee are copydetect's defaults."""
    detector = CopyDetector(
        test_dirs=[queries],
        ref_dirs=[corpus],
        extensions=["py"],
        display_t=similarity,
        silent=True,
        autoopen=False,
    )
    detector.run()
    rows = []
    for at, query in enumerate(detector.test_files):
        for against, source in enumerate(detector.ref_files):
            share = detector.similarity_matrix[at, against][0]
            slices = detector.slice_matrix.get((query, source))
            if share < similarity or slices is None:
                continue
            start, end = lines(query, slices[0])
            source_start, source_end = lines(source, slices[1])
            rows.append(
                {
                    "query": str(query),
                    "source": str(source),
                    "similarity": float(share),
                    "start": start,
                    "end": end,
                    "source_start": source_start,
                    "source_end": source_end,
                }
            )
    with open(report, "w", encoding="utf-8") as stream:
        json.dump(rows, stream)


def lines(path: str, slices: Sequence[Sequence[int]]) -> tuple[int, int]:
    """The first and last line of slices of a file's characters."""
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    first, last = int(min(slices[0])), int(max(slices[1]))
    return text.count("\n", 0, first) + 1, text.count("\n", 0, max(first, last - 1)) + 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4])
