"""The order of contexts gives the same places as looking at every position."""

import random

import numpy as np

from assistant.completion.local.contexts import DEPTH, first_ranges, nested_ranges, order_contexts
from assistant.completion.local.evidence import LONGEST, scan


def test_ranges_hold_exactly_the_places_that_follow_a_context() -> None:
    generator = random.Random(5)
    stream = np.asarray([generator.choice((1, 2, 3, 3, 4)) for _ in range(900)], np.int32)
    order = order_contexts(stream)
    ranges = first_ranges(stream, order, 6)
    assert sorted(order.tolist()) == list(range(1, len(stream)))
    for _ in range(60):
        at = generator.randrange(DEPTH, len(stream))
        context = stream[at - DEPTH : at]
        found = nested_ranges(stream, order, ranges, context)
        assert len(found) == DEPTH
        for length, (low, high) in enumerate(found, 1):
            wanted = context[-length:].tolist()
            places = [
                place
                for place in range(1, len(stream))
                if stream[max(0, place - length) : place].tolist() == wanted
            ]
            assert sorted(order[low:high].tolist()) == places


def test_a_context_that_is_not_there_ends_the_ranges() -> None:
    stream = np.asarray([1, 2, 3, 1, 2, 4], np.int32)
    order = order_contexts(stream)
    ranges = first_ranges(stream, order, 6)
    assert len(nested_ranges(stream, order, ranges, np.asarray([5, 2], np.int32))) == 1
    assert nested_ranges(stream, order, ranges, np.asarray([5], np.int32)) == []
    assert nested_ranges(stream, order, ranges, np.asarray([99], np.int32)) == []
    assert nested_ranges(stream, order, ranges, np.zeros(0, np.int32)) == []


def test_tiny_streams() -> None:
    for size in (0, 1, 2):
        stream = np.arange(size, dtype=np.int32)
        order = order_contexts(stream)
        assert len(order) == max(size - 1, 0)
        assert len(first_ranges(stream, order, 3)) == 4


def test_scanning_measures_how_far_places_agree() -> None:
    stream = np.asarray([7, 1, 2, 3, 9, 5, 2, 3, 8, 3, 6], np.int32)
    matches = scan(stream, np.asarray([1, 2, 3], np.int32))
    assert dict(zip(matches.followers.tolist(), matches.lengths.tolist(), strict=True)) == {9: 3, 8: 2, 6: 1}


def test_thinning_keeps_the_sums() -> None:
    stream = np.tile(np.asarray([1, 2], np.int32), 5000)
    matches = scan(stream, np.asarray([9, 1], np.int32))
    assert len(matches) < 2000
    assert abs(matches.weights.sum() - 5000) < 1
    assert matches.lengths.max() <= LONGEST
