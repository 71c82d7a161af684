"""Fitting the weights that choose a chunk: what tells right chunks from wrong ones gets weight, noise does not."""

import numpy as np
import pytest

from assistant.quality.queries import Kind
from assistant.retrieval.chunk_choice import OF_CHUNK, ChunkEvidence, ChunkWeights
from assistant.retrieval.naming import FITS
from training.chunk_weights import Choice, Fitting, as_weights, left_out, shares_right

TELLING = FITS.index("both")


@pytest.fixture(scope="module")
def choices() -> list[Choice]:
    """Four chunks with two names each; the right one has the name with the largest ``both``; the rest is noise."""
    random = np.random.default_rng(7)
    made = []
    for number in range(120):
        chunks = random.random((4, len(OF_CHUNK)), np.float32)
        names = random.random((8, len(FITS)), np.float32)
        positions = np.repeat(np.arange(4), 2)
        right = np.zeros(4, np.bool_)
        right[positions[np.argmax(names[:, TELLING])]] = True
        kind = Kind.WORDS if number % 3 == 0 else Kind.DOCUMENTATION
        made.append(Choice(f"repository{number % 12}", kind, ChunkEvidence(chunks, names, positions), right))
    return made


def test_what_tells_right_chunks_gets_the_weight(choices: list[Choice]) -> None:
    weights = Fitting(choices).fit()
    assert np.argmax(weights) == len(OF_CHUNK) + TELLING
    assert weights[len(OF_CHUNK) + TELLING] > 3 * np.abs(np.delete(weights, len(OF_CHUNK) + TELLING)).max()
    made = shares_right(choices, as_weights(weights))
    assert [len(made[kind]) for kind in (Kind.DOCUMENTATION, Kind.WORDS)] == [80, 40]
    assert np.mean(made[Kind.DOCUMENTATION] + made[Kind.WORDS]) > 0.9


def test_every_choice_is_judged_once_by_weights_fitted_on_other_repositories(choices: list[Choice]) -> None:
    made = left_out(choices)
    assert {kind: len(rights) for kind, rights in made.items()} == {Kind.DOCUMENTATION: 80, Kind.WORDS: 40}
    assert np.mean(made[Kind.DOCUMENTATION]) > 0.8


def test_a_chunk_counts_by_the_best_of_its_names() -> None:
    names = np.asarray([[0, 0, 0.2, 0], [0, 0, 0.9, 0], [0, 0, 0.5, 0]], np.float32)
    evidence = ChunkEvidence(np.asarray([[1, 0], [0, 1], [0, 0]], np.float32), names, np.asarray([0, 1, 1]))
    weights = ChunkWeights(words=0.5, meaning=0.25, of_query=0, of_name=0, both=2, name_meaning=0)
    assert evidence.relevance(weights).tolist() == pytest.approx([0.9, 2.05, 0.0])
