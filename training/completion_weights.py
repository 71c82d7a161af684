"""Fit the weights by which the embedded completer weighs its candidates, `assistant/completion/local/weights.npz`.

    python -m training.completion_weights --commits 100 --positions 1500 REPOSITORY.git ...

Each repository is a git directory with its history. Positions are drawn as the benchmark draws them
(`benchmarks/completion_cases.py`); what is fitted is the probability of the token that the author wrote, or of
"something else" where it is not among the candidates, by Adam on the cross entropy. Every position counts twice if
blanks stand before the cursor: with that known, and without, as it is in the middle of a predicted line. Only numbers
are kept: no name and no text of the repositories. Fit on other repositories than those that figures are reported for.
The last four are not fitted on but watched.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local import LocalCompleter, RepositoryFile
from assistant.completion.local.features import MAX_CANDIDATES, candidates
from assistant.completion.local.generation import CONTEXT
from assistant.completion.local.scorer import WEIGHTS
from assistant.completion.local.tokens import LINE_ID, tokenize
from assistant.completion.model import CompletionRequest
from benchmarks.completion_cases import Position, base_commit, base_files, positions

HIDDEN = (32, 16)
WATCHED = 4
_BATCH = 128

Array = NDArray[np.float32]
Weights = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Samples:
    """Positions as numbers.

    :param features: ``(n, MAX_CANDIDATES, n_features)`` float16; rows beyond a position's candidates are zero.
    :param sizes: ``(n,)``, how many candidates; ``targets``: ``(n,)``, the right one or -1.
    """

    features: NDArray[np.float16]
    sizes: NDArray[np.int64]
    targets: NDArray[np.int64]


def collect(repository: Path, n_commits: int, n_positions: int) -> Samples:
    """Turn positions of one repository into samples."""
    base = base_commit(repository, n_commits)
    files = [RepositoryFile(path, text, language) for path, language, text in base_files(repository, base)]
    rows, sizes, targets = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        completer = LocalCompleter.build(Path(folder), files)
        for position in positions(repository, base, n_positions, seed=1):
            for matrix, target in _of_position(completer, position):
                size = matrix.shape[1]
                padded = np.zeros((MAX_CANDIDATES, matrix.shape[0]), np.float16)
                padded[:size] = matrix.T
                rows.append(padded)
                sizes.append(size)
                targets.append(target)
    return Samples(np.stack(rows), np.asarray(sizes), np.asarray(targets))


def kept_samples(folder: Path | None, repository: Path, n_commits: int, n_positions: int) -> Samples:
    """Collect samples, or read them from a folder where they were kept."""
    if folder is None:
        return collect(repository, n_commits, n_positions)
    name = "+".join(repository.resolve().parts[-3:]) + f"-{n_commits}-{n_positions}.npz"
    if not (folder / name).exists():
        samples = collect(repository, n_commits, n_positions)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / name, features=samples.features, sizes=samples.sizes, targets=samples.targets)
    with np.load(folder / name) as arrays:
        return Samples(arrays["features"], arrays["sizes"], arrays["targets"])


def _of_position(completer: LocalCompleter, position: Position) -> list[tuple[Array, int]]:
    request = CompletionRequest(
        Path(), position.path, position.before + position.after, len(position.before), position.language
    )
    seen = completer.look(request)
    if seen is None:
        return []
    place, scene = seen
    context, blank = place.finished()
    wanted = _id_of(completer, position)
    found = []
    for known in {False, blank}:
        given = candidates(scene, context[-CONTEXT:], known)
        right = np.flatnonzero(given.ids == wanted)
        found.append((given.features, int(right[0]) if len(right) else -1))
    return found


def _id_of(completer: LocalCompleter, position: Position) -> int:
    tokens = tokenize(position.next_token, position.language)
    return int(completer.corpus.vocabulary.encode(tokens)[1]) if len(tokens) > 1 else LINE_ID


def fit(samples: Sequence[Samples], watched: Sequence[Samples], n_epochs: int) -> Weights:
    """Fit weights, printing the accuracy and the cross entropy on the watched samples after each epoch."""
    features, sizes, targets = _together(samples)
    allowed = np.arange(features.shape[1]) < sizes[:, None]
    some = features[allowed][:: max(1, int(allowed.sum()) // 400_000)].astype(np.float32)
    random = np.random.default_rng(0)
    n_features, (first, second) = features.shape[2], HIDDEN
    weights = {
        "w1": random.normal(0, n_features**-0.5, (n_features, first)).astype(np.float32),
        "b1": np.zeros(first, np.float32),
        "w2": random.normal(0, first**-0.5, (first, second)).astype(np.float32),
        "b2": np.zeros(second, np.float32),
        "w3": random.normal(0, 0.1, second).astype(np.float32),
        "b3": np.zeros(1, np.float32),
    }
    fixed = {"mean": some.mean(0), "scale": some.std(0) + np.float32(1e-3)}
    moments = {name: (np.zeros_like(array), np.zeros_like(array)) for name, array in weights.items()}
    step = 0
    for epoch in range(n_epochs):
        rate = 2e-3 * 0.5 * (1 + np.cos(np.pi * epoch / n_epochs)) + 1e-4
        order = random.permutation(len(features))
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            chosen = np.sort(order[start : start + _BATCH])
            batch = features[chosen].astype(np.float32)
            step += 1
            slopes = _slopes({**weights, **fixed}, batch, allowed[chosen], targets[chosen])
            _adam(weights, moments, slopes, step, float(rate))
        accuracy, entropy = judge({**weights, **fixed}, watched)
        print(f"epoch {epoch + 1}: watched accuracy {accuracy:.4f}, cross entropy {entropy:.4f}", flush=True)
    return {**weights, **fixed}


def _together(samples: Sequence[Samples]) -> tuple[NDArray[np.float16], NDArray[np.int64], NDArray[np.int64]]:
    return (
        np.concatenate([part.features for part in samples]),
        np.concatenate([part.sizes for part in samples]),
        np.concatenate([part.targets for part in samples]),
    )


def _forward(weights: Weights, batch: Array, allowed: NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
    scaled = (batch - weights["mean"]) / weights["scale"]
    one = np.maximum(scaled @ weights["w1"] + weights["b1"], 0)
    two = np.maximum(one @ weights["w2"] + weights["b2"], 0)
    scores = np.where(allowed, two @ weights["w3"] + weights["b3"][0], -1e9)
    scores = np.concatenate([scores, np.zeros((len(scores), 1))], 1)
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return scaled, one, two, (scores / scores.sum(1, keepdims=True)).astype(np.float32)


def _slopes(
    weights: Weights, batch: Array, allowed: NDArray[np.bool_], targets: NDArray[np.int64]
) -> Weights:
    scaled, one, two, chances = _forward(weights, batch, allowed)
    error = chances.copy()
    error[np.arange(len(batch)), np.where(targets < 0, batch.shape[1], targets)] -= 1
    error = np.where(allowed, error[:, :-1], 0).astype(np.float32) / np.float32(len(batch))
    flat_one, flat_two = one.reshape(-1, one.shape[-1]), two.reshape(-1, two.shape[-1])
    back_two = error.reshape(-1, 1) * weights["w3"] * (flat_two > 0)
    back_one = (back_two @ weights["w2"].T) * (flat_one > 0)
    return {
        "w3": flat_two.T @ error.reshape(-1),
        "b3": np.asarray([error.sum()], np.float32),
        "w2": flat_one.T @ back_two,
        "b2": back_two.sum(0),
        "w1": scaled.reshape(-1, scaled.shape[-1]).T @ back_one,
        "b1": back_one.sum(0),
    }


def _adam(
    weights: Weights, moments: dict[str, tuple[Array, Array]], slopes: Weights, step: int, rate: float
) -> None:
    """Take a step (Kingma and Ba 2015), in place, with a little weight decay."""
    for name, slope in slopes.items():
        first, second = moments[name]
        slope = slope + np.float32(1e-5) * weights[name]
        first += np.float32(0.1) * (slope - first)
        second += np.float32(0.001) * (slope**2 - second)
        corrected = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        weights[name] -= (rate * (first / (1 - 0.9**step)) / corrected).astype(np.float32)


def judge(weights: Weights, samples: Sequence[Samples]) -> tuple[float, float]:
    """Return top-1 accuracy and cross entropy, means over the repositories."""
    accuracies, entropies = [], []
    for part in samples:
        right, lost = 0, 0.0
        for start in range(0, len(part.targets), 512):
            target = part.targets[start : start + 512]
            batch = part.features[start : start + 512].astype(np.float32)
            allowed = np.arange(batch.shape[1]) < part.sizes[start : start + 512, None]
            chances = _forward(weights, batch, allowed)[3]
            right += int((chances[:, :-1].argmax(1) == target).sum())
            wanted = np.where(target < 0, batch.shape[1], target)
            lost -= float(np.log(chances[np.arange(len(target)), wanted] + 1e-9).sum())
        accuracies.append(right / max(1, len(part.targets)))
        entropies.append(lost / max(1, len(part.targets)))
    return float(np.mean(accuracies)), float(np.mean(entropies))


def main(argv: Sequence[str] | None = None) -> int:
    """Collect samples, fit, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m training.completion_weights", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY.git")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--positions", type=int, default=1500, help="a repository")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--samples", type=Path, help="keep the samples in this folder, and use what is there")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args(argv)
    samples = []
    for repository in given.repositories:
        samples.append(kept_samples(given.samples, repository, given.commits, given.positions))
        print(f"{repository}: {len(samples[-1].targets)} samples", flush=True)
    weights = fit(samples[:-WATCHED], samples[-WATCHED:], given.epochs)
    with given.out.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
