"""Append figures to `benchmarks/RESULTS.md`: one Markdown table a benchmark, one row a figure.

A row says what was measured, on which machine, with which versions and inputs, so that anyone can run it
again. Rows are only ever added.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).with_name("RESULTS.md")
_TITLE = (
    "# Results\n\nWritten by the benchmarks with `--record`; `README.md` here tells what each one measures.\n"
)
_HEADER = "| date | figure | result | peer | inputs | machine | versions |\n|---|---|---|---|---|---|---|\n"
_LIBRARIES = ("tantivy", "faiss-cpu", "numpy", "tree-sitter")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    :param result: With its unit.
    :param peer: The same figure of the peers, with their names; empty when there is none.
    :param inputs: What it was measured on, in words; no path of the machine.
    """

    name: str
    result: str
    peer: str
    inputs: str


def machine() -> str:
    """Processor, cores and memory; nothing that names the machine."""
    memory_gib = round(psutil.virtual_memory().total / 2**30)
    return f"{_processor()}, {os.cpu_count()} cores, {memory_gib} GiB, {platform.system()}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()


def versions(products: Sequence[str]) -> str:
    """Versions of the products, of Python and of the libraries that decide speed."""
    parts = [*products, f"Python {platform.python_version()}"]
    for library in _LIBRARIES:
        try:
            parts.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join(parts)


def append(benchmark: str, figures: Sequence[Figure], products: Sequence[str], file: Path = RESULTS) -> None:
    """Add a row a figure to the benchmark's table, making file and table where they are missing.

    :param benchmark: The table's heading.
    :param products: Names and versions of the products measured.
    """
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    shared = (machine(), versions(products))
    rows = "".join(
        _row(date, figure.name, figure.result, figure.peer or "-", figure.inputs, *shared)
        for figure in figures
    )
    text = file.read_text("utf-8") if file.exists() else _TITLE
    temporary = file.with_suffix(".tmp")
    temporary.write_text(_with_rows(text, benchmark, rows), "utf-8")
    os.replace(temporary, file)


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |\n"


def _with_rows(text: str, benchmark: str, rows: str) -> str:
    heading = f"## {benchmark}\n"
    if heading not in text:
        return f"{text.rstrip()}\n\n{heading}\n{_HEADER}{rows}"
    before, _, after = text.partition(heading)
    section, mark, rest = after.partition("\n## ")
    return f"{before}{heading}{section.rstrip()}\n{rows}{mark}{rest}"


def main(argv: Sequence[str] | None = None) -> int:
    """Record one figure by hand, for what no benchmark here measures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.results", description=main.__doc__)
    parser.add_argument("--benchmark", required=True, help="heading of the table")
    parser.add_argument("--figure", required=True, help="what was measured")
    parser.add_argument("--result", required=True, help="the figure, with its unit")
    parser.add_argument("--peer", default="", help="the peers' figures, with their names")
    parser.add_argument("--inputs", required=True, help="what it was measured on, in words")
    parser.add_argument("--results-file", type=Path, default=RESULTS, help="default: %(default)s")
    given = parser.parse_args(argv)
    figure = Figure(given.figure, given.result, given.peer, given.inputs)
    append(given.benchmark, [figure], [], given.results_file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
