"""Fit how sure a cut of a predicted line is, `assistant/completion/local/confidence.npz`.

    python -m training.completion_confidence --commits 100 --positions 500 REPOSITORY.git ...

At positions drawn as the benchmark draws them, with another seed than the weights of the candidates were fitted with,
every cut of the predicted line is a sample: its features, and whether the author wrote just that
(`benchmarks.completion_measures.is_exact`). The cuts of one position together weigh as much as those of any other.
Logistic regression with one small hidden layer, by Adam. Only numbers are kept. The last four repositories are not
fitted on; for them the trade of shown against exact is printed, from which the thresholds in
`assistant/completion/local/showing.py` are chosen.
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
from assistant.completion.local.budget import Budget
from assistant.completion.local.completer import line_so_far
from assistant.completion.local.confidence import CONFIDENCE_WEIGHTS, cut_features
from assistant.completion.local.showing import CHARS, TO_LINE_END_CHARS
from assistant.completion.model import CompletionRequest
from benchmarks.completion_cases import base_commit, base_files, positions
from benchmarks.completion_measures import is_exact

HIDDEN = 16
WATCHED = 4
_SEED = 2
_STEPS = 4000
_BATCH = 512

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Cuts of one repository.

    :param features: ``(n, n_features)`` float32; ``exact``: ``(n,)`` 0 or 1; ``lengths``: characters.
    :param position: ``(n,)`` int64, which position each belongs to; ``n_positions``: also those without any cut.
    """

    features: Array
    exact: Array
    lengths: NDArray[np.int64]
    position: NDArray[np.int64]
    n_positions: int


def collect(repository: Path, n_commits: int, n_positions: int) -> Cuts:
    """Predict lines at positions of one repository and compare their cuts with what was written."""
    base = base_commit(repository, n_commits)
    files = [RepositoryFile(path, text, language) for path, language, text in base_files(repository, base)]
    features, exact, lengths, owners = [], [], [], []
    drawn = positions(repository, base, n_positions, _SEED)
    with tempfile.TemporaryDirectory() as folder:
        completer = LocalCompleter.build(Path(folder), files)
        for number, position in enumerate(drawn):
            text, offset = position.before + position.after, len(position.before)
            request = CompletionRequest(Path(), position.path, text, offset, position.language)
            steps, written = completer.line(request, Budget(10)), ""
            for at, step in enumerate(steps):
                written += step.text
                if len(written) >= (TO_LINE_END_CHARS if step.ends_line else CHARS) and written.strip():
                    features.append(cut_features(steps[: at + 1], line_so_far(request)))
                    exact.append(is_exact(written, position.rest, position.ends))
                    lengths.append(len(written))
                    owners.append(number)
    return Cuts(
        np.stack(features),
        np.asarray(exact, np.float32),
        np.asarray(lengths),
        np.asarray(owners),
        len(drawn),
    )


def kept_cuts(folder: Path | None, repository: Path, n_commits: int, n_positions: int) -> Cuts:
    """Collect cuts, or read them from a folder where they were kept."""
    if folder is None:
        return collect(repository, n_commits, n_positions)
    file = folder / ("+".join(repository.resolve().parts[-3:]) + f"-cuts-{n_commits}-{n_positions}.npz")
    if not file.exists():
        cuts = collect(repository, n_commits, n_positions)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            file,
            features=cuts.features,
            exact=cuts.exact,
            lengths=cuts.lengths,
            position=cuts.position,
            n_positions=cuts.n_positions,
        )
    with np.load(file) as arrays:
        return Cuts(
            arrays["features"],
            arrays["exact"],
            arrays["lengths"],
            arrays["position"],
            int(arrays["n_positions"]),
        )


def fit(cuts: Sequence[Cuts]) -> dict[str, Array]:
    """Fit the weights."""
    features = np.concatenate([part.features for part in cuts])
    exact = np.concatenate([part.exact for part in cuts])
    shares = np.concatenate([1 / np.bincount(part.position)[part.position] for part in cuts])
    mean, scale = features.mean(0), features.std(0) + np.float32(1e-3)
    features = (features - mean) / scale
    random = np.random.default_rng(0)
    weights = {
        "w1": random.normal(0, features.shape[1] ** -0.5, (features.shape[1], HIDDEN)).astype(np.float32),
        "b1": np.zeros(HIDDEN, np.float32),
        "w2": random.normal(0, 0.1, HIDDEN).astype(np.float32),
        "b2": np.zeros(1, np.float32),
    }
    moments = {name: (np.zeros_like(array), np.zeros_like(array)) for name, array in weights.items()}
    for step in range(1, _STEPS + 1):
        chosen = random.choice(len(features), _BATCH, p=shares / shares.sum())
        rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / _STEPS)) + 1e-5
        hidden = np.maximum(features[chosen] @ weights["w1"] + weights["b1"], 0)
        error = 1 / (1 + np.exp(-(hidden @ weights["w2"] + weights["b2"][0]))) - exact[chosen]
        error = error.astype(np.float32) / _BATCH
        back = error[:, None] * weights["w2"] * (hidden > 0)
        slopes = {
            "w2": hidden.T @ error,
            "b2": np.asarray([error.sum()]),
            "w1": features[chosen].T @ back,
            "b1": back.sum(0),
        }
        for name, slope in slopes.items():
            first, second = moments[name]
            slope = slope + 1e-3 * weights[name]
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            corrected = np.sqrt(second / (1 - 0.999**step)) + 1e-8
            weights[name] -= (rate * (first / (1 - 0.9**step)) / corrected).astype(np.float32)
    return {**weights, "mean": mean, "scale": scale}


def sure(weights: dict[str, Array], cuts: Cuts) -> NDArray[np.float64]:
    """Return the confidence of every cut."""
    hidden = (cuts.features - weights["mean"]) / weights["scale"] @ weights["w1"] + weights["b1"]
    said: NDArray[np.float64] = 1 / (1 + np.exp(-(np.maximum(hidden, 0) @ weights["w2"] + weights["b2"][0])))
    return said


def trade(
    said: Sequence[NDArray[np.float64]], cuts: Sequence[Cuts], shown_at: float, longer_at: float
) -> str:
    """Describe what two thresholds show, and how much of it is exact."""
    shown = exact = chars = total = 0
    for part, confidences in zip(cuts, said, strict=True):
        total += part.n_positions
        for number in np.unique(part.position):
            own = np.flatnonzero(part.position == number)
            if confidences[own].max() < shown_at:
                continue
            best = max(own[confidences[own] >= longer_at], key=lambda at: int(part.lengths[at]))
            shown += 1
            exact += int(part.exact[best])
            chars += int(part.exact[best] * part.lengths[best])
    return (
        f"shown at {shown_at:.2f}, longer at {longer_at:.2f}: {shown / total:.1%} shown, "
        f"{exact / max(shown, 1):.1%} exact, {chars / max(exact, 1):.1f} characters, {chars / total:.2f} a position"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Collect cuts, fit, write the weights, print the trade."""
    parser = argparse.ArgumentParser(prog="python -m training.completion_confidence", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY.git")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--positions", type=int, default=500, help="a repository")
    parser.add_argument("--samples", type=Path, help="keep the samples in this folder, and use what is there")
    parser.add_argument("--out", type=Path, default=CONFIDENCE_WEIGHTS)
    given = parser.parse_args(argv)
    cuts = []
    for repository in given.repositories:
        cuts.append(kept_cuts(given.samples, repository, given.commits, given.positions))
        print(f"{repository}: {len(cuts[-1].exact)} cuts, {cuts[-1].exact.mean():.2f} exact", flush=True)
    weights = fit(cuts[:-WATCHED])
    watched = cuts[-WATCHED:]
    said = [sure(weights, part) for part in watched]
    for shown_at in (0.5, 0.55, 0.6, 0.65, 0.7):
        for longer_at in (shown_at - 0.1, shown_at):
            print(trade(said, watched, shown_at, longer_at))
    with given.out.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
