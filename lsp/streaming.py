"""Events of an answer on their way from the model's loop to the client: pieces of text that come fast go together.

A model on the same machine makes hundreds of pieces a second; one message for each would keep the event loop from
the user's edits for tens of milliseconds, and the editor from drawing keys.
"""

import asyncio
from collections.abc import Callable
from itertools import groupby
from threading import Lock

from lsp.protocol.answers import AnswerEvent, TextEvent

_EVERY_S = 0.1
"""The first event goes at once, the next ones together after so long: nobody reads faster than that."""


class EventStream:
    """Passes events on. ``send`` is for any thread, the rest for the event loop."""

    def __init__(self, tell: Callable[[AnswerEvent], None]) -> None:
        """Begin; on the event loop.

        :param tell: gets the events, in their order.
        """
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._waiting: list[AnswerEvent] = []
        self._is_due = False
        self._is_closed = False

    def send(self, event: AnswerEvent) -> None:
        """Pass an event on, soon."""
        with self._lock:
            self._waiting.append(event)
            wakes = not self._is_due
            self._is_due = True
        if wakes:
            self._loop.call_soon_threadsafe(self._pass_on)

    def close(self) -> None:
        """Pass on what waits; what comes later is dropped."""
        self._tell_waiting()
        self._is_closed = True

    def _pass_on(self) -> None:
        with self._lock:
            self._is_due = bool(self._waiting) and not self._is_closed
        if self._is_due:
            self._tell_waiting()
            self._loop.call_later(_EVERY_S, self._pass_on)

    def _tell_waiting(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        if not self._is_closed:
            for event in joined(waiting):
                self._tell(event)


def joined(events: list[AnswerEvent]) -> list[AnswerEvent]:
    """Return the events with neighbouring pieces of text made one."""
    found: list[AnswerEvent] = []
    for is_text, group in groupby(events, lambda event: isinstance(event, TextEvent)):
        if is_text:
            found.append(TextEvent("".join(event.text for event in group if isinstance(event, TextEvent))))
        else:
            found.extend(group)
    return found
