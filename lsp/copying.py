"""The check for copied code of a session: one for suggestions, answers and open documents.

Loading it takes a good part of a second, so that it is made in a thread when it is first wanted; everything here is for
threads.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from lsp.engine import EngineHolder

if TYPE_CHECKING:
    from assistant.copies.check import CopyChecker
    from assistant.copies.model import CopyFinding
    from assistant.settings import Settings

_LOG = logging.getLogger(__name__)


class CopyChecks:
    """Gives the checker for the user's settings and the open folders as they are now."""

    def __init__(self, holder: EngineHolder, environ: Mapping[str, str] = os.environ) -> None:
        self.roots: tuple[Path, ...] = ()
        """The open folders; the event loop sets it before it has something checked."""
        self._holder = holder
        self._environ = environ
        self._lock = Lock()
        self._made_for: tuple[Settings, tuple[Path, ...]] | None = None
        self._checker: CopyChecker | None = None

    def checker(self) -> CopyChecker:
        """Return the checker.

        :raises SettingsError: if ``config.toml`` cannot be used.
        """
        from assistant.copies.check import CopyChecker

        settings, roots = self._holder.engine().settings, self.roots
        with self._lock:
            if self._checker is None or self._made_for != (settings, roots):
                old = self._checker
                library = old.library if old is not None and old.settings == settings else None
                self._checker = CopyChecker(settings, self._environ, roots, library)
                self._made_for = (settings, roots)
            return self._checker

    def check(self, text: str, path: str, lines: Collection[int] | None = None) -> Sequence[CopyFinding]:
        """Find copied code in what is suggested or proposed, which must not fail for it.

        See :class:`assistant.copies.check.CopyChecker`.
        """
        try:
            return self.checker().check(text, path, lines)
        except Exception:
            _LOG.exception("the check for copied code failed")
            return ()
