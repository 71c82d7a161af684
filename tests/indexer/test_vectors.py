"""Vector search: exact order, ties, and agreement of both ways to compute it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import indexer.vectors
from indexer.vectors import VectorSearcher, quantise

DIMENSIONS = 64


def unit_rows(n: int, seed: int = 0, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Clustered unit vectors, as texts of one repository are."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((20, dimensions))
    rows = centres[random.integers(20, size=n)] + random.standard_normal((n, dimensions))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def exact(rows: NDArray[np.int8], query: NDArray[np.float32], k: int) -> list[int]:
    """Row ids by descending dot product, ties by id, in exact arithmetic where the query's is."""
    scores = rows.astype(np.float64) @ query.astype(np.float64)
    return sorted(range(len(rows)), key=lambda at: (-scores[at], at))[:k]


def test_quantising_keeps_directions() -> None:
    vectors = unit_rows(500, dimensions=256)
    rows = quantise(vectors).astype(np.float64)
    cosines = (rows * vectors).sum(axis=1) / np.linalg.norm(rows, axis=1)
    assert cosines.min() > 0.999


def test_quantising_does_not_wrap() -> None:
    assert quantise(np.array([[1.0, -1.0, 0.0, 1.0000001]], dtype=np.float32)).tolist() == [
        [127, -127, 0, 127]
    ]


@pytest.mark.parametrize("n", [1, 3, 99, 9_000])  # the last takes more than one block
@pytest.mark.parametrize("k", [1, 10, 100])
def test_search_is_exact(n: int, k: int) -> None:
    rows = quantise(unit_rows(n, dimensions=256))
    query = np.round(unit_rows(1, seed=7, dimensions=256)[0] * 1024) / 1024  # sums are exact in float32
    row_ids, cosines = VectorSearcher(rows).search(query.astype(np.float32), k)
    assert row_ids.tolist() == exact(rows, query, k)
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, rows[row_ids].astype(np.float64) @ query / 127, atol=1e-5)


def test_of_many_rows_the_nearest_keep_their_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer.vectors, "MANY_ROWS", 2_000)
    monkeypatch.setattr(indexer.vectors, "NEAREST", 300)
    monkeypatch.setattr(indexer.vectors, "ACCELERATE_AFTER_BYTES", 1)
    rows = quantise(unit_rows(5_000, dimensions=256))
    query = unit_rows(1, seed=7, dimensions=256)[0]
    searcher = VectorSearcher(rows)
    exactly = searcher.all_cosines(query)  # nothing was scanned yet
    shortened = searcher.all_cosines(query)
    assert (exactly == shortened).sum() >= 300
    best = np.argsort(-exactly)[:100]
    np.testing.assert_allclose(shortened[best], exactly[best], atol=1e-6)
    assert shortened.min() == pytest.approx(np.sort(exactly)[-300], abs=0.02)
    assert (shortened >= exactly - 1e-6).mean() > 0.99


def test_of_few_rows_all_keep_their_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer.vectors, "ACCELERATE_AFTER_BYTES", 1)
    rows = quantise(unit_rows(3_000, dimensions=256))
    query = unit_rows(1, seed=7, dimensions=256)[0]
    searcher = VectorSearcher(rows)
    first = searcher.all_cosines(query)
    assert (searcher.all_cosines(query) == first).all()
    assert len(np.unique(first)) > 2_000


def test_cosines_are_those_of_the_vectors() -> None:
    vectors = unit_rows(1_000, dimensions=256)
    query = unit_rows(1, seed=7, dimensions=256)[0]
    searcher = VectorSearcher(quantise(vectors))
    row_ids = np.array([5, 999, 0, 5])
    np.testing.assert_allclose(searcher.cosines(query, row_ids), vectors[row_ids] @ query, atol=0.01)
    found, cosines = searcher.search(query, 50)
    np.testing.assert_allclose(cosines, searcher.cosines(query, found), atol=1e-6)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 70))
def test_ties_are_broken_by_row_id(directions: list[int], k: int) -> None:
    rows = quantise(np.eye(4, dtype=np.float32)[directions])
    query = np.array([0.75, 0.5, 0.25, 0.0], dtype=np.float32)
    assert VectorSearcher(rows).search(query, k)[0].tolist() == exact(rows, query, k)


@pytest.mark.parametrize("dimensions", [64, 256, 384])
def test_an_accelerated_search_finds_the_same(dimensions: int) -> None:
    rows = quantise(unit_rows(5_000, dimensions=dimensions))
    searcher, plain = VectorSearcher(rows), VectorSearcher(rows)
    searcher.accelerate()
    for query in unit_rows(20, seed=3, dimensions=dimensions):
        row_ids, cosines = searcher.search(query, 100)
        expected_ids, expected_cosines = plain.search(query, 100)
        assert len(set(row_ids) & set(expected_ids)) >= 99
        np.testing.assert_allclose(cosines, expected_cosines, atol=1e-3)
        assert (np.diff(cosines) <= 0).all()


def test_an_accelerated_search_of_few_rows_is_exact() -> None:
    rows = quantise(unit_rows(90))
    searcher = VectorSearcher(rows)
    searcher.accelerate()
    query = unit_rows(1, seed=7)[0]
    assert searcher.search(query, 200)[0].tolist() == exact(rows, query, 200)


def test_a_busy_searcher_accelerates_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = quantise(unit_rows(1_000))
    monkeypatch.setattr(indexer.vectors, "ACCELERATE_AFTER_BYTES", 2 * rows.nbytes)
    searcher = VectorSearcher(rows)
    calls: list[int] = []
    monkeypatch.setattr(searcher, "accelerate", lambda: calls.append(1))
    for _ in range(3):
        searcher.search(unit_rows(1)[0], 5)
    assert calls == [1]


def test_a_single_search_does_not_import_faiss() -> None:
    code = (
        "import sys, numpy as np\n"
        "from indexer.vectors import VectorSearcher\n"
        "VectorSearcher(np.ones((100, 8), dtype=np.int8)).search(np.ones(8, dtype=np.float32), 5)\n"
        "sys.exit('faiss' in sys.modules)"
    )
    root = Path(indexer.vectors.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=root).returncode == 0


def test_rows_are_searched_from_a_mapped_file(tmp_path: Path) -> None:
    rows = quantise(unit_rows(300))
    np.save(tmp_path / "rows.npy", rows)
    mapped = VectorSearcher(np.load(tmp_path / "rows.npy", mmap_mode="r"))
    query = unit_rows(1, seed=7)[0]
    np.testing.assert_array_equal(mapped.search(query, 10)[0], VectorSearcher(rows).search(query, 10)[0])
    mapped.accelerate()
    np.testing.assert_array_equal(mapped.search(query, 10)[0], VectorSearcher(rows).search(query, 10)[0])


@pytest.mark.parametrize("k", [0, 5])
def test_nothing_is_found_among_no_rows(k: int) -> None:
    row_ids, cosines = VectorSearcher(np.empty((0, 8), dtype=np.int8)).search(np.ones(8, dtype=np.float32), k)
    assert row_ids.shape == cosines.shape == (0,)


@pytest.mark.parametrize("rows", [np.zeros((2, 3)), np.zeros(3, dtype=np.int8)])
def test_other_arrays_are_refused(rows: NDArray[np.int8]) -> None:
    with pytest.raises(ValueError, match="int8"):
        VectorSearcher(rows)
