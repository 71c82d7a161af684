"""Derived pairs as matrices over one vocabulary, with what each pair is compared to: its repository and look-alikes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from indexer.embedding.wordpiece import WordPieces

HELD_OUT = 8
"""One repository in so many is kept for evaluation."""

_LOOK_ALIKES = 3
Matrix: TypeAlias = Any
"""A scipy.sparse.csr_matrix, which has no types."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of several repositories.

    :param questions: (n, n_tokens) counts; ``answers`` likewise, ``unlike`` without the question's tokens.
    :param repositories: (n,) number of each pair's repository.
    :param look_alikes: (n, k) other pairs of the same repository whose answers share most with the question.
    """

    questions: Matrix
    answers: Matrix
    unlike: Matrix
    kinds: NDArray[np.int8]
    repositories: NDArray[np.int64]
    look_alikes: Rows

    def __len__(self) -> int:
        return int(self.questions.shape[0])


def is_held_out(name: str) -> bool:
    """Tell whether a repository is kept for evaluation."""
    return blake2b(name.lower().encode()).digest()[1] % HELD_OUT == 0


def load(files: Sequence[Path], pieces: WordPieces, tokens: int) -> Pairs:
    """Read the pairs of repositories.

    :param tokens: how many the vocabulary has.
    """
    parts: list[tuple[Matrix, Matrix, Matrix, NDArray[np.int8], Rows]] = []
    before = 0
    for file in files:
        with np.load(file) as arrays:
            kinds = arrays["kinds"]
            if len(kinds) <= _LOOK_ALIKES:
                continue
            to_tokens = _word_matrix(arrays["words"].tolist(), pieces, tokens)
            questions = _counts(arrays, "question") @ to_tokens
            answers = _counts(arrays, "answer") @ to_tokens
        shared = answers.multiply(questions > 0)
        unlike = (answers - shared).tocsr()
        unlike.eliminate_zeros()
        parts.append((questions, answers, unlike, kinds, before + _look_alikes(questions, answers)))
        before += len(kinds)
    return Pairs(
        questions=sparse.vstack([part[0] for part in parts], "csr", np.float32),
        answers=sparse.vstack([part[1] for part in parts], "csr", np.float32),
        unlike=sparse.vstack([part[2] for part in parts], "csr", np.float32),
        kinds=np.concatenate([part[3] for part in parts]),
        repositories=np.repeat(np.arange(len(parts)), [len(part[3]) for part in parts]),
        look_alikes=np.concatenate([part[4] for part in parts]),
    )


def _word_matrix(words: Sequence[str], pieces: WordPieces, tokens: int) -> Matrix:
    ids = pieces.of_words(words)
    bounds = np.cumsum([0, *map(len, ids)])
    flat = np.fromiter((at for word in ids for at in word), np.int64, int(bounds[-1]))
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, bounds), (len(words), tokens))


def _counts(arrays: Mapping[str, NDArray[Any]], side: str) -> Matrix:
    bounds = arrays[f"{side}_bounds"]
    shape = (len(bounds) - 1, len(arrays["words"]))
    counts = arrays[f"{side}_counts"].astype(np.float32)
    return sparse.csr_matrix((counts, arrays[f"{side}_ids"], bounds), shape)


def _look_alikes(questions: Matrix, answers: Matrix) -> Rows:
    """Return, for each question, the other answers that share most of it, by tf-idf: what words alone would find."""
    documents = answers.shape[0]
    frequency = np.asarray((answers > 0).sum(axis=0)).ravel()
    idf = sparse.diags(np.log1p(documents / (1.0 + frequency)))
    damped = answers.copy()
    damped.data = damped.data / (damped.data + 1.5)
    scores = ((questions > 0).astype(np.float32) @ idf @ damped.T).toarray()
    np.fill_diagonal(scores, -1)
    return np.argpartition(-scores, _LOOK_ALIKES, axis=1)[:, :_LOOK_ALIKES].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions (n, n_tokens) and answers (m, n_tokens), m >= n; question ``i`` is answered by answer ``i``.

    :param same: (n, m) other answers that are another copy of the right one, and count neither way.
    """

    questions: Matrix
    answers: Matrix
    same: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How batches are drawn.

    :param kinds: how often pairs of each kind are drawn, against how often they occur.
    :param unlike: share of the pairs whose answer goes without the words of its question.
    :param hard: whether each question's batch has an answer that words alone would take for right.
    """

    repositories: int = 8
    of_each: int = 64
    kinds: tuple[float, ...] = (1.0, 0.05, 2.0, 0.2, 0.1)
    unlike: float = 0.1
    hard: bool = True


def batches(pairs: Pairs, rng: np.random.Generator, drawing: Drawing) -> Iterator[Batch]:
    """Yield batches without end."""
    rows_of = [np.flatnonzero(pairs.repositories == number) for number in range(pairs.repositories.max() + 1)]
    shares = [np.asarray(drawing.kinds)[pairs.kinds[rows]] for rows in rows_of]
    sizes = np.sqrt([share.sum() for share in shares])
    while True:
        drawn = rng.choice(len(rows_of), drawing.repositories, replace=False, p=sizes / sizes.sum())
        chosen = [_choose(rows_of[at], shares[at], drawing.of_each, rng) for at in drawn]
        rows = np.concatenate(chosen)
        unlike = rng.random(len(rows)) < drawing.unlike
        rows = np.concatenate([rows[~unlike], rows[unlike]])
        answers = [pairs.answers[rows[: (~unlike).sum()]], pairs.unlike[rows[(~unlike).sum() :]]]
        columns = rows
        if drawing.hard:
            hard = pairs.look_alikes[rows, rng.integers(0, pairs.look_alikes.shape[1], len(rows))]
            answers.append(pairs.answers[hard])
            columns = np.concatenate([rows, hard])
        same = (columns[None, :] == rows[:, None]) & ~np.eye(len(rows), len(columns), dtype=bool)
        yield Batch(pairs.questions[rows], sparse.vstack(answers, "csr"), same)


def _choose(rows: Rows, shares: NDArray[np.float64], count: int, rng: np.random.Generator) -> Rows:
    count = min(count, int((shares > 0).sum()))
    return rng.choice(rows, count, replace=False, p=shares / shares.sum())
