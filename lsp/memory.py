"""Keeps a process that lives long small, without pauses that somebody who types would feel.

Python's collector goes through all objects with its lock held: 30 ms once the engine is loaded. So what is loaded at
the start is taken out of its sight, and only that: what is hidden and becomes garbage in cycles stays for ever. Among
the rest it looks often, which takes less than a millisecond.

glibc keeps what is freed: in an arena for each thread, and below whatever was allocated later. So there are few arenas,
and what can be given back is given back after work that took much.
"""

import ctypes
import gc
import sys

_COLLECT = (2_000, 5, 10)
"""Young objects are looked through after so many new ones, the oldest after a hundred thousand."""
_ARENAS = 2
_ARENA_MAX = -8
"""``M_ARENA_MAX`` of malloc.h."""


def prepare() -> None:
    """Have the allocator keep little; before there are threads."""
    library = _glibc()
    if library is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)


def settle() -> None:
    """Take what is there, modules above all, out of the collector's sight. For the start, not for later."""
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def release() -> None:
    """Give back what is not used any more; a few milliseconds, for a thread."""
    gc.collect()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    """Return the C library if it is glibc."""
    if sys.platform != "linux":
        return None
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - raises where there is none
    except (AttributeError, OSError):
        return None
    return library
