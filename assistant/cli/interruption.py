"""Ctrl-C between the steps of work that keeps what it has done."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from indexer.progress import Progress


class BetweenSteps:
    """A progress callback at which Ctrl-C takes effect: when a step is done, not in the middle of one.

    Before the first step, and when it is pressed again, it takes effect at once.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._asked = False
        self.done: int | None = None
        """How much is done; None before the first step."""

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._on_interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def __call__(self, done: int, total: int) -> None:
        """Report progress.

        :raises KeyboardInterrupt: if Ctrl-C was pressed since the last step.
        """
        self.done = done
        self._progress(done, total)
        if self._asked:
            raise KeyboardInterrupt

    def _on_interrupt(self, signum: int, frame: FrameType | None) -> None:
        if self._asked or self.done is None:
            raise KeyboardInterrupt
        self._asked = True
