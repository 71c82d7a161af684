"""Ways to search vectors, compared: build, latency, recall, by number of rows.

Run from the repository's root::

    python -m benchmarks.vectors [FOLDER ...]

Rows are embedded windows of the source files in the folders (by default Python's own library and installed
packages), queries are comment lines of other places in them. Everything runs on one thread. Recall is the
share of the rows found that are no worse than the hundredth of an exact search over the same int8 rows. It
prints a Markdown table; ``indexer/vectors.py`` draws the conclusions.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported

import argparse
import random
import re
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.embedding import StaticEmbedder
from indexer.vectors import SCALE, Rows, VectorSearcher, quantise

SIZES = (1_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
WINDOWS = ((1200, 1200), (800, 800), (500, 500), (1000, 700), (300, 300))  # characters, step
TOP = 100
N_TRUTH = 20
MAX_GRAPH_ROWS = 100_000
MAX_FLOAT_ROWS = 300_000

Query = NDArray[np.float32]
Search = Callable[[Query], NDArray[Any]]
Build = Callable[[Rows], Search]


class Measurement(NamedTuple):
    """One way to search, at one size."""

    build_cpu_s: float
    p50_ms: float
    recall: float


def best(scores: NDArray[np.float32]) -> NDArray[Any]:
    """Positions of the TOP greatest scores."""
    if len(scores) <= TOP:
        return np.argsort(-scores)
    part = np.argpartition(scores, len(scores) - TOP)[-TOP:]
    return part[np.argsort(-scores[part])]


def numpy_int8(rows: Rows) -> Search:
    """What ``VectorSearcher`` does at first; a new one each time, since a busy one turns to faiss."""
    return lambda query: VectorSearcher(rows).search(query, TOP)[0]


def accelerated(rows: Rows) -> Search:
    """What ``VectorSearcher`` does for a process that searches often: SQ8, then exact ranks."""
    searcher = VectorSearcher(rows)
    searcher.accelerate()
    return lambda query: searcher.search(query, TOP)[0]


def numpy_float32(rows: Rows) -> Search:
    """A float32 copy in memory, one matrix-vector product."""
    table = rows.astype(np.float32)
    return lambda query: best(table @ query)


def _faiss_search(index: Any, scale: float = 1) -> Search:  # noqa: ANN401 - faiss has no types
    return lambda query: np.asarray(index.search(query[None] * np.float32(scale), TOP)[1][0])


def faiss_flat(rows: Rows) -> Search:
    """Exact search of faiss, over float32."""
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows.astype(np.float32))
    return _faiss_search(index)


def faiss_sq8(rows: Rows) -> Search:
    """Scalar quantiser of faiss over the stored bytes; it rounds the query to int8."""
    index = faiss.IndexScalarQuantizer(
        rows.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    index.is_trained = True
    faiss.copy_array_to_vector((rows.view(np.uint8) ^ np.uint8(0x80)).ravel(), index.codes)
    index.ntotal = len(rows)
    return _faiss_search(index, SCALE)


def signs(candidates: int) -> Build:
    """Sign bits select candidates by Hamming distance, the int8 rows rank them."""

    def build(rows: Rows) -> Search:
        middle = rows[:: max(1, len(rows) // 10_000)].mean(axis=0)
        index = faiss.IndexBinaryFlat(rows.shape[1])
        index.add(np.packbits(rows > middle, axis=1))
        searcher = VectorSearcher(rows)

        def search(query: Query) -> NDArray[Any]:
            bits = np.packbits(query * SCALE > middle)[None]
            found = index.search(bits, min(candidates, len(rows)))[1][0]
            chosen: NDArray[Any] = found[best(searcher.cosines(query, found))]
            return chosen

        return search

    return build


def hnsw(rows: Rows) -> Search:
    """A graph with 16 links a row."""
    index = faiss.IndexHNSWFlat(rows.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.add(rows.astype(np.float32))
    index.hnsw.efSearch = 300
    return _faiss_search(index)


def ivf(rows: Rows) -> Search:
    """Cells of about the square root of the rows each, a tenth of them searched."""
    cells = int(len(rows) ** 0.5)
    coarse = faiss.IndexFlatIP(rows.shape[1])
    index = faiss.IndexIVFScalarQuantizer(
        coarse, rows.shape[1], cells, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    table = rows.astype(np.float32)
    index.train(table[: 40 * cells])
    index.by_residual = False
    index.add(table)
    index.nprobe = max(1, cells // 10)
    return _faiss_search(index, SCALE)


WAYS: dict[str, tuple[Build, int, int]] = {  # name -> (build, least rows, most rows)
    "numpy, int8 in blocks (used at first)": (numpy_int8, 0, SIZES[-1]),
    "faiss SQ8 + exact ranks (used when warm)": (accelerated, 0, SIZES[-1]),
    "numpy, float32 copy": (numpy_float32, 0, MAX_FLOAT_ROWS),
    "faiss flat, float32 copy": (faiss_flat, 0, MAX_FLOAT_ROWS),
    "faiss SQ8 alone": (faiss_sq8, 0, SIZES[-1]),
    "sign bits, 1,000 ranked": (signs(1_000), 10_000, SIZES[-1]),
    "sign bits, 8,000 ranked": (signs(8_000), 30_000, SIZES[-1]),
    "IVF SQ8, 10 % searched": (ivf, 10_000, SIZES[-1]),
    "HNSW16, float32": (hnsw, 10_000, MAX_GRAPH_ROWS),
}


def texts(folders: list[Path]) -> Iterator[str]:
    """Yield the source files' texts in a fixed random order."""
    suffixes = {
        ".py",
        ".c",
        ".h",
        ".cpp",
        ".hpp",
        ".go",
        ".rs",
        ".java",
        ".js",
        ".ts",
        ".rb",
        ".php",
        ".md",
        ".rst",
    }
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes)
    random.Random(1).shuffle(paths)
    for path in paths:
        if path.is_file() and path.stat().st_size < 1_000_000:
            yield path.read_text(encoding="utf-8", errors="replace")


def collect(folders: list[Path], n_rows: int) -> tuple[Rows, NDArray[np.float32]]:
    """Embed windows of the files, and comment lines as queries."""
    model, choose = StaticEmbedder.load(), random.Random(2)
    parts: list[Rows] = []
    queries: list[str] = []
    total = 0
    for text in texts(folders):
        windows = [text[at : at + size] for size, step in WINDOWS for at in range(0, len(text), step)]
        comments = re.findall(r"(?m)^\s*(?:#|//|\*)\s*([A-Za-z][^\n]{20,80})$", text)
        if comments and len(queries) < 1_000:
            queries.append(choose.choice(comments))
        parts.append(quantise(model.embed(windows)))
        total += len(windows)
        if total >= n_rows * 1.02:
            break
    rows = np.concatenate(parts)
    np.random.default_rng(0).shuffle(rows)
    return rows[rows.any(axis=1)][:n_rows], model.embed(queries)


def measure(build: Build, rows: Rows, queries: NDArray[np.float32], least: list[float]) -> Measurement:
    """Build once, search with every query.

    :param least: for the first queries, the cosine of the last row that an exact search finds; counting rows
        and not cosines would punish a way for finding another copy of the same text.
    """
    exact = VectorSearcher(rows)
    started = time.process_time()
    search = build(rows)
    build_cpu_s = time.process_time() - started
    recall = statistics.mean(
        float((exact.cosines(query, search(query)) >= at_least - 1e-6).mean())
        for query, at_least in zip(queries, least, strict=False)
    )
    times = []
    for query in queries[: 20 if len(rows) >= MAX_GRAPH_ROWS else 200]:
        began = time.perf_counter()
        search(query)
        times.append(time.perf_counter() - began)
    return Measurement(build_cpu_s, 1000 * statistics.median(times), recall)


def main() -> int:
    """Measure every way at every size that the folders have rows for."""
    parser = argparse.ArgumentParser(description="compare ways to search vectors")
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--max-rows", type=int, default=SIZES[-1])
    arguments = parser.parse_args()
    folders = arguments.folders or [Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib")]
    faiss.omp_set_num_threads(1)
    rows, queries = collect(folders, arguments.max_rows)
    print("| rows | way | build, CPU s | p50, ms | recall@100 |\n|---:|---|---:|---:|---:|")
    for size in (size for size in SIZES if size <= len(rows)):
        some = np.ascontiguousarray(rows[:size])
        least = [float(VectorSearcher(some).search(query, TOP)[1][-1]) for query in queries[:N_TRUTH]]
        for name, (build, fewest, most) in WAYS.items():
            if fewest <= size <= most:
                got = measure(build, some, queries, least)
                line = f"{got.build_cpu_s:.3f} | {got.p50_ms:.2f} | {got.recall:.3f}"
                print(f"| {size:,} | {name} | {line} |", flush=True)
    if len(rows) < arguments.max_rows:
        print(f"\n{len(rows):,} rows were to be had; name more folders for more.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
