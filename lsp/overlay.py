"""Open texts before the files': what a search shows of an open document is what the editor shows, saved or not.

The engine reads files through :class:`lsp.overlay_reader.OverlayReader`. For a document that is open it gets the text
of the editor, so that results are looked up anew in it and their lines are true to it. The texts are published by the
event loop as immutable snapshots and read in threads; :meth:`Overlay.pinned` keeps them as they were for one request.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

from lsp.text import TextSnapshot


class OpenText(NamedTuple):
    """One open document."""

    root: Path
    path: str
    snapshot: TextSnapshot


Texts = Mapping[tuple[Path, str], OpenText]

_pinned: ContextVar[Texts | None] = ContextVar("pinned", default=None)


class Overlay:
    """The open texts. ``set`` and ``remove`` are for the event loop, the rest for any thread."""

    def __init__(self) -> None:
        self._texts: Texts = {}

    @property
    def texts(self) -> Texts:
        """As they are now, or as they were pinned for this request."""
        pinned = _pinned.get()
        return self._texts if pinned is None else pinned

    def set(self, root: Path, path: str, snapshot: TextSnapshot) -> None:
        """Put an open text before a file."""
        self._texts = {**self._texts, (root, path): OpenText(root, path, snapshot)}

    def remove(self, root: Path, path: str) -> None:
        """Let a file speak for itself again."""
        if (root, path) in self._texts:
            self._texts = {key: text for key, text in self._texts.items() if key != (root, path)}

    @contextmanager
    def pinned(self) -> Iterator[Texts]:
        """Keep the texts as they are for everything that is done in the block, in threads started from it, too."""
        texts = self.texts
        token = _pinned.set(texts)
        try:
            yield texts
        finally:
            _pinned.reset(token)
