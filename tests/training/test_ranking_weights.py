"""Fitting: weights move to what finds the targets, and queries go to the weights of their shape."""

import numpy as np

from training.ranking_evidence import FEATURES, EvidenceSet
from training.ranking_weights import Fitting, of_shape

_FILES = 12


def made(kinds: list[str], shapes: list[str]) -> EvidenceSet:
    """Evidence in which ``history`` alone knows the target; ``best_chunk`` is noise."""
    count = len(kinds)
    draw = np.random.default_rng(0)
    values = np.zeros((count, _FILES, len(FEATURES)), np.float32)
    values[:, :, FEATURES.index("best_chunk")] = draw.random((count, _FILES))
    relevant = np.zeros((count, _FILES), np.float32)
    targets = draw.integers(0, _FILES, count)
    relevant[np.arange(count), targets] = 1
    values[np.arange(count), targets, FEATURES.index("history")] = 1.0
    about = {
        "repository": np.asarray([f"r{row % 10}" for row in range(count)]),
        "fold": np.asarray([row % 5 for row in range(count)]),
        "kind": np.asarray(kinds),
        "text": np.asarray(["text"] * count),
        "shape": np.asarray(shapes),
    }
    return EvidenceSet(FEATURES, values, relevant, np.ones(count, np.float32), about)


def test_draws_lead_to_the_weight_that_finds_the_targets() -> None:
    evidence = made(["change"] * 100, ["changes"] * 100)
    start = evidence.vector({"best_chunk": 1.0, "history": 0.2})
    weights, first, last = Fitting(evidence, evidence.chosen(np.zeros(100, np.bool_))).fit_by_draws(start)
    history, best_chunk = FEATURES.index("history"), FEATURES.index("best_chunk")
    assert weights[history] * start[best_chunk] > start[history] * weights[best_chunk]
    assert last.derived > first.derived
    assert last.labelled == 0.0


def test_weights_of_a_shape_are_fitted_on_its_queries() -> None:
    kinds = ["change", "documentation", "section", "symbol", "documentation"]
    evidence = made(kinds, ["changes", "changes", "words", "names", "words"])
    chosen = {
        shape: of_shape(evidence, shape).about["kind"].tolist() for shape in ("changes", "words", "names")
    }
    assert chosen == {"changes": ["change"], "words": ["documentation"], "names": ["symbol"]}
    assert of_shape(evidence, "questions").about["kind"].tolist() == ["section"]


def test_shipped_weights_are_those_of_the_shape() -> None:
    evidence = made(["change", "symbol"], ["changes", "names"])
    changes, names = evidence.shipped()
    assert changes[FEATURES.index("history")] > 0
    assert names[FEATURES.index("history")] == 0
