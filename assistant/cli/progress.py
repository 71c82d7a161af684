"""A progress bar on standard error: only on a terminal, and only for what takes noticeably long."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import click

from indexer.progress import Progress

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
    """A bar that appears once the work has taken a moment. Safe to call from several threads."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lock = Lock()
        self._started_s = time.monotonic()
        self._bar: Any = None

    def advance(self, done: int, total: int) -> None:
        """Take note of what is done."""
        with self._lock:
            if self._bar is None:
                if done >= total or time.monotonic() - self._started_s < _APPEARS_AFTER_S:
                    return
                title = self._title.format(total=f"{total:,}")
                self._bar = click.progressbar(
                    length=total, label=title, file=sys.stderr, fill_char="━", empty_char=" "
                )
            self._bar.length = total
            self._bar.update(done - self._bar.pos)
            self._bar.render_progress()

    def close(self) -> None:
        """End the bar; the terminal's cursor is back where it belongs, also after an interruption."""
        with self._lock:
            if self._bar is not None:
                self._bar.render_finish()
