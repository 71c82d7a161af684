"""The pause between a keystroke and a question, by the user's and the model's speed."""

import pytest

from assistant.completion.timing import Debounce

_LAST_S = 100.0


def _typing(interval_s: float, latency_s: float = 0.0) -> Debounce:
    """Return what is known of somebody who pressed keys at an even pace, the last one at ``_LAST_S``."""
    debounce = Debounce()
    for number in reversed(range(30)):
        debounce.typed(_LAST_S - number * interval_s)
        if latency_s:
            debounce.answered(latency_s)
    return debounce


@pytest.mark.parametrize(
    ("interval_s", "latency_s", "delay_s"),
    [
        (0.1, 0.0, 0.15),
        (0.3, 0.0, 0.45),
        (0.1, 0.1, 0.06),
        (0.3, 0.2, 0.25),
        (1.5, 0.0, 1.0),
        (0.1, 5.0, 0.06),
    ],
)
def test_the_delay_follows_typing_and_latency(interval_s: float, latency_s: float, delay_s: float) -> None:
    assert _typing(interval_s, latency_s).delay_s(_LAST_S, at_line_start=False) == pytest.approx(delay_s)


def test_a_new_line_waits_half_as_long() -> None:
    assert _typing(0.2).delay_s(_LAST_S, at_line_start=True) == pytest.approx(0.15)


def test_what_has_passed_since_the_last_key_counts() -> None:
    debounce = _typing(0.2)
    assert debounce.delay_s(_LAST_S + 0.1, at_line_start=False) == pytest.approx(0.2)
    assert debounce.delay_s(_LAST_S + 0.4, at_line_start=False) == 0.0


def test_thinking_is_not_typing() -> None:
    debounce = _typing(0.1)
    debounce.typed(_LAST_S + 10)
    debounce.typed(_LAST_S + 10.1)
    assert debounce.interval_s == pytest.approx(0.1)


def test_one_keystroke_reported_twice_counts_once() -> None:
    debounce = Debounce()
    for number in range(10):
        debounce.typed(number * 0.2)
        debounce.typed(number * 0.2 + 0.005)
    assert debounce.interval_s == pytest.approx(0.2)


def test_before_anything_is_known_a_usual_typist_is_assumed() -> None:
    debounce = Debounce()
    assert (debounce.interval_s, debounce.latency_s) == (0.15, 0.0)
