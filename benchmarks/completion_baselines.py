"""What the embedded completer is compared with: n-grams without and with a cache of the file, longest match alone.

They count in the same tokens, at the same positions, and are told what the completer has to find out: that the word
before the cursor is whole. Interpolation is Witten and Bell's, six tokens with the predicted one. A line is written
greedily and shown, as far as it is worth showing, when its probability is at least one half; longest match copies the
rest of the line that most of the places agree on that follow the longest context, if at least half of them do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.evidence import Matches, lookup, scan
from assistant.completion.local.features import same_lines
from assistant.completion.local.generation import Step
from assistant.completion.local.scene import Scene
from assistant.completion.local.tokens import FILE_ID, LINE_ID, LONG_ID

ORDER = 6
_STEPS = 24
_LEAST = 0.5
_LONGEST_NEEDED = 4
"""Longest match alone is silent after shorter contexts."""

Estimate = dict[int, float]
Estimator = Callable[[Scene, NDArray[np.int32]], Estimate]


def plain(scene: Scene, context: NDArray[np.int32]) -> Estimate:
    """Estimate from the repository alone, the file as it was before included."""
    return _interpolated(lookup(scene.corpus, context[-ORDER + 1 :], []))


def cached(scene: Scene, context: NDArray[np.int32]) -> Estimate:
    """Estimate from the repository and, with equal weight, from the file before the cursor (Tu et al. 2014)."""
    file = _interpolated(scan(scene.before, context[-ORDER + 1 :]))
    repository = plain(scene, context)
    words = {*file, *repository}
    return {word: (file.get(word, 0.0) + repository.get(word, 0.0)) / 2 for word in words}


def _interpolated(matches: Matches) -> Estimate:
    estimate: Counter[int] = Counter()
    followers = same_lines(matches.followers)
    keep = 1.0
    for length in range(int(matches.lengths.max(initial=0)), 0, -1):
        part = matches.lengths >= length
        words, inverse = np.unique(followers[part], return_inverse=True)
        counts = np.bincount(inverse, matches.weights[part])
        total = float(counts.sum())
        for word, count in zip(words.tolist(), counts.tolist(), strict=True):
            estimate[word] += keep * count / (total + len(words))
        keep *= len(words) / (total + len(words))
    return {word: chance for word, chance in estimate.items() if word not in (FILE_ID, LONG_ID)}


def best_word(estimate: Estimate) -> int | None:
    """Return the most probable word; None if there is none."""
    return max(estimate, key=lambda word: estimate[word]) if estimate else None


def write(scene: Scene, estimator: Estimator) -> list[Step]:
    """Write the rest of a line greedily."""
    steps: list[Step] = []
    context, likelihood = scene.before, 1.0
    while len(steps) < _STEPS and likelihood >= _LEAST:
        estimate = estimator(scene, context)
        word = best_word(estimate)
        if word is None:
            break
        likelihood *= estimate[word]
        steps.append(_step(scene, word, estimate[word], _gap(scene, context, word) if steps else ""))
        if word == LINE_ID:
            break
        context = np.append(context, np.int32(word))
    return steps


def copied_line(scene: Scene) -> list[Step]:
    """Copy the rest of the line that follows most of the longest matches in the file and the repository."""
    sources = (
        (scan(scene.document, scene.before), scene.document),
        (plain_matches(scene), scene.corpus.stream),
    )
    longest = max(int(matches.lengths.max(initial=0)) for matches, _ in sources)
    if longest < 1:
        return []
    lines: Counter[tuple[int, ...]] = Counter()
    for matches, stream in sources:
        for at in matches.at[matches.lengths == longest][:64].tolist():
            lines[_line_at(stream, at)] += 1
    line, count = lines.most_common(1)[0]
    sure = count / sum(lines.values()) if longest >= _LONGEST_NEEDED else 0.0
    steps: list[Step] = []
    context = scene.before
    for word in line:
        steps.append(
            _step(scene, word, sure if not steps else 1.0, _gap(scene, context, word) if steps else "")
        )
        context = np.append(context, np.int32(word))
    return steps


def plain_matches(scene: Scene) -> Matches:
    """Return the places in the repository that follow the context, other versions of the file left out."""
    return lookup(scene.corpus, scene.before, scene.hidden)


def _line_at(stream: NDArray[np.int32], at: int) -> tuple[int, ...]:
    words: list[int] = []
    for word in same_lines(stream[at : at + _STEPS]).tolist():
        words.append(word)
        if word in (LINE_ID, FILE_ID):
            words[-1] = LINE_ID
            break
    return tuple(words)


def _step(scene: Scene, word: int, chance: float, gap: str) -> Step:
    return (
        Step("", chance, True)
        if word == LINE_ID
        else Step(gap + scene.corpus.vocabulary.text(word), chance, False)
    )


def _gap(scene: Scene, context: Sequence[int] | NDArray[np.int32], word: int) -> str:
    """Return the blanks before a word where most of the context agreed."""
    for matches, gaps in (
        (scan(scene.document, np.asarray(context)), scene.gaps),
        (lookup(scene.corpus, np.asarray(context), scene.hidden), None),
    ):
        places = np.flatnonzero(same_lines(matches.followers) == word)
        if len(places):
            at = int(matches.at[places[matches.lengths[places].argmax()]])
            return gaps[at] if gaps is not None else scene.corpus.gap_texts[int(scene.corpus.gaps[at])]
    return ""
