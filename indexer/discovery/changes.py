"""Which changes of files may matter to an index: asked once a file-system event, so it must cost nothing."""

import os
from collections.abc import Iterable
from pathlib import Path

from indexer.discovery.names import TOOL_FOLDERS, VERSION_CONTROL

_NEVER = VERSION_CONTROL | TOOL_FOLDERS


class RelevantChanges:
    """Tells which changed paths below a root may matter to its index; called once a file-system event."""

    def __init__(self, root: Path, ignored: Iterable[str]) -> None:
        """Prepare to judge.

        :param ignored: folders ('/' at the end) and files that are ignored, relative to the root.
        """
        self._prefix = os.path.join(str(root), "")
        self._ignored = frozenset(ignored)

    def relative(self, path: str) -> str | None:
        """Return a path relative to the root, '/'-separated, if its change may matter; None otherwise."""
        if not path.startswith(self._prefix):
            return None
        name = path[len(self._prefix) :].replace(os.sep, "/")
        if not _NEVER.isdisjoint(name.split("/")) or name in self._ignored or f"{name}/" in self._ignored:
            return None
        slash = name.find("/")
        while slash >= 0:
            if name[: slash + 1] in self._ignored:
                return None
            slash = name.find("/", slash + 1)
        return name
