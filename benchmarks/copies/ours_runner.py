"""The process that `ours.py` measures: CORPUS QUERIES STORE REPORT.

Builds the store unless it is there, looks every query up, and writes findings and milliseconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.copies.own_store import fill
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.matching import Match, Matcher, MatchSource
from indexer.fingerprints.store import FingerprintStore
from indexer.languages import language_of


def main(corpus: Path, queries: Path, folder: Path, report: Path) -> None:
    """Build, look up, report."""
    store = FingerprintStore.open(folder)
    started = time.perf_counter()
    if not store.origins():
        fill(store, corpus)
    built_s = time.perf_counter() - started
    matcher = Matcher([store], shipped_common_grams())
    rows, times = {}, []
    with queries.open(encoding="utf-8") as stream:
        for line in stream:
            query = json.loads(line)
            language = language_of("query" + query["suffix"]).name
            started = time.perf_counter()
            found = matcher.match(query["text"], language)
            times.append(1000 * (time.perf_counter() - started))
            if found:
                rows[query["id"]] = [_row(match) for match in found]
    report.write_text(json.dumps({"findings": rows, "ms": times, "built_s": built_s}), "utf-8")


def _row(match: Match) -> dict[str, object]:
    return {
        "level": match.level.name.lower(),
        "start": match.start_line,
        "end": match.end_line,
        "sources": [_place(source) for source in match.sources],
        "facts": {
            "exact_run": match.exact_run,
            "matched_tokens": match.matched_tokens,
            "uncommon_tokens": match.uncommon_tokens,
        },
    }


def _place(source: MatchSource) -> tuple[str, int, int]:
    return f"{source.place.origin.name}/{source.place.path}", source.start_line, source.end_line


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
