"""Standing still for moments: a process that works in the background listens for a signal that asks it to.

Low priority is not enough beside an editor: what shares a core's caches and execution units with it, or a core that has
two hardware threads, slows it down however low its priority. So whoever knows that the user is typing says so with
each key, and the processes that listen wait until some time after the last one.

Nobody has to say when to go on, so nothing is left standing when the one who asks is gone. The signal is one that
processes ignore which do not listen. Where there is none (Windows), nothing pauses.
"""

import os
import signal
import threading
import time
from contextlib import suppress
from types import FrameType

PAUSE_S = 0.6
"""How long one request holds; the next one begins anew."""
LONGEST_S = 30.0
"""After so long without work ..."""
WORK_S = 3.0
"""... requests are not heard for so long: somebody who types all day gets an index, too."""

_SIGNAL: signal.Signals | None = getattr(signal, "SIGURG", None)


class Pauses:
    """The pauses of one process, which the handler of a signal takes in its main thread."""

    def __init__(self) -> None:
        self._until_s = 0.0
        self._deaf_until_s = 0.0
        self._is_pausing = False

    def request(self, _number: int, _frame: FrameType | None) -> None:
        """Stand still until a while after the last request; requests that come meanwhile interrupt the sleep."""
        now = time.monotonic()
        self._until_s = now + PAUSE_S
        if self._is_pausing or now < self._deaf_until_s:
            return
        self._is_pausing = True
        latest = now + LONGEST_S
        while (wait := min(self._until_s, latest) - time.monotonic()) > 0:
            time.sleep(wait)
        self._is_pausing = False
        if time.monotonic() >= latest:
            self._deaf_until_s = latest + WORK_S


def listen() -> None:
    """Have this process pause when it is asked to. For the main thread; nothing happens in another one."""
    if _SIGNAL is not None and threading.current_thread() is threading.main_thread():
        signal.signal(_SIGNAL, Pauses().request)
        signal.siginterrupt(_SIGNAL, False)


def ask(group: int) -> None:
    """Ask the processes of a group to pause.

    :param group: the process that leads it.
    """
    if _SIGNAL is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, _SIGNAL)
