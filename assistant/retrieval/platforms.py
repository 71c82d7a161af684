"""Which files are for another operating system than this machine's, by the names of folders and files.

A name such as ``win`` or ``windows`` means a system only where another system has its place beside it:
``src/win`` beside ``src/unix``, ``exec_windows.go`` beside ``exec_linux.go``. A lone ``windows.py`` may be
about windows.
"""

import re
import sys
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_NAMES = {
    "windows": "win windows win32 win64 mswin mingw msvc",
    "apple": "darwin macos macosx osx mac",
    "linux": "linux",
    "posix": "unix posix nix",
    "bsd": "bsd freebsd openbsd netbsd dragonfly kqueue",
    "other": "sunos solaris illumos aix os390 zos ibmi haiku hpux qnx cygwin plan9",
}
_FAMILY = {name: family for family, names in _NAMES.items() for name in names.split()}
_OWN = {"win32": ("windows",), "cygwin": ("windows", "posix"), "darwin": ("apple", "posix", "bsd")}
_PLATFORM = re.compile(rf"[/_.-]({'|'.join(sorted(_FAMILY, key=len, reverse=True))})(?=/|\.[^/\n]*\n)")
"""A platform's name as a whole folder, as a whole stem or at the end of either, in lines of paths."""


def asks_for_platform(words: Iterable[str]) -> bool:
    """Tell whether a query's lower-cased words name an operating system."""
    return any(word in _FAMILY for word in words)


def elsewhere(paths: Sequence[str], system: str = sys.platform) -> NDArray[np.float32]:
    """Return 1 for the files that are for another operating system, (n_files,) float32.

    :param system: this machine's, as ``sys.platform`` says it.

    >>> elsewhere(["src/unix/pipe.c", "src/win/pipe.c", "ui/windows.c"], "linux").tolist()
    [0.0, 1.0, 0.0]
    """
    own = frozenset(_OWN.get(system, ("linux", "posix")))
    lines = [f"/{path.lower()}\n" for path in paths]
    ends = np.cumsum([len(line) for line in lines])
    text = "".join(lines)
    found: list[tuple[int, str, str]] = []
    beside: dict[str, set[str]] = {}
    for match in _PLATFORM.finditer(text):
        row = int(np.searchsorted(ends, match.start(), "right"))
        place = text[int(ends[row]) - len(lines[row]) : match.start(1)]
        found.append((row, place, _FAMILY[match[1]]))
        beside.setdefault(place, set()).add(_FAMILY[match[1]])
    flags = np.zeros(len(paths), np.float32)
    for row, place, family in found:
        if family not in own and len(beside[place]) > 1:
            flags[row] = 1.0
    return flags
