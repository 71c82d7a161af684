"""Reads files as the indexer does, but for those that are open in the editor: their text is the editor's.

Apart from :mod:`lsp.overlay`, since it needs the engine's modules.
"""

from hashlib import blake2b
from pathlib import Path

from assistant.retrieval.sources import SourceReader
from indexer.discovery import DiscoveryRules, Source
from lsp.overlay import Overlay
from lsp.text import TextSnapshot

_HASH_BYTES = 16


class OverlayReader(SourceReader):
    """Reads the files of one root. Safe to use from several threads."""

    def __init__(self, overlay: Overlay, root: Path, rules: DiscoveryRules) -> None:
        super().__init__(root, rules)
        self._overlay = overlay
        self._of = root
        self._read: dict[str, tuple[TextSnapshot, Source]] = {}

    def read(self, path: str) -> Source | None:
        """Return a file's text; the editor's, with the hash that it would have on disk, if it is open."""
        opened = self._overlay.texts.get((self._of, path))
        if opened is None:
            self._read.pop(path, None)
            return super().read(path)
        known = self._read.get(path)
        if known is not None and known[0] is opened.snapshot:
            return known[1]
        data = opened.snapshot.indexed_text.encode("utf-8", "replace")
        source = Source(data, "utf-8", blake2b(data, digest_size=_HASH_BYTES).digest())
        self._read[path] = (opened.snapshot, source)
        return source

    def may_contain(self, path: str, needle: bytes, *, lowered: bool = False) -> bool:
        """Tell whether a file is worth reading for some ASCII text; an open one is at hand."""
        if (self._of, path) not in self._overlay.texts:
            return super().may_contain(path, needle, lowered=lowered)
        source = self.read(path)
        return source is not None and needle in (source.text.lower() if lowered else source.text)

    def open_paths(self) -> frozenset[str]:
        """Return the files that are open."""
        return frozenset(path for root, path in self._overlay.texts if root == self._of)
