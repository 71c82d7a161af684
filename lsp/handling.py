"""How long the client's edits take inside the server: from the last byte read to the text that is in place.

Kept in a few hundred bytes however long a session is, and written to the log when it ends: what an editor feels
is this and the way through two pipes, of which the server knows nothing.
"""

import logging
import time

_LOG = logging.getLogger(__name__)
_STEP = 1.1
_FIRST_MS = 0.05
_BUCKETS = 160
"""The last one begins at about 200 s."""


class Times:
    """Milliseconds, counted in buckets that are 10% wide: percentiles are up to that too high. The maximum is exact."""

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self.count = 0
        self.max_ms = 0.0

    def add(self, ms: float) -> None:
        """Count one."""
        bucket, limit = 0, _FIRST_MS
        while ms > limit and bucket < _BUCKETS - 1:
            bucket, limit = bucket + 1, limit * _STEP
        self._counts[bucket] += 1
        self.count += 1
        self.max_ms = max(self.max_ms, ms)

    def percentile(self, part: float) -> float:
        """Return the time that a part of all, such as 0.99, did not exceed."""
        left = part * self.count
        for bucket, count in enumerate(self._counts):
            left -= count
            if left <= 0 and bucket < _BUCKETS - 1:
                return min(self.max_ms, _FIRST_MS * _STEP**bucket)
        return self.max_ms

    def __str__(self) -> str:
        """Return the figures in one line, as the log has them."""
        middle, high = self.percentile(0.5), self.percentile(0.99)
        return f"p50 {middle:.2f} ms, p99 {high:.2f} ms, slowest {self.max_ms:.2f} ms"


class Handling:
    """The times of one kind of message. Belongs to the event loop."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.total = Times()
        """From the last byte read to the end of the handling."""
        self.work = Times()
        """The handling alone: without the wait for the event loop."""

    def ended(self, read_s: float, began_s: float) -> None:
        """Count a message whose handling ends now.

        :param read_s: when its last byte had been read, on the clock of ``time.perf_counter``; ``began_s`` likewise.
        """
        now = time.perf_counter()
        self.total.add(1000 * (now - read_s))
        self.work.add(1000 * (now - began_s))

    def report(self) -> None:
        """Write the figures to the log."""
        if self.total.count:
            _LOG.info(
                "%s: %d handled, %s; work alone %s", self._name, self.total.count, self.total, self.work
            )
