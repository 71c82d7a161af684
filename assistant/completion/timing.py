"""How long to wait after a keystroke before a model is asked: adapted to how fast the user types and the model answers.

Whoever is still typing makes the answer to this keystroke worthless, so a pause a little longer than the usual one
between keystrokes is waited for. A slow model makes the user wait anyway: its latency is subtracted, since a question
that turns out to be in vain is cancelled. The rule is Tabby's: ``factor * interval - latency`` within bounds.
"""

from collections import deque
from dataclasses import dataclass, field

_FACTOR = 1.5
_LEAST_S = 0.06
_MOST_S = 1.0
_FIRST_INTERVAL_S = 0.15
"""Between keystrokes of a practised typist; used until the user's own is known."""
_PAUSE_S = 2.0
"""A longer interval is thinking, not typing."""
_SAME_KEY_S = 0.015
"""An editor may report one keystroke as several changes."""
_KEPT = 20
_LINE_START_SHARE = 0.5
"""At the beginning of a line the user more often waits for a suggestion than types on (as in Cody's throttle)."""


@dataclass(slots=True)
class Debounce:
    """Learns from keystrokes and answers. Times are seconds of a monotonic clock that the caller reads."""

    _intervals_s: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _last_s: float | None = None

    def typed(self, now_s: float) -> None:
        """Note a keystroke."""
        if self._last_s is not None:
            interval_s = now_s - self._last_s
            if interval_s < _SAME_KEY_S:
                return
            if interval_s < _PAUSE_S:
                self._intervals_s.append(interval_s)
        self._last_s = now_s

    def answered(self, latency_s: float) -> None:
        """Note how long the model took for an answer."""
        self._latencies_s.append(latency_s)

    @property
    def interval_s(self) -> float:
        """The usual time between two keystrokes."""
        return _median(self._intervals_s, _FIRST_INTERVAL_S)

    @property
    def latency_s(self) -> float:
        """The usual time that the model takes; 0 while unknown."""
        return _median(self._latencies_s, 0.0)

    def delay_s(self, now_s: float, *, at_line_start: bool) -> float:
        """Return how long to wait from now on; what has passed since the last keystroke counts."""
        share = _LINE_START_SHARE if at_line_start else 1.0
        wanted_s = share * _FACTOR * self.interval_s - self.latency_s
        since_s = now_s - self._last_s if self._last_s is not None else 0.0
        return max(0.0, min(_MOST_S, max(_LEAST_S, wanted_s)) - since_s)


def _median(values: deque[float], default: float) -> float:
    return sorted(values)[len(values) // 2] if values else default
