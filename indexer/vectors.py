"""Nearest vectors by cosine, over rows of int8.

Rows are unit vectors times 127, rounded: a quarter of the bytes of float32, mapped straight from a ``.npy``
file. One scale for all keeps rows of different segments comparable. Every search looks at every row; what
changes with the size of the work is who computes it (``benchmarks/vectors.py`` measures all of this):

- numpy, converting blocks of rows to float32 in the processor's cache: nothing to build or import, 0.4 ms for
  10,000 rows, 40 ms for a million;
- faiss' scalar quantiser over the same bytes, whose integer instructions are five times as fast, once a
  process has searched so much that importing faiss (0.15 s) and copying the rows pays. Comparing with all rows
  then means with the nearest few thousand: no weight is given to what is further away.

Rejected: HNSW and IVF cost seconds to minutes to build where the flat search takes 8 ms for a million rows;
sign bits with reranking are no faster at equal recall.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.int8]
"""(n, dimensions) int8: unit vectors times 127."""

SCALE = 127
"""What a component of 1 is stored as. A larger one would clip: single components of texts' vectors reach
0.7."""

_BLOCK_BYTES = 1 << 21
"""Rows are converted to float32 in blocks of this size, so that they stay in the processor's cache."""

ACCELERATE_AFTER_BYTES = 1 << 28
"""Bytes of rows (a million rows of 256) that numpy scans in about the time that importing faiss takes where other
programs use the memory, too; on an idle machine in a third of it."""

MANY_ROWS = 20_000
"""From so many rows on, comparing a query with all of them is worth shortening: of 300,000, numpy takes 15 to 150 ms,
faiss 3 to 10 ms for the nearest ones."""

NEAREST = 4_096
"""So many of many rows get their own cosine; the others count as much as the last of these."""

_SPARE = 64
"""faiss rounds the query, too: it is asked for twice as many rows and so many more, which are ranked
exactly."""


def quantise(vectors: NDArray[np.floating[Any]]) -> Rows:
    """Round unit vectors to the stored form.

    :param vectors: (n, dimensions), rows L2-normalised or zero.
    :return: (n, dimensions) int8; the cosine of a row to its vector is 0.999 for 256 dimensions.
    """
    rows: Rows = np.rint(np.clip(vectors, -1, 1) * np.float32(SCALE)).astype(np.int8)
    return rows


class VectorSearcher:
    """Finds the rows nearest to a query. Searches may run in several threads at once."""

    def __init__(self, rows: Rows) -> None:
        """Take the rows; nothing is read or copied yet.

        :param rows: (n, dimensions) int8 from :func:`quantise`, C-contiguous, possibly memory-mapped.
        :raises ValueError: when the array has another type or shape.
        """
        if rows.dtype != np.int8 or rows.ndim != 2:
            raise ValueError(
                f"vectors are stored as an (n, dimensions) int8 array, not {rows.shape} {rows.dtype}"
            )
        self._rows = rows.view(np.ndarray)  # slicing np.memmap's own type is several times slower
        self._faiss: Any = None
        self._scanned_bytes = 0

    def __len__(self) -> int:
        return len(self._rows)

    def search(self, query: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the nearest rows.

        :param query: (dimensions,) float32, L2-normalised.
        :param k: how many rows at most.
        :return: (row ids, cosines), both (min(k, n),), best first, ties by row id. Of rows that tie with the
            last one, an accelerated search may return any. Rows of texts without tokens are zero and have the
            cosine 0.
        """
        k = min(k, len(self._rows))
        if k <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if self._faiss is None and self._scanned_bytes >= ACCELERATE_AFTER_BYTES:
            self.accelerate()
        if self._faiss is not None and 2 * k + _SPARE < len(self._rows):
            row_ids = self._candidates(query, 2 * k + _SPARE)
            return _best(self.cosines(query, row_ids), k, row_ids)
        self._scanned_bytes += self._rows.nbytes
        return _best(self._scan(query), k)

    def all_cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compare the query with every row.

        :param query: (dimensions,) float32, L2-normalised.
        :return: (n,) float32 cosines. Of :data:`MANY_ROWS` and more, once a process has searched so much that faiss
            pays, those of the :data:`NEAREST` alone are exact; the others have the least of these.
        """
        if len(self._rows) < MANY_ROWS:
            return self._scan(query)
        if self._faiss is None and self._scanned_bytes >= ACCELERATE_AFTER_BYTES:
            self.accelerate()
        if self._faiss is None:
            self._scanned_bytes += self._rows.nbytes
            return self._scan(query)
        row_ids = self._candidates(query, NEAREST)
        nearest = self.cosines(query, row_ids)
        scores = np.full(len(self._rows), nearest.min(), np.float32)
        scores[row_ids] = nearest
        return scores

    def cosines(self, query: NDArray[np.float32], row_ids: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Compare the query with chosen rows.

        :param query: (dimensions,) float32, L2-normalised.
        :param row_ids: (m,) rows in any order.
        :return: (m,) float32 cosines.
        """
        query = np.asarray(query, dtype=np.float32) / np.float32(SCALE)
        found: NDArray[np.float32] = self._rows[row_ids].astype(np.float32) @ query
        return found

    def accelerate(self) -> None:
        """Hand the rows to faiss, for a process that will search often; a second call does nothing.

        It costs the import of faiss and a copy of the rows: 0.2 s for 100,000 rows, 0.5 s for a million.
        Without it, a searcher does so by itself after about as much time has gone into its searches.
        """
        if self._faiss is not None:
            return
        import faiss  # 0.15 s: a command that searches once does without

        dimensions = self._rows.shape[1]
        index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        # That quantiser's codes are the rows' bytes with the sign bit flipped; add() would take them as
        # float32.
        codes = np.bitwise_xor(self._rows.view(np.uint8), np.uint8(0x80))
        faiss.copy_array_to_vector(codes.ravel(), index.codes)
        index.ntotal = len(self._rows)
        index.is_trained = True
        faiss.omp_set_num_threads(1)  # faiss shares out queries, and there is one
        self._faiss = index

    def _scan(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of all rows."""
        query = np.asarray(query, dtype=np.float32) / np.float32(SCALE)
        n, dimensions = self._rows.shape
        step = max(1, _BLOCK_BYTES // (4 * max(1, dimensions)))
        buffer = np.empty((min(step, n), dimensions), dtype=np.float32)
        scores = np.empty(n, dtype=np.float32)
        for start in range(0, n, step):
            block = buffer[: min(step, n - start)]
            np.copyto(block, self._rows[start : start + step])
            np.dot(block, query, out=scores[start : start + step])
        return scores

    def _candidates(self, query: NDArray[np.float32], k: int) -> NDArray[np.int64]:
        # faiss rounds the query to int8 as it is: stretched, it loses less
        stretched = query * np.float32(SCALE / max(float(np.abs(query).max()), 1e-12))
        _, found = self._faiss.search(np.ascontiguousarray(stretched[None], dtype=np.float32), k)
        row_ids: NDArray[np.int64] = np.sort(found[0])
        return row_ids


def _best(
    cosines: NDArray[np.float32], k: int, row_ids: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Take the k greatest, ties by position.

    :param row_ids: what to return for each position, ascending; the positions themselves when absent.
    """
    if k < len(cosines):
        least = np.partition(cosines, len(cosines) - k)[len(cosines) - k]
        chosen = np.flatnonzero(cosines >= least)
    else:
        chosen = np.arange(len(cosines))
    order = chosen[np.argsort(-cosines[chosen], kind="stable")[:k]]
    return (order if row_ids is None else row_ids[order]), cosines[order]
