"""Grams and winnowing: hashes of consecutive tokens, the guarantee, what is left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from indexer.fingerprints.winnowing import K, T, W, gram_hashes, repetitive, winnow


def _tokens(count: int, seed: int = 1, kinds: int = 1 << 62) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, kinds, count, dtype=np.uint64)


def _all_usable(grams: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return np.ones(len(grams), np.bool_)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 8, 10, 13, 16])
def test_a_gram_depends_on_its_own_k_tokens_and_their_order(k: int) -> None:
    tokens = _tokens(60)
    changed = tokens.copy()
    changed[30] += np.uint64(1)
    differ = np.flatnonzero(gram_hashes(tokens, k) != gram_hashes(changed, k))
    assert differ.tolist() == list(range(31 - k, 31))
    assert (gram_hashes(np.concatenate([tokens[:9], tokens]), k)[9:] == gram_hashes(tokens, k)).all()


def test_too_few_tokens_have_no_gram() -> None:
    assert len(gram_hashes(_tokens(K - 1))) == 0
    assert len(repetitive(_tokens(K - 1))) == 0
    assert len(winnow(np.zeros(0, np.uint64), np.zeros(0, np.bool_))) == 0


@given(
    st.integers(0, 2**32), st.integers(0, 80), st.integers(0, 80), st.integers(0, 20), st.integers(2, 1000)
)
@settings(max_examples=150, deadline=None)
def test_a_shared_run_of_t_tokens_shares_a_fingerprint(
    seed: int, before: int, behind: int, more: int, kinds: int
) -> None:
    shared = _tokens(T + more, seed, kinds)
    kept: list[set[int]] = []
    for number, (left, right) in enumerate([(before, behind), (behind, before)], 1):
        text = np.concatenate([_tokens(left, seed + number), shared, _tokens(right, seed + number + 7)])
        grams = gram_hashes(text)
        kept.append(set(grams[winnow(grams, _all_usable(grams))].tolist()))
    assert kept[0] & kept[1] & set(gram_hashes(shared).tolist())


def test_no_w_consecutive_grams_are_without_a_kept_one() -> None:
    grams = gram_hashes(_tokens(5000))
    kept = winnow(grams, _all_usable(grams))
    assert (np.diff(kept) <= W).all()
    assert kept[0] < W
    assert kept[-1] >= len(grams) - W


def test_two_of_w_plus_one_grams_are_kept() -> None:
    grams = gram_hashes(_tokens(200_000))
    assert len(winnow(grams, _all_usable(grams))) / len(grams) == pytest.approx(2 / (W + 1), rel=0.03)


def test_a_gram_that_is_not_usable_is_never_kept() -> None:
    grams = gram_hashes(_tokens(3000))
    usable = np.random.default_rng(2).random(len(grams)) < 0.2
    kept = winnow(grams, usable)
    assert usable[kept].all()
    assert len(kept) > 100
    assert len(winnow(grams, np.zeros(len(grams), np.bool_))) == 0


def test_a_short_text_keeps_one_gram() -> None:
    grams = gram_hashes(_tokens(K + 2))
    assert len(winnow(grams, _all_usable(grams))) == 1


@pytest.mark.parametrize("period", [1, 2, 3, 4, 5])
def test_repeated_tokens_are_repetitive(period: int) -> None:
    tokens = np.resize(_tokens(period), 40)
    assert repetitive(tokens).all()


def test_different_tokens_are_not_repetitive() -> None:
    assert not repetitive(_tokens(500)).any()


def test_repetition_ends_where_the_table_does() -> None:
    tokens = np.concatenate([np.resize(_tokens(2), 40), _tokens(40, 5)])
    assert np.flatnonzero(repetitive(tokens)).tolist() == list(range(40 - K + 1))
