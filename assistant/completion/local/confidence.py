"""How sure a cut of a predicted line is: the probability that its author writes just that.

The product of the tokens' probabilities says too much of itself, since each token was chosen because it looked
probable. A small network corrects it by what is known of the whole cut, above all whether the line stands in the
document already. ``training/completion_confidence.py`` fits it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.generation import Step
from assistant.completion.local.scorer import WEIGHTS

CONFIDENCE_WEIGHTS = WEIGHTS.with_name("confidence.npz")
_OPENERS, _CLOSERS = "([{", ")]}"
_NEAR_CHARS = 400


@dataclass(frozen=True, slots=True)
class LineSoFar:
    """Where a line is being written.

    :param head: the line before the cursor, without indentation.
    :param before: the document before the line; :param after: behind it.
    :param begun: a word ends at the cursor.
    """

    head: str
    before: str
    after: str
    begun: bool


class Confidence:
    """The fitted weights. Immutable; safe to use from several threads."""

    def __init__(self, arrays: dict[str, NDArray[np.float32]]) -> None:
        """Take weights as :mod:`training.completion_confidence` names them: mean, scale, w1, b1, w2, b2."""
        self._arrays = arrays

    def of(self, steps: Sequence[Step], line: LineSoFar) -> float:
        """Return the probability that the author writes these steps."""
        weights = self._arrays
        scaled = (cut_features(steps, line) - weights["mean"]) / weights["scale"]
        hidden = np.maximum(scaled @ weights["w1"] + weights["b1"], 0)
        return 1 / (1 + math.exp(-float(hidden @ weights["w2"] + weights["b2"][0])))


@cache
def shipped_confidence() -> Confidence:
    """Return the confidence with the weights that come with the package."""
    with np.load(CONFIDENCE_WEIGHTS) as arrays:
        return Confidence({name: arrays[name] for name in arrays.files})


def cut_features(steps: Sequence[Step], line: LineSoFar) -> NDArray[np.float32]:
    """Return what speaks for and against a cut, float32."""
    logs = [math.log(max(step.probability, 1e-6)) for step in steps]
    names = [(step, log) for step, log in zip(steps, logs, strict=True) if step.is_name]
    text = "".join(step.text for step in steps)
    whole = (line.head + text).strip()
    ends = steps[-1].ends_line
    opened = sum(text.count(letter) for letter in _OPENERS) - sum(text.count(letter) for letter in _CLOSERS)
    head_opened = sum(map(line.head.count, _OPENERS)) - sum(map(line.head.count, _CLOSERS))
    values = (
        sum(logs),
        min(logs),
        logs[0],
        logs[-1],
        math.log1p(len(steps)),
        math.log1p(len(text)),
        float(ends),
        math.log1p(len(names)),
        sum(log for _, log in names),
        min((log for _, log in names), default=0.0),
        math.log(max(step.rival for step in steps) + 1e-6),
        *_agreement(steps),
        *_repetition(whole + "\n" if ends else whole, line),
        float(line.begun),
        float(not line.head.strip()),
        float(line.head.endswith((" ", "\t"))),
        math.log1p(len(line.head)),
        float(opened),
        float(head_opened),
        float(head_opened + opened) * ends,
        float(text.rstrip().endswith(("{", ":", "("))),
        float(text.rstrip().endswith(("}", ")", ";"))),
    )
    return np.asarray(values, np.float32)


def _agreement(steps: Sequence[Step]) -> list[float]:
    """Return how far the places agreed that the steps come from."""
    most = [max(step.seen_here, step.seen_elsewhere) for step in steps]
    return [
        min(most) / 16,
        most[0] / 16,
        sum(most) / len(most) / 16,
        min(step.seen_here for step in steps) / 16,
        min(step.seen_elsewhere for step in steps) / 16,
        steps[0].seen_here / 16,
    ]


def _repetition(whole: str, line: LineSoFar) -> list[float]:
    """Return whether the line stands in the document already, near before the cursor or behind it, and how often."""
    before, after = line.before.count(whole), line.after.count(whole)
    near = whole in line.before[-_NEAR_CHARS:]
    near_after = whole in line.after[:_NEAR_CHARS]
    return [
        math.log1p(before),
        math.log1p(after),
        float(near),
        float(near_after),
        float(len(line.before) > 0),
    ]
