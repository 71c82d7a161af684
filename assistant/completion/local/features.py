"""What speaks for each token that might come next: one column of numbers a candidate.

Per source, interpolated n-gram estimates (Witten and Bell 1991), shares at several context lengths and the longest
context that the candidate followed; the same for shapes, contexts in which names, numbers and strings are made equal;
copies, where an earlier place of the same shape took the name from so many tokens before; how recent and frequent the
word is in the document (Tu et al. 2014); its kind, the kind before, open brackets.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.evidence import LONGEST, Matches, lookup, scan
from assistant.completion.local.scene import Scene, shapes_of
from assistant.completion.local.tokens import DEDENTED_ID, FILE_ID, LINE_ID, LONG_ID, Kind

MAX_CANDIDATES = 48
_SHARES = (1, 2, 3, 5, 8)
_RECENT = 160
"""Words of so many tokens before the cursor are candidates even if they never followed its context."""
_BASE = 1e-5
_COPIED, _RECENCY, _FREQUENCY = 0.02, 0.5, 0.1
_COPY_PLACES = 48
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_TELLING = ("(", ")", "[", "]", "{", "}", ".", ",", ";", ":", "=", "->", "::", "self", "this", "return")
_KINDS = tuple(int(kind) for kind in Kind if kind is not Kind.FILE)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Tokens that might come next.

    :param ids: ``(n,)`` int32, different from each other; a line's end is always ``LINE_ID``.
    :param features: ``(N_FEATURES, n)`` float32.
    :param sources: matches in the document, near it and in the repository.
    """

    ids: NDArray[np.int32]
    features: NDArray[np.float32]
    sources: tuple[Matches, Matches, Matches]


def same_lines(followers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return ids with every line marker made equal."""
    return np.where((followers > LINE_ID) & (followers <= DEDENTED_ID), np.int32(LINE_ID), followers)


def candidates(scene: Scene, context: NDArray[np.int32], blank: bool) -> Candidates:
    """Collect candidates for the token after a context, with their features.

    :param context: int32 ids, the nearest last; not empty.
    :param blank: blanks stand already between the context and the token; False says nothing.
    """
    sources = (
        scan(scene.document, context),
        scan(scene.near, context),
        lookup(scene.corpus, context, scene.hidden),
    )
    kinds = scene.corpus.vocabulary.kinds
    shape_context = shapes_of(context[-LONGEST:], kinds)
    shapes = (scan(scene.document_shapes, shape_context), scan(scene.near_shapes, shape_context))
    copied, copy_features = _copies(scene, context, shapes)
    ids, inverse = _words(scene, context, sources, shapes, copied)
    rows: list[NDArray[np.float64]] = []
    facts: list[float] = []
    promise = _promise(scene, ids, copied)
    start = 0
    for matches in sources:
        part = inverse[start : (start := start + len(matches))]
        promise += _count_rows(matches, part, len(ids), rows, facts)
    for matches in shapes:
        part = inverse[start : (start := start + len(matches))]
        promise += 0.5 * _abstract_rows(matches, part, len(ids), rows)
    kept, n_all = _best(ids, promise), len(ids)
    ids = ids[kept]
    rows = [row[kept] for row in rows]
    for matches in shapes:
        _shape_rows(matches, shapes_of(ids, kinds), rows, facts)
    rows += _copy_rows(ids, copied, copy_features)
    _document_rows(scene, context, ids, rows)
    rows.append(_blank_share(scene, sources, inverse, kept, n_all))
    facts.append(float(blank))
    rows.append(_nearest(sources[0], inverse, kept, n_all, len(scene.before)))
    _kind_rows(scene, context, ids, rows, facts)
    return Candidates(ids, _matrix(rows, facts, len(ids)), sources)


def _words(
    scene: Scene,
    context: NDArray[np.int32],
    sources: tuple[Matches, Matches, Matches],
    shapes: tuple[Matches, Matches],
    copied: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return all words that are worth a thought, and the number of the word at each place of all matches in turn."""
    streams = (scene.document, scene.near)
    followers = [same_lines(matches.followers) for matches in sources]
    followers += [same_lines(stream[found.at]) for found, stream in zip(shapes, streams, strict=True)]
    recent = context[-_RECENT:]
    recent = recent[scene.corpus.vocabulary.kinds[recent] >= Kind.WORD]
    return np.unique(np.concatenate((*followers, recent, copied)), return_inverse=True)


def _matrix(rows: list[NDArray[np.float64]], facts: list[float], n_candidates: int) -> NDArray[np.float32]:
    matrix = np.empty((len(rows) + len(facts), n_candidates), np.float32)
    for at, row in enumerate(rows):
        matrix[at] = row
    matrix[len(rows) :] = np.asarray(facts)[:, None]
    return matrix


def _promise(scene: Scene, ids: NDArray[np.int32], copied: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return what is to be said for candidates that never followed the context: recent, frequent or copied ones."""
    known = np.minimum(ids, len(scene.counts) - 1)
    distance = np.where(scene.last_seen[known] >= 0, len(scene.before) - scene.last_seen[known], 1_000_000)
    frequency = scene.counts[known] / len(scene.document)
    is_copied = (ids[:, None] == copied).any(1)
    promise: NDArray[np.float64] = _RECENCY / (20 + distance) + _FREQUENCY * frequency + _COPIED * is_copied
    return promise


def _best(ids: NDArray[np.int32], promise: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of the candidates that may be proposed, the most promising if there are too many."""
    allowed = (ids != FILE_ID) & (ids != LONG_ID) & ((ids <= LINE_ID) | (ids > DEDENTED_ID))
    places = np.flatnonzero(allowed)
    if len(places) > MAX_CANDIDATES:
        places = places[np.argpartition(-promise[places], MAX_CANDIDATES)[:MAX_CANDIDATES]]
    return places


def _count_rows(
    matches: Matches,
    inverse: NDArray[np.int64],
    n_candidates: int,
    rows: list[NDArray[np.float64]],
    facts: list[float],
) -> NDArray[np.float64]:
    """Append a source's rows; return its interpolated estimate for every candidate."""
    told = _told(matches, inverse, n_candidates)
    reached, top = told.reached, max(told.reached, 1) - 1
    none = np.zeros(n_candidates)
    rows.append(np.log(told.estimate + 1e-9))
    rows.extend(told.shares[order - 1] if order <= reached else none for order in _SHARES)
    rows.append(told.longest / LONGEST)
    rows.append((told.longest == reached) * 1.0)
    rows.append(np.log1p(told.counts[top]))
    rows.append(told.shares[top])
    facts.append(reached / LONGEST)
    facts.append(math.log1p(told.totals[top]))
    facts.append(math.log1p(told.kinds[top]))
    facts.extend(math.log1p(told.totals[order - 1]) if order <= reached else 0.0 for order in (2, 4))
    return _mean_share(told)


def _shape_rows(
    matches: Matches,
    wanted: NDArray[np.int32],
    rows: list[NDArray[np.float64]],
    facts: list[float],
) -> None:
    followers = same_lines(matches.followers)
    shapes, inverse = np.unique(np.concatenate((wanted, followers)), return_inverse=True)
    own, inverse = inverse[: len(wanted)], inverse[len(wanted) :]
    told = _told(matches, inverse, len(shapes))
    longest = told.longest[own]
    rows.append(np.log(told.estimate[own] + 1e-9))
    rows.append(longest / LONGEST)
    rows.append((longest == told.reached) * 1.0)
    facts.append(told.reached / LONGEST)


def _abstract_rows(
    matches: Matches, inverse: NDArray[np.int64], n_candidates: int, rows: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Append what is known of the very tokens that followed contexts of the same shape."""
    told = _told(matches, inverse, n_candidates)
    rows.append(np.log(told.estimate + 1e-9))
    rows.append(told.longest / LONGEST)
    return _mean_share(told)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one source says about every outcome.

    :param counts: ``(max(reached, 1), n)``, how often each followed the last 1, 2, ... tokens; ``totals`` and
        ``kinds``: all together, and how many different ones; ``shares``: counts by totals.
    :param estimate: ``(n,)`` interpolated probabilities; ``longest``: the longest context that each followed.
    :param reached: the longest of all.
    """

    counts: NDArray[np.float64]
    shares: NDArray[np.float64]
    totals: list[float]
    kinds: list[int]
    estimate: NDArray[np.float64]
    longest: NDArray[np.int64]
    reached: int


def _mean_share(told: _Told) -> NDArray[np.float64]:
    """Return the mean of the shares at all context lengths: a short context has its say, too."""
    mean: NDArray[np.float64] = told.shares.sum(0) / max(told.reached, 1)
    return mean


def _told(matches: Matches, inverse: NDArray[np.int64], n_outcomes: int) -> _Told:
    reached = int(matches.lengths.max(initial=0))
    levels = max(reached, 1)
    flat = np.bincount(
        (levels - matches.lengths) * n_outcomes + inverse, matches.weights, levels * n_outcomes
    )
    counts = flat.reshape(levels, n_outcomes).cumsum(0)[::-1]
    seen = counts > 0
    sums = counts.sum(1)
    totals, kinds = sums.tolist(), seen.sum(1).tolist()
    estimate = np.full(n_outcomes, _BASE)
    for level in range(reached):
        estimate = (counts[level] + kinds[level] * estimate) * (1 / (totals[level] + kinds[level]))
    shares = counts / np.maximum(sums, 1e-9)[:, None]
    return _Told(counts, shares, totals, kinds, estimate, seen.sum(0), reached)


def _blank_share(
    scene: Scene,
    sources: tuple[Matches, Matches, Matches],
    inverse: NDArray[np.int64],
    kept: NDArray[np.int64],
    n_all: int,
) -> NDArray[np.float64]:
    """Return how often blanks stood before each candidate where it followed the context, the longest first."""
    document, near, repository = sources
    begin = len(document) + len(near)
    own = inverse[: len(document)], inverse[begin : begin + len(repository)]
    weights = document.lengths**3 * document.weights, repository.lengths**3 * repository.weights
    blanks = scene.blanks[document.at], scene.corpus.gaps[repository.at] > 0
    total = np.full(n_all, 0.2)
    with_blank = np.full(n_all, 0.1)
    for places, weight, is_blank in zip(own, weights, blanks, strict=True):
        total += np.bincount(places, weight, n_all)
        with_blank += np.bincount(places, weight * is_blank, n_all)
    shares: NDArray[np.float64] = (with_blank / total)[kept]
    return shares


def _nearest(
    matches: Matches, inverse: NDArray[np.int64], kept: NDArray[np.int64], n_all: int, cursor: int
) -> NDArray[np.float64]:
    """Return how far the nearest place in the document is where a candidate followed two tokens of the context."""
    agreeing = np.flatnonzero(matches.lengths >= 2)
    distance = np.full(n_all, 1e6)
    np.minimum.at(distance, inverse[agreeing], np.abs(matches.at[agreeing] - cursor) + 1.0)
    nearest: NDArray[np.float64] = np.log(distance[kept]) / 10
    return nearest


def _copies(
    scene: Scene, context: NDArray[np.int32], shapes: tuple[Matches, Matches]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the tokens of the context that places of the same shape would have taken, with their support.

    :return: ids, and ``(3, n)``: longest agreement, share of the votes, near or in the document.
    """
    votes: dict[int, tuple[float, float]] = {}
    total = 1e-9
    for found, stream in zip(shapes, (scene.document, scene.near), strict=True):
        chosen = np.flatnonzero(found.lengths >= 4)
        if not len(chosen):
            continue
        if len(chosen) > _COPY_PLACES:
            chosen = chosen[np.argsort(-found.lengths[chosen], kind="stable")[:_COPY_PLACES]]
        at, lengths = found.at[chosen], found.lengths[chosen]
        followers = stream[at]
        back = np.arange(1, LONGEST + 1)
        before = stream[np.maximum(at[:, None] - back, 0)]
        same = (before == followers[:, None]) & (back <= lengths[:, None])
        same &= (found.followers[chosen] < 0)[:, None]
        total += float((lengths * (found.followers[chosen] < 0)).sum())
        for row in np.flatnonzero(same.any(1)).tolist():
            distance = int(same[row].argmax()) + 1
            if distance <= len(context):
                word, length = int(context[-distance]), float(lengths[row])
                best, summed = votes.get(word, (0.0, 0.0))
                votes[word] = (max(best, length), summed + length)
    ids = np.fromiter(votes, np.int32, len(votes))
    support = np.asarray([(best / LONGEST, summed / total) for best, summed in votes.values()]).reshape(-1, 2)
    return ids, support


def _copy_rows(
    ids: NDArray[np.int32], copied: NDArray[np.int32], support: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    rows = [np.zeros(len(ids)), np.zeros(len(ids))]
    for word, (best, share) in zip(copied.tolist(), support.tolist(), strict=True):
        place = ids == word
        rows[0][place] = best
        rows[1][place] = share
    return rows


def _document_rows(
    scene: Scene, context: NDArray[np.int32], ids: NDArray[np.int32], rows: list[NDArray[np.float64]]
) -> None:
    known = np.minimum(ids, len(scene.counts) - 1)
    seen = scene.last_seen[known]
    distance = np.where(seen >= 0, len(scene.before) - seen, 1_000_000)
    rows.append(np.log1p(scene.counts[known]))
    rows.append(np.log(distance.astype(np.float64)) / 10)
    line = context[-1 - int(np.argmax(_is_line(context[::-1]))) :] if len(context) else context
    rows.append((ids[:, None] == line).any(1) * 1.0)
    rows.append((ids == context[-1]) * 1.0)
    rows.append((ids == context[-2]) * 1.0 if len(context) > 1 else np.zeros(len(ids)))


def _is_line(ids: NDArray[np.int32]) -> NDArray[np.bool_]:
    return (ids >= LINE_ID) & (ids <= DEDENTED_ID)


def _kind_rows(
    scene: Scene,
    context: NDArray[np.int32],
    ids: NDArray[np.int32],
    rows: list[NDArray[np.float64]],
    facts: list[float],
) -> None:
    vocabulary = scene.corpus.vocabulary
    kinds = vocabulary.kinds[ids]
    rows.extend((kinds == kind) * 1.0 for kind in _KINDS)
    before = int(vocabulary.kinds[context[-1]])
    facts.extend(float(before == kind) for kind in _KINDS)
    second = int(vocabulary.kinds[context[-2]]) if len(context) > 1 else 0
    facts.extend(float(second == kind) for kind in _KINDS)
    closer, depth = _open_bracket([vocabulary.text(word) for word in context[-48:].tolist()])
    texts = [vocabulary.text(word) for word in ids.tolist()]
    line = {vocabulary.text(word).casefold() for word in context[-24:].tolist()}
    rows.append(np.fromiter((text[:1].isupper() for text in texts), float, len(texts)))
    rows.append(np.fromiter((text.isupper() for text in texts), float, len(texts)))
    rows.append(np.fromiter((text.casefold() in line for text in texts), float, len(texts)))
    frequency = scene.corpus.ranges[np.minimum(ids + 1, vocabulary.base_size)]
    frequency = frequency - scene.corpus.ranges[np.minimum(ids, vocabulary.base_size)]
    rows.append(np.log1p(frequency) / 10)
    last = vocabulary.text(int(context[-1]))
    facts.extend(float(last == text) for text in _TELLING)
    rows.append(np.fromiter((text == closer for text in texts), float, len(texts)))
    rows.append(np.fromiter((text != closer and text in ")]}" for text in texts), float, len(texts)))
    rows.append((ids == LINE_ID) * float(closer in (")", "]")))
    rows.append(np.fromiter((len(text) for text in texts), float, len(texts)) / 10)
    length = int(np.argmax(_is_line(context[::-1]))) if _is_line(context).any() else len(context)
    facts.append(float(np.log1p(length)))
    facts.append(min(depth, 4) / 4)
    facts.append(float(closer == "}"))


def _open_bracket(words: list[str]) -> tuple[str, int]:
    """Return what closes the innermost bracket that is open after some tokens, and how many are open."""
    closers: list[str] = []
    for word in words:
        if word in _BRACKETS:
            closers.append(_BRACKETS[word])
        elif closers and word == closers[-1]:
            closers.pop()
    return (closers[-1], len(closers)) if closers else ("", 0)
