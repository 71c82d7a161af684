"""The list of common grams: what it holds, how it is kept, and the one that is shipped."""

import numpy as np
import pytest

from indexer.fingerprints.commonness import CommonGrams, shipped_common_grams

_HASHES = np.random.default_rng(3).integers(0, 1 << 63, 5000, dtype=np.uint64)
_OTHERS = np.random.default_rng(4).integers(0, 1 << 63, 100_000, dtype=np.uint64)


def test_it_holds_what_it_was_made_of_and_little_else() -> None:
    grams = CommonGrams.of(_HASHES)
    assert grams.contains(_HASHES).all()
    assert grams.contains(_OTHERS).mean() < 0.001


def test_it_is_the_same_after_writing_and_reading() -> None:
    grams = CommonGrams.of(_HASHES)
    again = CommonGrams.from_bytes(grams.to_bytes())
    assert len(again) == len(grams)
    assert (again.contains(_OTHERS) == grams.contains(_OTHERS)).all()


@pytest.mark.parametrize("data", [b"", b"something", b"common grams 1\n3\n", b"common grams 1\n"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="make it again"):
        CommonGrams.from_bytes(data)


def test_an_empty_list_holds_nothing() -> None:
    assert not CommonGrams.of(np.zeros(0, np.uint64)).contains(_HASHES).any()


def test_the_shipped_list_is_small_and_seldom_wrong() -> None:
    grams = shipped_common_grams()
    assert 100_000 < len(grams) < 250_000
    assert len(grams.to_bytes()) <= 300_000
    assert grams.contains(_OTHERS).mean() < 0.0015
