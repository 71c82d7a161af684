"""The time for a suggestion: the thread's own, not that of others."""

import threading
import time

from assistant.completion.local.budget import Budget


def test_processor_time_spends_it() -> None:
    budget = Budget(0.02)
    assert not budget.is_spent
    before = time.thread_time()
    while not budget.is_spent:
        pass
    assert time.thread_time() > before


def test_waiting_does_not_spend_it_until_the_clock_shows_several_times_as_much() -> None:
    budget = Budget(2.0)
    threading.Event().wait(0.05)
    assert not budget.is_spent
    short = Budget(0.001)
    threading.Event().wait(0.05)
    assert short.is_spent


def test_nothing_is_left_of_less_than_nothing() -> None:
    assert Budget(-1.0).is_spent
