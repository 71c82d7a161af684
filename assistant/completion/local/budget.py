"""How long a suggestion may be worked on: so much processor time, and not for ever where others take the processor."""

import time

_BUSY = 5
"""On a busy machine the clock may show so many times the processor time that is allowed."""


class Budget:
    """The time for one suggestion, from now on. Belongs to the thread that made it.

    :param cpu_s: seconds of this thread's processor time. What other programs take does not count: a suggestion that
        comes late is better than none.
    """

    def __init__(self, cpu_s: float) -> None:
        self._cpu_until_s = time.thread_time() + cpu_s
        self._until_s = time.perf_counter() + _BUSY * cpu_s

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is to be begun."""
        return time.thread_time() >= self._cpu_until_s or time.perf_counter() >= self._until_s
