"""Weighs what speaks for each candidate: probabilities that add up to one with that of anything else.

A network of two small hidden layers gives every candidate a score from its own column of features; the softmax runs
over the candidates and one more with score 0, "something else". ``training/completion_weights.py`` fits the weights.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("weights.npz")


class Scorer:
    """The fitted weights. Immutable; safe to use from several threads."""

    def __init__(self, arrays: dict[str, NDArray[np.float32]]) -> None:
        """Take weights as :mod:`training.completion_weights` names them: mean, scale, w1, b1, w2, b2, w3, b3."""
        scaled = arrays["w1"].astype(np.float32) / arrays["scale"].astype(np.float32)[:, None]
        self._w1 = np.ascontiguousarray(scaled.T)
        self._b1 = (arrays["b1"] - arrays["mean"].astype(np.float32) @ scaled)[:, None]
        self._w2 = np.ascontiguousarray(arrays["w2"].astype(np.float32).T)
        self._b2 = arrays["b2"].astype(np.float32)[:, None]
        self._w3 = arrays["w3"].astype(np.float32)
        self._b3 = float(arrays["b3"][0])

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ``(n + 1,)`` probabilities of candidates and, last, of something else.

        :param features: ``(n_features, n)`` float32.
        """
        hidden = np.maximum(self._w1 @ features + self._b1, 0)
        hidden = np.maximum(self._w2 @ hidden + self._b2, 0)
        scores = np.append(self._w3 @ hidden + self._b3, 0.0)
        scores = np.exp(scores - scores.max())
        result: NDArray[np.float32] = (scores / scores.sum()).astype(np.float32)
        return result


@cache
def shipped_scorer() -> Scorer:
    """Return the scorer with the weights that come with the package."""
    with np.load(WEIGHTS) as arrays:
        return Scorer({name: arrays[name] for name in arrays.files})
