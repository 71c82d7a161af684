"""Propose weights of the ranking; with ``--write`` they ship, as ``assistant/retrieval/weights.json``.

The shipped ones are such proposals in part: where they lost on queries that count more, they were set by hand.

One weight after the other is moved to what is best for two things at once: queries derived from other repositories
(the mean of their kinds) and labelled queries. A move is kept only where it helps on repositories that it was not
chosen on: derived ones of fold 0, and labelled ones each left out in turn. Words have weights; names, questions and
changes ("fix ...", "net: allow ...") have others where they differ. No question can be derived as it would be put:
what the sections of documents say stands in for them. Every weight moves them and labelled questions alike, and first
sentences of files otherwise. No change is labelled: their weights are the mean of what several draws of the
repositories lead to, and fold 0 only tells how good they are.

    python -m training.ranking_evidence --derived DIR --into derived.npz
    python -m training.ranking_evidence --bench DIR --repos DIR --into labelled.npz
    python -m training.ranking_weights --derived derived.npz --labelled labelled.npz [--write]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.quality.queries import Kind
from assistant.retrieval.ranking import WEIGHTS_BY_SHAPE, WEIGHTS_FILE
from training.ranking_evidence import EvidenceSet, Floats

_STEPS = (-1.0, -0.5, -0.25, 0.25, 0.5, 1.0)
"""A weight is tried at so many times itself more."""

_SMALLEST = 0.1
"""Weights near 0 are moved as if they were so large."""

_FOLDS = 4
_DRAWS = 8
_DRAWN = 0.6
"""Share of the repositories in each draw."""

_GAIN = 0.0005
_ROUNDS = 2
_HELD_OUT = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """What a set of weights reaches where it was not chosen.

    :param derived: mean NDCG@10 of the kinds of derived queries, fold 0.
    :param labelled: mean NDCG@10 of labelled queries, each repository left out in turn.
    """

    derived: float
    labelled: float


class Fitting:
    """Fits the weights of queries of one shape."""

    def __init__(self, derived: EvidenceSet, labelled: EvidenceSet) -> None:
        held_out = derived.about["fold"] == _HELD_OUT
        self._fitted = derived.chosen(~held_out)
        self._unseen = derived.chosen(held_out)
        self._labelled = labelled
        names = sorted(set(labelled.about["repository"].tolist()))
        part = {name: number % _FOLDS for number, name in enumerate(names)}
        self._parts = np.asarray([part[name] for name in labelled.about["repository"].tolist()])

    def fit(self, start: Floats) -> tuple[Floats, Judged, Judged]:
        """Move one weight after the other.

        :return: the weights; what the first and the last ones reach.
        """
        weights = start
        first = now = self._judged([start] * _FOLDS, start)
        for _ in range(_ROUNDS):
            before = now
            for feature in range(len(start)):
                moved = self._best(weights, feature, None)
                if moved is None:
                    continue
                by_part = [self._best(weights, feature, part) for part in range(_FOLDS)]
                judged = self._judged([weights if one is None else one for one in by_part], moved)
                helps = judged.derived + judged.labelled > now.derived + now.labelled + _GAIN
                if (
                    helps
                    and judged.derived >= now.derived - _GAIN
                    and judged.labelled >= now.labelled - _GAIN
                ):
                    weights, now = moved, judged
            if now == before:
                break
        return weights, first, now

    def fit_by_draws(self, start: Floats) -> tuple[Floats, Judged, Judged]:
        """Move weights on draws of the derived repositories, and take the mean of where they end.

        :return: as :meth:`fit`.
        """
        draw = random.Random(0)
        repositories = self._fitted.about["repository"]
        names = sorted(set(repositories.tolist()))
        ends = []
        for _ in range(_DRAWS):
            drawn = draw.sample(names, max(1, round(_DRAWN * len(names))))
            ends.append(_climbed(self._fitted.chosen(np.isin(repositories, drawn)), start))
        weights = np.mean(ends, axis=0).astype(np.float32)
        return weights, self._judged([start] * _FOLDS, start), self._judged([weights] * _FOLDS, weights)

    def _judged(self, by_part: Sequence[Floats], weights: Floats) -> Judged:
        scores = [
            self._labelled.chosen(self._parts == part).ndcg(chosen) for part, chosen in enumerate(by_part)
        ]
        return Judged(mean_of_kinds(self._unseen, weights), _mean(np.concatenate(scores)))

    def _best(self, weights: Floats, feature: int, left_out: int | None) -> Floats | None:
        """Return the weights with one moved to its best value; None if it stays.

        :param left_out: part of the labelled repositories that is not looked at.
        """
        labelled = self._labelled if left_out is None else self._labelled.chosen(self._parts != left_out)
        best, chosen = self._reached(weights, labelled) + _GAIN / 2, None
        for moved in _moved(weights, feature):
            reached = self._reached(moved, labelled)
            if reached > best:
                best, chosen = reached, moved
        return chosen

    def _reached(self, weights: Floats, labelled: EvidenceSet) -> float:
        return mean_of_kinds(self._fitted, weights) + _mean(labelled.ndcg(weights))


def _climbed(evidence: EvidenceSet, start: Floats) -> Floats:
    """Move one weight after the other to what is best for the evidence."""
    weights = start
    for _ in range(_ROUNDS):
        for feature in np.argsort(-np.abs(start)).tolist():
            best = mean_of_kinds(evidence, weights) + _GAIN
            for moved in list(_moved(weights, feature)):
                reached = mean_of_kinds(evidence, moved)
                if reached > best:
                    best, weights = reached, moved
    return weights


def mean_of_kinds(evidence: EvidenceSet, weights: Floats) -> float:
    """Mean NDCG@10 of the kinds of queries, each counting as much."""
    ndcg = evidence.ndcg(weights)
    kinds = evidence.about["kind"]
    return float(np.mean([ndcg[kinds == kind].mean() for kind in sorted(set(kinds.tolist()))]))


def _mean(ndcg: Floats) -> float:
    """Mean NDCG@10; 0 where nothing of a shape is labelled."""
    return float(ndcg.mean()) if len(ndcg) else 0.0


def _moved(weights: Floats, feature: int) -> Iterator[Floats]:
    for step in _STEPS:
        moved = weights.copy()
        moved[feature] = round(float(moved[feature]) + step * max(abs(float(weights[feature])), _SMALLEST), 3)
        yield moved


def of_shape(evidence: EvidenceSet, shape: str) -> EvidenceSet:
    """Return the queries that weights of this shape are fitted on."""
    mask: NDArray[np.bool_] = evidence.about["shape"] == shape
    sections = evidence.about["kind"] == Kind.SECTION.value
    if shape == "changes":
        return evidence.chosen(mask & (evidence.about["kind"] == Kind.CHANGE.value))
    return evidence.chosen((mask | sections) if shape == "questions" else (mask & ~sections))


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, report, and write the weights if asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m training.ranking_weights",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--derived", type=Path, required=True, help="evidence of derived queries")
    parser.add_argument("--labelled", type=Path, required=True, help="evidence of labelled queries")
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS_FILE.name}")
    given = parser.parse_args(argv)
    derived, labelled = EvidenceSet.load(given.derived), EvidenceSet.load(given.labelled)
    fitted: dict[str, dict[str, float]] = {}
    for shape, start in WEIGHTS_BY_SHAPE.items():
        questions = of_shape(labelled, shape)
        fitting = Fitting(of_shape(derived, shape), questions)
        fit = fitting.fit if len(questions.ideal) else fitting.fit_by_draws
        weights, first, last = fit(derived.vector(start))
        found = {name: round(float(value), 3) for name, value in zip(derived.features, weights, strict=True)}
        fitted[shape] = asdict(start) | found
        print(
            f"{shape}: derived, unseen repositories {first.derived:.4f} -> {last.derived:.4f}; "
            f"labelled, left out in turn {first.labelled:.4f} -> {last.labelled:.4f}"
        )
        given_before = asdict(start)
        for name, value in fitted[shape].items():
            if abs(value - given_before.get(name, 0.0)) > 1e-6:
                print(f"  {name}: {given_before.get(name, 0.0):g} -> {value:g}")
    if given.write:
        words = fitted.pop("words")
        others = {
            shape: {name: value for name, value in weights.items() if value != words[name]}
            for shape, weights in fitted.items()
        }
        WEIGHTS_FILE.write_text(json.dumps({"words": words, **others}, indent=2) + "\n")
        print(f"wrote {WEIGHTS_FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
