"""The table that training starts from: two teachers' words side by side, over one vocabulary.

The vocabulary is that of the sentence model, whose pieces cover any word, and the whole words of the code model that
occur in code. A row is the unit vectors of both teachers, each weighed; the code model's without the components that
nearly all of its words share, which say nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.wordpiece import WordPieces
from training.teacher_words import TeacherWords

Floats = NDArray[np.float32]

COMMON_COMPONENTS = 4
CODE_DIMENSIONS = 256
CODE_SHARE = 0.7
"""Weight of the code model's unit vectors; the sentence model's is 1."""

_SHORTEST_PIECE = 3
_NEW_WORDS_QUANTILE = 0.7


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """Tokens, their features (n_tokens, n_features) with rows of like length, and a first weight for each."""

    tokens: list[str]
    features: Floats
    weights: Floats


def join(
    base_tokens: list[str], base_rows: Floats, teacher: TeacherWords, in_code: frozenset[str]
) -> JoinedTable:
    """Join the tables of two teachers.

    :param base_tokens: the sentence model's tokens, ``##`` before a piece that continues a word.
    :param base_rows: their vectors, whose lengths are their weights.
    :param in_code: words that occur in code; others of the code model are left out.
    """
    pieces = WordPieces({token: at for at, token in enumerate(base_tokens)})
    known = set(base_tokens)
    new = [word for word in teacher.words if word not in known and word in in_code]
    covered = [pieces.of_word(word) for word in new]
    new_rows = [base_rows[ids].sum(axis=0) if ids else np.zeros_like(base_rows[0]) for ids in covered]
    rows = np.vstack([base_rows, np.asarray(new_rows, np.float32).reshape(-1, base_rows.shape[1])])
    tokens = base_tokens + new
    lengths = np.linalg.norm(base_rows, axis=1)
    typical = np.full(len(new), np.quantile(lengths, _NEW_WORDS_QUANTILE))
    features = np.hstack([unit(rows), np.float32(CODE_SHARE) * _code_rows(tokens, teacher)])
    return JoinedTable(tokens, features, np.concatenate([lengths, typical]).astype(np.float32))


def _code_rows(tokens: list[str], teacher: TeacherWords) -> Floats:
    """Return the code model's unit vectors for tokens; zero rows for those that it does not have."""
    centred = teacher.vectors - teacher.vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    kept = axes[:, ::-1][:, COMMON_COMPONENTS : COMMON_COMPONENTS + CODE_DIMENSIONS]
    reduced = unit((centred @ kept).astype(np.float32))
    rows = {word: at for at, word in enumerate(teacher.words)}
    found = np.asarray([rows.get(_bare(token), -1) for token in tokens])
    result = np.zeros((len(tokens), CODE_DIMENSIONS), np.float32)
    result[found >= 0] = reduced[found[found >= 0]]
    return result


def _bare(token: str) -> str:
    bare = token.removeprefix("##")
    return bare if len(bare) >= _SHORTEST_PIECE or bare == token else ""


def principal_axes(rows: Floats, dimensions: int) -> Floats:
    """Return the (n_features, dimensions) axes along which rows differ most."""
    _, axes = np.linalg.eigh(rows.T @ rows)
    return np.ascontiguousarray(axes[:, ::-1][:, :dimensions], np.float32)


def unit(rows: Floats) -> Floats:
    """Scale rows to length 1; zero rows stay zero."""
    scaled: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return scaled
