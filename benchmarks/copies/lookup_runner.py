"""The process that `lookup.py` times: STORE SNIPPETS [SOURCE ...]; prints JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.copies.own_store import fill
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.matching import Matcher
from indexer.fingerprints.store import FingerprintStore
from indexer.languages import language_of


def main(folder: Path, snippets: Path, sources: list[Path]) -> None:
    """Open the store, look up, print."""
    with snippets.open(encoding="utf-8") as stream:
        asked = [json.loads(line) for line in stream]
    started = time.perf_counter()
    store = FingerprintStore.open(folder)
    matcher = Matcher([store], shipped_common_grams())
    open_ms = 1000 * (time.perf_counter() - started)
    if sources and not store.origins():
        for source in sources:
            fill(store, source)
    times, cpu, matches = [], [], []
    for snippet in asked:
        language = language_of("snippet" + snippet["suffix"]).name
        started, cpu_started = time.perf_counter(), time.thread_time()
        found = matcher.match(snippet["text"], language)
        times.append(1000 * (time.perf_counter() - started))
        cpu.append(1000 * (time.thread_time() - cpu_started))
        matches.append(len(found))
    origins = store.origins()
    said = {
        "open_ms": [open_ms],
        "ms": times,
        "cpu_ms": cpu,
        "matches": matches,
        "source_bytes": [sum(origin.source_bytes for origin in origins)],
        "files": [sum(origin.files for origin in origins)],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(source) for source in sys.argv[3:]])
