"""From a file's text to what a store keeps of it. Pure, so that worker processes can do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K, W, gram_hashes, repetitive, winnow
from indexer.lexing import lex

MARK_EVERY = 32
"""Tokens between two marks."""

_REPEATS = 2
"""How often one fingerprint of a file is kept: a passage is found by its first copies."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What a store keeps of a text.

    :ivar hashes: ``(n,)`` fingerprints, ordered by position.
    :ivar positions: ``(n,)`` ascending numbers of the tokens that they begin with, comments not counted.
    :ivar tokens: number of tokens.
    :ivar lines: number of lines.
    :ivar marks: the line of every 32nd token: where a token stands, when the text cannot be had.
    """

    hashes: NDArray[np.uint64]
    positions: NDArray[np.uint32]
    tokens: int
    lines: int
    marks: NDArray[np.uint32]


def fingerprint(text: str, language: str | None, k: int = K, w: int = W) -> Fingerprints:
    """Fingerprint a text; never raises for its content.

    :param text: of the whole file.
    :param language: a name of `indexer.languages`, or None.
    """
    stream = stream_of(lex(text, language), language)
    grams = gram_hashes(stream.blind, k)
    positions = winnow(grams, usable_grams(stream, k), w)
    hashes = grams[positions]
    few = _first_of_each(hashes)
    marks = stream.lines[::MARK_EVERY].astype(np.uint32)
    lines = text.count("\n") + 1
    return Fingerprints(hashes[few], positions[few].astype(np.uint32), len(stream), lines, marks)


def usable_grams(stream: Stream, k: int = K) -> NDArray[np.bool_]:
    """Tell which grams may count: not those of repeated tokens, nor those that lie in imports alone."""
    usable = ~repetitive(stream.blind, k)
    if len(usable) and stream.imports.any():
        sums = np.concatenate([[0], np.cumsum(stream.imports)])
        usable &= sums[k:] - sums[:-k] <= k // 2
    return usable


def _first_of_each(hashes: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Choose the first two of equal hashes, in order."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    again = np.zeros(len(hashes), np.bool_)
    again[_REPEATS:] = ordered[_REPEATS:] == ordered[:-_REPEATS]
    return np.sort(order[~again])
