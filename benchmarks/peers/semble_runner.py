"""Index and query with semble through its public API, in semble's own environment: nothing of assist here.

    python semble_runner.py index ROOT --model DIR                   build and save, as semble's CLI does
    python semble_runner.py search ROOT --model DIR --queries FILE   one JSON line of results a line of FILE

The index lies under SEMBLE_CACHE_LOCATION; `search` loads it from there, or builds it when it is missing or
old.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from semble import SembleIndex
from semble.cache import save_index_to_cache

TOP_K = 10


def main() -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["index", "search"])
    parser.add_argument("root", help="folder to index")
    parser.add_argument("--model", required=True, help="folder of a model2vec model")
    parser.add_argument("--queries", type=Path, help="JSON lines {'query': ...}; needed by search")
    arguments = parser.parse_args()
    index = SembleIndex.from_path(arguments.root, model_path=arguments.model)
    if arguments.command == "index":
        save_index_to_cache(index, arguments.root)
        return 0
    for line in arguments.queries.read_text("utf-8").splitlines():
        print(json.dumps(_answer(index, json.loads(line)["query"])))
    return 0


def _answer(index: SembleIndex, query: str) -> dict[str, object]:
    started = time.perf_counter()
    found = index.search(query, top_k=TOP_K)
    ms = (time.perf_counter() - started) * 1000
    results = [
        {
            "path": result.chunk.file_path,
            "start_line": result.chunk.start_line,
            "end_line": result.chunk.end_line,
            "score": float(result.score),
        }
        for result in found
    ]
    return {"query": query, "ms": ms, "results": results}


if __name__ == "__main__":
    sys.exit(main())
