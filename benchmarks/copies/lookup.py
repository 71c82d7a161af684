"""How long a look-up takes in a large corpus: 50-line snippets, warm in one process, and cold as a process's first one.

    python -m benchmarks.copies.lookup --store FOLDER --corpus SOURCE ... --unseen NEGATIVES

Half of the snippets are cut from the corpus, half from files that it does not hold. The store is the one that `assist
corpus add` made (`CACHE/corpora/store-VERSION`), or is filled here from the folders under each SOURCE when it is
empty. For
cold look-ups the pages of the store and of all sources are dropped from the system's file cache first; each is then
the first look-up of a process of its own, imports and opening not counted (opening is told apart).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from benchmarks import options
from benchmarks.assist_command import CHECKOUT
from benchmarks.copies.detectors import BENCHMARK
from benchmarks.copies.projects import SUFFIXES
from benchmarks.measure import folder_bytes, percentile, run
from benchmarks.product import isolated
from benchmarks.results import Figure

_RUNNER = "benchmarks.copies.lookup_runner"
_SUFFIXES = frozenset(SUFFIXES) | {".c", ".h", ".cc", ".cpp", ".rs", ".rb"}
_MB = 1_000_000


def snippets(folders: Sequence[Path], count: int, lines: int, random: Random) -> list[dict[str, str]]:
    """`count` snippets of so many lines from files drawn at random; only files that are at least that long."""
    files = sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in _SUFFIXES and path.is_file() and not path.is_symlink()
    )
    made: list[dict[str, str]] = []
    while files and len(made) < count:
        path = files.pop(random.randrange(len(files)))
        text = path.read_text("utf-8", "replace").split("\n")
        if len(text) > lines:
            at = random.randrange(len(text) - lines)
            made.append({"suffix": path.suffix, "text": "\n".join(text[at : at + lines]) + "\n"})
    return made


def evict(folders: Iterable[Path]) -> int:
    """Drop the clean pages of all files under some folders from the system's file cache; returns how many files."""
    dropped = 0
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)
                dropped += 1
    return dropped


def look_up(
    store: Path, asked: Sequence[dict[str, str]], sources: Sequence[Path] = ()
) -> dict[str, list[float]]:
    """Look snippets up in one process, in order: ``open_ms``, and ``ms`` and ``matches`` a snippet.

    :param sources: Folders that an empty store is filled from.
    """
    with tempfile.TemporaryDirectory(prefix="lookup-") as scratch:
        file = Path(scratch) / "snippets.jsonl"
        file.write_text("".join(json.dumps(snippet) + "\n" for snippet in asked), "utf-8")
        command = [sys.executable, "-m", _RUNNER, str(store), str(file), *map(str, sources)]
        said: dict[str, list[float]] = json.loads(run(command, isolated(PYTHONPATH=str(CHECKOUT))).stdout)
    return said


def cold(
    store: Path, asked: Sequence[dict[str, str]], sources: Sequence[Path]
) -> tuple[list[float], list[float]]:
    """Milliseconds of opening and of the first look-up, a process a snippet."""
    os.sync()
    evict(sources)
    opened, first = [], []
    for snippet in asked:
        evict([store])
        said = look_up(store, [snippet])
        opened.append(said["open_ms"][0])
        first.append(said["ms"][0])
    return opened, first


def spread(milliseconds: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"p50 {percentile(milliseconds, 0.5):.1f} ms, p95 {percentile(milliseconds, 0.95):.1f} ms"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("copies.lookup", __doc__)
    parser.add_argument(
        "--store", type=Path, required=True, help="folder of the store; filled when it is empty"
    )
    parser.add_argument(
        "--corpus", type=Path, nargs="+", required=True, help="folders that the store was made of"
    )
    parser.add_argument(
        "--unseen", type=Path, required=True, help="folder of files that the store does not hold"
    )
    parser.add_argument("--snippets", type=int, default=400, help="warm look-ups (default: %(default)s)")
    parser.add_argument("--cold", type=int, default=40, help="cold look-ups (default: %(default)s)")
    parser.add_argument("--lines", type=int, default=50, help="of a snippet (default: %(default)s)")
    given = parser.parse_args(argv)
    figures = _figures(given)
    for figure in figures:
        print(f"{figure.name}: {figure.result} ({figure.inputs})")
    options.record(given, BENCHMARK, figures, [options.assist_of(given).version()])
    return 0


def _figures(given: argparse.Namespace) -> list[Figure]:
    random = Random(1)
    half = given.snippets // 2
    copied = snippets(given.corpus, half, given.lines, random)
    unseen = snippets([given.unseen], half, given.lines, random)
    warm_up = snippets(given.corpus, 20, given.lines, Random(2))
    said = look_up(given.store, [*warm_up, *copied, *unseen], given.corpus)
    times, matches = said["ms"][len(warm_up) :], said["matches"][len(warm_up) :]
    source_bytes = said["source_bytes"][0]
    inputs = (
        f"{given.lines}-line snippets, {len(copied)} of the corpus and {len(unseen)} of other projects; "
        f"corpus {source_bytes / _MB:,.0f} MB of source, {said['files'][0]:,.0f} files"
    )
    found = sum(1 for count in matches[: len(copied)] if count)
    alarms = sum(1 for count in matches[len(copied) :] if count)
    size = folder_bytes(given.store)
    figures = [
        Figure("look-up, warm", spread(times), "", inputs),
        Figure("look-up, warm, CPU", spread(said["cpu_ms"][len(warm_up) :]), "", inputs),
        Figure("look-up, warm, snippets of the corpus", spread(times[: len(copied)]), "", inputs),
        Figure("look-up, warm, unseen snippets", spread(times[len(copied) :]), "", inputs),
        Figure("snippets with a match: of the corpus / unseen", f"{found} / {alarms}", "", inputs),
        Figure("index size / source text", f"{100 * size / source_bytes:.2f}%", "", inputs),
    ]
    if given.cold:
        some = [*copied[: given.cold // 2], *unseen[: given.cold // 2]]
        opened, first = cold(given.store, some, given.corpus)
        figures.append(Figure("look-up, cold, first of a process", spread(first), "", inputs))
        figures.append(Figure("opening the store, cold", spread(opened), "", inputs))
    return figures


if __name__ == "__main__":
    sys.exit(main())
