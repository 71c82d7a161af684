"""The manners of the processes beside the server that index and read packages: what the user does goes first."""

import contextlib
import os

from indexer import pausing


def give_way() -> None:
    """Have this process, and what it starts, go after others, and stand still when asked to.

    Not by Linux's idle policy: on a machine that is busy with a build nothing would be indexed until its end.
    """
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(15)
    pausing.listen()
