"""The engine behind a session: made when it is first needed, and anew when the user's ``config.toml`` changes.

Importing it takes half a second, which ``initialize`` must not wait for. Nothing else in this package imports the
engine at the top of a module that is loaded at the start.
"""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.engine import Engine
    from assistant.models import Models
    from lsp.overlay import Overlay


class EngineHolder:
    """Gives the engine and the models. Every method is for threads, of which several may call, not for the loop."""

    def __init__(self, overlay: "Overlay", environ: Mapping[str, str] = os.environ) -> None:
        """Prepare to make an engine.

        :param overlay: the unsaved texts that stand before the files'.
        """
        self._overlay = overlay
        self._environ = environ
        self._lock = Lock()
        self._engine: Engine | None = None
        self._models: Models | None = None
        self._stamp: tuple[int, int] | None = None
        self._offline = False

    def engine(self) -> "Engine":
        """Return the engine with the user's settings as they are now.

        :raises SettingsError: if ``config.toml`` cannot be used.
        """
        with self._lock:
            return self._current()

    def models(self, *, offline: bool) -> "Models":
        """Return the configured backends.

        :param offline: whether the editor's settings forbid sending.
        :raises SettingsError: if ``config.toml`` cannot be used.
        """
        from assistant.models import Models
        from assistant.privacy import is_offline, state_folder

        with self._lock:
            engine = self._current()
            if self._models is None or self._offline != offline:
                self._offline = offline
                self._models = Models(
                    engine.settings,
                    state_folder(self._environ),
                    self._environ,
                    offline=offline or is_offline(self._environ),
                )
            return self._models

    def _current(self) -> "Engine":
        from assistant.engine import Engine
        from assistant.settings import load_settings
        from lsp.overlay_reader import OverlayReader

        if self._engine is None or self._stamp != _stamp(self._engine.settings.config_file):
            settings = load_settings(self._environ)
            self._stamp = _stamp(settings.config_file)
            if self._engine is None or settings != self._engine.settings:
                self._engine = Engine(settings, partial(OverlayReader, self._overlay))
                self._models = None
        return self._engine


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size
