"""Query speed, as a user meets it.

warm      a query in a process that has the index open, over the query set (the product's own `ms`)
process   `assist search` and `assist ask` as whole processes, on an up-to-date index of 1,000 files
update    one file of 3,000 edited: until a search returns the edit, as a whole process and in process

    python -m benchmarks.query_speed --repos DIR --tree DIR --semble-python P --semble-model M
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import adapters, options
from benchmarks.assist_command import Assist
from benchmarks.corpus import copy_first
from benchmarks.measure import percentile
from benchmarks.peers.semble_peer import Semble
from benchmarks.product import Product
from benchmarks.query_set import QuerySetError, Repository
from benchmarks.results import Figure
from benchmarks.search_quality import ask_all, query_times

BENCHMARK = "query speed"
PARTS = ("warm", "process", "update")
PROCESS_FILES = 1000
UPDATE_FILES = 3000
QUERIES = (
    "read the settings",
    "parse the request body",
    "Field",
    "connection retry",
    "convert a date to text",
)
QUESTIONS = ("where are the settings read?", "how is a request parsed?", "where are dates converted to text?")


class NotSeenError(Exception):
    """A search did not return an edit that was on disk before it started."""


def spread(milliseconds: Sequence[float]) -> str:
    """Median and 95th percentile of a series, in words."""
    return f"median {statistics.median(milliseconds):.0f} ms, p95 {percentile(milliseconds, 0.95):.0f} ms"


def warm(products: Sequence[Product], repositories: Sequence[Repository]) -> list[Figure]:
    """Time every query of the set in process."""
    said = {}
    for product in products:
        p50, p95 = query_times(ask_all(product, repositories))
        said[product.name] = f"p50 {p50:.2f} ms, p95 {p95:.2f} ms"
    ours, *peers = said
    inputs = f"query set code-search, {len(repositories)} repositories"
    peer = ", ".join(f"{name} {said[name]}" for name in peers)
    return [Figure("warm query in process", said[ours], peer, inputs)]


def whole_processes(assist: Assist, semble: Semble | None, tree: Path, runs: int) -> list[Figure]:
    """Time `assist search` and `assist ask` on an index that is up to date."""
    inputs = f"{PROCESS_FILES} files of {tree.name}, {runs} runs"
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        root, cache, peer_cache = Path(scratch) / "files", Path(scratch) / "assist", Path(scratch) / "semble"
        copy_first(tree, PROCESS_FILES, root)
        assist.index(root, cache)
        search = [assist.search(root, cache, QUERIES[i % len(QUERIES)]).wall_s * 1000 for i in range(runs)]
        ask = [assist.ask(root, cache, QUESTIONS[i % len(QUESTIONS)]).wall_s * 1000 for i in range(runs)]
        peer = ""
        if semble is not None:
            semble.search(root, peer_cache, QUERIES[0])  # builds and saves its index
            times = [
                semble.search(root, peer_cache, QUERIES[i % len(QUERIES)]).wall_s * 1000 for i in range(runs)
            ]
            peer = f"semble search: {spread(times)}"
    return [
        Figure("assist search, whole process", spread(search), peer, inputs),
        Figure("assist ask, whole process", spread(ask), "", inputs),
    ]


def updates(assist: Assist, tree: Path, runs: int) -> list[Figure]:
    """Time from an edit until a search returns it."""
    inputs = f"one file edited of {UPDATE_FILES} of {tree.name}, {runs} edits"
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        root, cache = Path(scratch) / "files", Path(scratch) / "assist"
        files = [path for path in copy_first(tree, UPDATE_FILES, root) if path.suffix == ".py"]
        assist.index(root, cache)
        edited = [files[(len(files) * i) // runs] for i in range(runs)]
        process = [
            _until_seen(assist, root, cache, path, f"quokka{i}marker") for i, path in enumerate(edited)
        ]
        rows = [Figure("edit until a search sees it, whole process", spread(process), "", inputs)]
        inside = [_in_process(root, cache, path, f"wombat{i}marker") for i, path in enumerate(edited)]
    rows.append(
        Figure("edit until a search sees it, in process", spread([one.ms for one in inside]), "", inputs)
    )
    extra = sum(max(0, one.vectors_computed - one.chunks_of_file) for one in inside)
    rows.append(Figure("vectors of unchanged files computed again", str(extra), "", inputs))
    return rows


def _edit(path: Path, marker: str) -> Path:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"\n\ndef {marker}():\n    return '{marker}'\n")
    return path


def _until_seen(assist: Assist, root: Path, cache: Path, path: Path, marker: str) -> float:
    """Edit, search once as a whole process, and return the milliseconds that the process took.

    :raises NotSeenError: when its results do not have the edited file.
    """
    _edit(path, marker)
    measured = assist.search(root, cache, marker)
    if path.relative_to(root).as_posix() not in _paths(measured.stdout):
        raise NotSeenError(f"`assist search {marker}` did not return {path.name}, edited just before")
    return measured.wall_s * 1000


def _paths(stdout: str) -> list[str]:
    """The paths of the results in what `assist search --json` printed."""
    found = json.loads(stdout)
    rows = found["results"] if isinstance(found, dict) else found
    return [row["path"] for row in rows]


def _in_process(root: Path, cache: Path, path: Path, marker: str) -> adapters.Update:
    return adapters.update_once(root, cache, lambda: _edit(path, marker), marker)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("query_speed", __doc__)
    options.add_query_set(parser)
    options.add_tree(parser)
    options.add_semble(parser)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part (repeat for more)")
    parser.add_argument(
        "--runs", type=int, default=20, help="processes started a command (default: %(default)s)"
    )
    given = parser.parse_args(argv)
    started = time.perf_counter()
    try:
        rows = _measure(given)
    except (QuerySetError, ValueError) as error:
        parser.error(str(error))
    for row in rows:
        print(f"{row.name}: {row.result}" + (f"   ({row.peer})" if row.peer else "") + f"   [{row.inputs}]")
    print(f"took {time.perf_counter() - started:.0f} s", file=sys.stderr)
    semble = options.semble_of(given)
    names = [options.assist_of(given).version(), *([semble.version()] if semble else [])]
    options.record(given, BENCHMARK, rows, names)
    return 0


def _measure(given: argparse.Namespace) -> list[Figure]:
    assist, semble, parts = options.assist_of(given), options.semble_of(given), given.part or PARTS
    rows = []
    if "warm" in parts:
        rows += warm([assist, semble] if semble else [assist], options.repositories_of(given))
    if "process" in parts:
        rows += whole_processes(assist, semble, given.tree, given.runs)
    if "update" in parts:
        rows += updates(assist, given.tree, given.runs)
    return rows


if __name__ == "__main__":
    sys.exit(main())
