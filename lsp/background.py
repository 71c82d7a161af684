"""The manners of the processes beside the server that index and read packages: whatever else runs goes first."""

import contextlib
import os

from indexer import pausing


def give_way() -> None:
    """Have this process, and what it starts, use only the processor time that nobody else wants, and pause when asked.

    A nice process alone holds up an editor: its threads wake for each key, several one after another, and each may wait
    for the end of the nice one's slice. Linux's idle policy has them go at once, as the indexers of desktops do.
    """
    with contextlib.suppress(OSError):
        if hasattr(os, "nice"):
            os.nice(15)
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    pausing.listen()
