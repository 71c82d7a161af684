"""Line up a stretch of a query with a file: runs of equal tokens on near diagonals, in order, joined over small gaps.

Tokens are compared on the locals-blind streams. A line inserted, deleted or replaced ends a run and begins one on
another diagonal; the best chain of runs is found by dynamic programming over the few runs there are. What differs
between the names of a chain has to be a renaming: one name for one name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.fingerprints.streams import Stream
from indexer.lexing.hashing import text_hash

_MARGIN = 48
"""Tokens around the seeds that are compared, too."""
_SLACK = 16
"""Diagonals around those of the seeds."""
REACH = _MARGIN + _SLACK + 40
"""Tokens of a source before the first seed, and behind the last one, that an alignment may touch."""
_MAX_DIAGONALS = 160
_MIN_RUN = 5
_WHOLE = 20
"""Tokens from which a run that is written alike is not cut for others."""
_WORTH_A_LOOK = 22
"""Tokens of the query that have to lie in some run; fewer are no evidence of anything."""
_MAX_GAP = 40
"""Tokens between two runs of a chain, on either side."""
_MAX_RUNS = 32
_JUMP_COST = 1.5
_GAP_COST = 0.15
"""A token of a gap; so a short run far away is chance rather than part of the copy."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which tokens of a query correspond to which of a source.

    :ivar query: ascending token numbers; *source* the corresponding ones.
    :ivar exact: which of them are written alike.
    """

    query: NDArray[np.intp]
    source: NDArray[np.intp]
    exact: NDArray[np.bool_]


_LOOSE = 7
"""Tokens of a run at the end of a chain, from which it is believed in spite of a gap."""
_CLOSING = frozenset(text_hash(token) for token in "}])>;,")
_EDGE_TOKENS = 12
"""At either end of an alignment that may be of the surroundings."""


class _Run(NamedTuple):
    """Tokens that are equal but for locals and literals."""

    query: int
    source: int
    length: int
    value: float
    """A token; one that is written alike counts twice as much as one that is not."""


def align(query: Stream, source: Stream, first: int, last: int, low: int, high: int) -> Alignment | None:
    """Find the best chain of runs around some seeds.

    :param first: token of the query where the first seed starts; *last* where the last one ends.
    :param low: least diagonal of the seeds; *high* the greatest.
    :return: None when no run is long enough.
    """
    begin, end = max(0, first - _MARGIN), min(len(query), last + _MARGIN)
    spare = max(0, _MAX_DIAGONALS - (high - low)) // 2
    diagonals = np.arange(low - min(_SLACK, spare), high + min(_SLACK, spare) + 1)
    chain = _best_chain(_runs(query, source, begin, end, diagonals))
    chain = _without_loose_ends(chain)
    if not chain:
        return None
    in_query = np.concatenate([np.arange(run.query, run.query + run.length) for run in chain])
    in_source = np.concatenate([np.arange(run.source, run.source + run.length) for run in chain])
    return Alignment(in_query, in_source, query.exact[in_query] == source.exact[in_source])


def _without_loose_ends(chain: list[_Run]) -> list[_Run]:
    """Drop short runs at either end that a gap parts from the rest: idioms of the surroundings, not of the copy."""
    while len(chain) > 1 and chain[0].length < _LOOSE and _gap(chain[0], chain[1]):
        chain = chain[1:]
    while len(chain) > 1 and chain[-1].length < _LOOSE and _gap(chain[-2], chain[-1]):
        chain = chain[:-1]
    return chain


def _gap(one: _Run, other: _Run) -> int:
    return max(other.query - one.query, other.source - one.source) - one.length


def extent(query: Stream, source: Stream, alignment: Alignment) -> tuple[int, int]:
    """Return which aligned tokens a copy begins and ends with (the last one excluded), for its lines.

    Equal tokens of the surroundings run on at both ends. What is not of the copy: imports; what is parted from the rest
    by an empty line and only begins, or ends, a line; brackets before it that close what was opened before, unless the
    same number of lines parts them from the rest in both texts.
    """
    ours, theirs = query.lines[alignment.query], source.lines[alignment.source]
    counted = np.flatnonzero(~query.imports[alignment.query])
    if not len(counted):
        return 0, len(ours)
    begin, end = int(counted[0]), int(counted[-1]) + 1
    apart, apart_there = np.diff(ours), np.diff(theirs)
    parted = np.flatnonzero((apart > 1) | (apart_there > 1)) + 1
    last, last_there = int(alignment.query[end - 1]), int(alignment.source[end - 1])
    if _is_on_line_of(query, last + 1, last) and _is_on_line_of(source, last_there + 1, last_there):
        end = max((at for at in parted.tolist() if end - _EDGE_TOKENS <= at < end), default=end)
    first, first_there = int(alignment.query[begin]), int(alignment.source[begin])
    if _is_on_line_of(query, first - 1, first) and _is_on_line_of(source, first_there - 1, first_there):
        begin = min((at for at in parted.tolist() if begin < at <= begin + _EDGE_TOKENS), default=begin)
    for index, token in enumerate(query.exact[alignment.query[begin : begin + _EDGE_TOKENS]].tolist(), begin):
        if token not in _CLOSING or index + 1 >= end:
            break
        if max(apart[index], apart_there[index]) > 1 and apart[index] != apart_there[index]:
            begin = index + 1
    return (begin, end) if begin < end else (0, len(ours))


def _is_on_line_of(stream: Stream, token: int, other: int) -> bool:
    return 0 <= token < len(stream) and int(stream.lines[token]) == int(stream.lines[other])


def _runs(query: Stream, source: Stream, begin: int, end: int, diagonals: NDArray[np.int64]) -> list[_Run]:
    """Find runs of equal tokens, by start in the query."""
    places = np.arange(begin, end)[None, :] + diagonals[:, None]
    inside = (places >= 0) & (places < len(source))
    places = np.clip(places, 0, len(source) - 1)
    equal = np.zeros((len(diagonals), end - begin + 2), np.int8)
    equal[:, 1:-1] = (source.blind[places] == query.blind[None, begin:end]) & inside
    edges = np.diff(equal, axis=1)
    rows, starts = np.nonzero(edges == 1)
    lengths = np.nonzero(edges == -1)[1] - starts
    kept = np.flatnonzero(lengths >= _MIN_RUN)
    covered = np.zeros(equal.shape[1], np.int32)
    np.add.at(covered, starts[kept], 1)
    np.add.at(covered, starts[kept] + lengths[kept], -1)
    if np.count_nonzero(np.cumsum(covered)) < _WORTH_A_LOOK:
        return []
    kept = kept[~_within_longest(starts[kept], lengths[kept])]
    if len(kept) > _MAX_RUNS:
        kept = kept[np.argsort(-lengths[kept], kind="stable")[:_MAX_RUNS]]
    found = []
    for index in kept.tolist():
        q, length = int(starts[index]) + begin, int(lengths[index])
        s = q + int(diagonals[rows[index]])
        alike = int(np.count_nonzero(query.exact[q : q + length] == source.exact[s : s + length]))
        found.append(_Run(q, s, length, (length + alike) / (2 * length)))
    found.sort()
    return _around_longest(found)


def _around_longest(runs: list[_Run]) -> list[_Run]:
    """Cut from all others what the longest run has, if it is long and written alike: it is the copy, whole."""
    best = max(runs, key=lambda run: run.length * run.value, default=None)
    if best is None or best.length < _WHOLE or best.value < 1:
        return runs
    kept = []
    for run in runs:
        piece = run
        if run is not best and run.query < best.query:
            over = max(run.query + run.length - best.query, run.source + run.length - best.source, 0)
            piece = run._replace(length=run.length - over)
        elif run is not best:
            over = max(best.query + best.length - run.query, best.source + best.length - run.source, 0)
            piece = _Run(run.query + over, run.source + over, run.length - over, run.value)
        if piece.length >= _MIN_RUN:
            kept.append(piece)
    return sorted(kept)


def _within_longest(starts: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which runs are short pieces of the query that the longest one has, too: chance, and many."""
    longest = int(lengths.argmax())
    inside = (starts >= starts[longest]) & (starts + lengths <= starts[longest] + lengths[longest])
    within: NDArray[np.bool_] = inside & (lengths * 3 < lengths[longest])
    return within


def _best_chain(runs: list[_Run]) -> list[_Run]:
    """Choose runs that follow each other in both texts, most valuable first; overlaps are cut from the later run."""
    scores: list[float] = []
    before: list[int] = []
    cut: list[_Run] = []
    for index, run in enumerate(runs):
        best, chosen, piece = run.length * run.value, -1, run
        for other in range(index):
            ends, ends_there = cut[other].query + cut[other].length, cut[other].source + cut[other].length
            overlap = max(0, ends - run.query, ends_there - run.source)
            rest = run.length - overlap
            gap = max(run.query + overlap - ends, run.source + overlap - ends_there)
            if rest < _MIN_RUN or gap > _MAX_GAP:
                continue
            jumps = run.source - run.query != ends_there - ends
            score = scores[other] + rest * run.value - _JUMP_COST * jumps - _GAP_COST * gap
            if score > best:
                best, chosen = score, other
                piece = _Run(run.query + overlap, run.source + overlap, rest, run.value)
        scores.append(best)
        before.append(chosen)
        cut.append(piece)
    if not scores:
        return []
    at = max(range(len(scores)), key=scores.__getitem__)
    chain = []
    while at >= 0:
        chain.append(cut[at])
        at = before[at]
    return chain[::-1]


@dataclass(frozen=True, slots=True)
class Renaming:
    """How the names of an alignment differ.

    :ivar pairs: (name of the query, name of the source) of consistent renamings, in order.
    :ivar consistent: which aligned tokens are written alike or consistently renamed.
    """

    pairs: tuple[tuple[str, str], ...]
    consistent: NDArray[np.bool_]


def renaming_of(query: Stream, source: Stream, alignment: Alignment) -> Renaming:
    """Find out which differences are a consistent renaming: each name of one side is one name of the other.

    Of two names for one the more frequent counts; different literals are differences.
    """
    variables = np.flatnonzero(query.variables[alignment.query])
    ours, theirs = query.exact[alignment.query[variables]], source.exact[alignment.source[variables]]
    consistent = alignment.exact.copy()
    if not len(variables) or alignment.exact[variables].all():
        return Renaming((), consistent)
    agreed = _majority(ours, theirs) & _majority(theirs, ours)
    consistent[variables] = agreed
    pairs: dict[str, str] = {}
    for index in variables[agreed & (ours != theirs)].tolist():
        name = query.token(int(alignment.query[index]))
        if name not in pairs:
            pairs[name] = source.token(int(alignment.source[index]))
    return Renaming(tuple(pairs.items()), consistent)


def _majority(keys: NDArray[np.uint64], values: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which entries have the value that their key has most often."""
    counts: dict[int, dict[int, int]] = {}
    pairs = list(zip(keys.tolist(), values.tolist(), strict=True))
    for key, value in pairs:
        inner = counts.setdefault(key, {})
        inner[value] = inner.get(value, 0) + 1
    best = {key: max(inner, key=inner.__getitem__) for key, inner in counts.items()}
    return np.fromiter((best[key] == value for key, value in pairs), np.bool_, len(pairs))
