"""A progress bar on standard error: only on a terminal, and only for what takes noticeably long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Any

from indexer.index.pipeline import Progress

_APPEARS_AFTER_S = 0.3


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Give a progress callback.

    :param title: what is counted; ``{total}`` stands for how many there are.
    :param quiet: draw nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = _Bar(title)
    try:
        yield bar.advance
    finally:
        bar.close()


class _Bar:
    """A bar by ``rich``; a timer makes it appear, so that quick work never imports rich."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lock = Lock()
        self._done = self._total = 0
        self._progress: Any = None
        self._timer: Timer | None = None
        self._closed = False

    def advance(self, done: int, total: int) -> None:
        """Take note of what is done."""
        with self._lock:
            self._done, self._total = done, total
            if self._progress is not None:
                self._progress.update(self._task, completed=done, total=total)
            elif self._timer is None and total:
                self._timer = Timer(_APPEARS_AFTER_S, self._appear)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """End the bar; the terminal's cursor is back where it belongs, also after an interruption."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            if self._progress is not None:
                self._progress.stop()

    def _appear(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._closed:
                return
            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            title = self._title.format(total=f"{self._total:,}")
            self._task = self._progress.add_task(title, total=self._total, completed=self._done)
            self._progress.start()
