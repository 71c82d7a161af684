"""From a file's text to what a store keeps of it. Pure, so that worker processes can do it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.streams import Stream, stream_of
from indexer.fingerprints.winnowing import K, W, gram_hashes, repetitive, winnow
from indexer.lexing import lex

MARK_EVERY = 64
"""Tokens between two marks."""

BESIDE = 7
"""Tokens on one side of a gram that its context tells of. In a run of 24 tokens that two texts share, each gram has so
many on one side, at least."""
LEFT, RIGHT, WRITTEN = 0b111, 0b111000, 0b11000000
"""Bits of a context: of the tokens before the gram, behind it, and of its own as they are written."""

_REPEATS = 2
"""How often one fingerprint of a file is kept. Where its gram stands again, the gram of the tokens as they are written
is kept instead: in a table of test cases, say, only the literals tell one place from another."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What a store keeps of a text.

    :ivar hashes: ``(n,)`` fingerprints, ordered by position.
    :ivar positions: ``(n,)`` ascending numbers of the tokens that they begin with, comments not counted.
    :ivar contexts: ``(n,)`` what tells apart places of one gram, see :data:`LEFT`.
    :ivar tokens: number of tokens.
    :ivar lines: number of lines.
    :ivar marks: the line of every 64th token: where a token stands, when the text cannot be had.
    """

    hashes: NDArray[np.uint64]
    positions: NDArray[np.uint32]
    contexts: NDArray[np.uint8]
    tokens: int
    lines: int
    marks: NDArray[np.uint32]


def fingerprint(text: str, language: str | None, k: int = K, w: int = W) -> Fingerprints:
    """Fingerprint a text; never raises for its content.

    :param text: of the whole file.
    :param language: a name of `indexer.languages`, or None.
    """
    stream = stream_of(lex(text, language), language)
    grams = grams_of(stream, k)
    positions = winnow(grams.hashes, grams.usable, w)
    hashes = grams.hashes[positions]
    many = _beyond_first(hashes)
    hashes[many] = grams.exact[positions[many]]
    many[many] = _beyond_first(hashes[many])
    hashes, positions = hashes[~many], positions[~many]
    marks = stream.lines[::MARK_EVERY].astype(np.uint32)
    lines = text.count("\n") + 1
    contexts = contexts_of(stream, grams)[positions]
    return Fingerprints(hashes, positions.astype(np.uint32), contexts, len(stream), lines, marks)


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of a stream; all arrays have one entry a gram.

    :ivar hashes: blind to locals and literals.
    :ivar exact: of the tokens as they are written.
    :ivar repetitive: it only repeats a few tokens; no evidence.
    :ivar usable: it may be kept and looked up: not repetitive, and no import.
    """

    hashes: NDArray[np.uint64]
    exact: NDArray[np.uint64]
    repetitive: NDArray[np.bool_]
    usable: NDArray[np.bool_]


def grams_of(stream: Stream, k: int = K) -> Grams:
    """Hash a stream's grams.

    A gram is blind to locals and literals, unless its blind tokens only repeat, as those of a table do: then it is of
    the tokens as they are written.
    """
    hashes = gram_hashes(stream.blind, k)
    exact = gram_hashes(stream.exact, k)
    repeats = repetitive(stream.blind, k)
    if repeats.any():
        hashes = np.where(repeats, exact, hashes)
        repeats &= repetitive(stream.exact, k)
    usable = ~repeats
    if len(hashes) and stream.imports.any():
        sums = np.concatenate([[0], np.cumsum(stream.imports)])
        usable &= sums[k:] - sums[:-k] <= k // 2
    return Grams(hashes, exact, repeats, usable)


def contexts_of(stream: Stream, grams: Grams, k: int = K) -> NDArray[np.uint8]:
    """Return eight bits for each gram of what stands around it, and how it is written; ``(grams,)``.

    Where fewer than :data:`BESIDE` tokens stand on a side its bits are 0.
    """
    contexts = ((grams.exact >> np.uint64(62)) << np.uint64(6)).astype(np.uint8)
    beside = (gram_hashes(stream.blind, BESIDE) >> np.uint64(61)).astype(np.uint8)
    contexts[BESIDE:] |= beside[: max(0, len(contexts) - BESIDE)]
    behind = beside[k:]
    contexts[: len(behind)] |= behind << np.uint8(3)
    return contexts


def _beyond_first(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which hashes have stood twice before."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    again = np.zeros(len(hashes), np.bool_)
    again[order[_REPEATS:]] = ordered[_REPEATS:] == ordered[:-_REPEATS]
    return again
