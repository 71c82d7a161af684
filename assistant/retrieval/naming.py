"""Which chunks of a file define what a query speaks of, by the words of the definitions' names."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import split_word

_NAMING = frozenset(
    "function method constructor class interface struct trait enum type module object record protocol macro"
    " implementation declaration namespace section".split()
)
"""Kinds of definitions that a reader looks for; a local variable of the same name says little."""

_MOST_NAMES = 400
"""So many likely names of a file are looked at: a header of a thousand constants is not told apart by them."""

_expander = TermExpander()
_lock = Lock()


@lru_cache(maxsize=200_000)
def name_stems(name: str) -> frozenset[str]:
    """Return the stems of a name's parts. Safe to call from several threads.

    >>> sorted(name_stems("closeConnections"))
    ['close', 'connect']
    """
    parts = split_word(name)
    with _lock:
        return frozenset(map(_expander.stem, parts))


def named_shares(
    snapshot: Snapshot, file: int, shares: Mapping[str, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compare the names that a file's chunks define with a query.

    :param shares: stem -> its share of the query's idf.
    :return: for each chunk of the file the greatest share of the query that one name has, and the greatest share of
        one name's stems that the query has, (n_chunks,) each.
    """
    chunks = snapshot.chunks_of(file)
    of_query, of_name = np.zeros(len(chunks), np.float32), np.zeros(len(chunks), np.float32)
    rows = _likely_rows(snapshot, file, shares)
    if not rows:
        return of_query, of_name
    names = snapshot.definitions.strings["name"].between(rows[0], rows[-1] + 1)
    kinds = snapshot.definitions.strings["kind"]
    ends = snapshot.chunks.records["end_line"][chunks.start : chunks.stop]
    lines = snapshot.definitions.records["name_line"][rows]
    positions = np.minimum(np.searchsorted(ends, lines), len(chunks) - 1).tolist()
    asked = shares.keys()
    for row, position in zip(rows, positions, strict=True):
        stems = name_stems(names[row - rows[0]])
        common = stems & asked
        if common and kinds[row] in _NAMING:
            of_query[position] = max(of_query[position], sum(shares[stem] for stem in common))
            of_name[position] = max(of_name[position], len(common) / len(stems))
    return of_query, of_name


def _likely_rows(snapshot: Snapshot, file: int, stems: Iterable[str]) -> list[int]:
    """Return the rows of a file's definitions whose name has the beginning of a stem in it, found in one pass."""
    rows = snapshot.definitions_of(file)
    if not len(rows) or not stems:
        return []
    column = snapshot.definitions.strings["name"]
    offsets = column.offsets[rows[0] : rows[-1] + 2]
    text = column.data[offsets[0] : offsets[-1]].tobytes().lower()
    found = [match.start() for match in _beginnings(frozenset(stems)).finditer(text)]
    likely: list[int] = np.unique(
        np.searchsorted(offsets - offsets[0], found, "right") - 1 + rows[0]
    ).tolist()
    return likely[:_MOST_NAMES]


@lru_cache(maxsize=64)
def _beginnings(stems: frozenset[str]) -> re.Pattern[bytes]:
    """Return a pattern of what words begin with whose stem is one of these: a stem may end otherwise than its word."""
    parts = {stem[: max(2, min(4, len(stem) - 1))].encode("utf-8", "replace") for stem in stems}
    return re.compile(b"|".join(map(re.escape, sorted(parts))))
