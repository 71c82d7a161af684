"""The documents that are open, each with its text and version as the client has them.

All of it belongs to the event loop. Work in threads gets a :class:`TextSnapshot`, taken before anything is awaited.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from lsp.text.lines import Edit, apply_edit, split_keeping_ends, without_end
from lsp.text.positions import PositionEncoding, char_index, unit_column

_LONE_RETURN = re.compile(r"\r(?!\n)")

Change = Edit | str
"""An edit, or the whole new text."""


class TextSnapshot:
    """A document's text at one version. Never changes; safe to hand to threads."""

    def __init__(
        self, uri: str, version: int, language_id: str, lines: Sequence[str], encoding: PositionEncoding
    ) -> None:
        self.uri = uri
        self.version = version
        self.language_id = language_id
        self.encoding = encoding
        self.lines = tuple(lines)
        """With their ends; joined they are the text."""

    @cached_property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    @cached_property
    def indexed_text(self) -> str:
        """The text with lone carriage returns as line feeds: its lines are then the indexer's, too."""
        return _LONE_RETURN.sub("\n", self.text) if "\r" in self.text else self.text

    def line(self, number: int) -> str:
        """Return a line without its end, by its 0-based number; empty outside the text."""
        return without_end(self.lines[number]) if 0 <= number < len(self.lines) else ""

    def offset(self, line: int, column: int) -> int:
        """Return the character offset of a position in the client's units; what lies outside is clamped."""
        if line >= len(self.lines):
            return len(self.text)
        if line < 0:
            return 0
        return sum(map(len, self.lines[:line])) + char_index(self.line(line), column, self.encoding)

    def position(self, offset: int) -> tuple[int, int]:
        """Return the position, 0-based line and column in the client's units, of a character offset; clamped."""
        left = max(0, offset)
        last = len(self.lines) - 1
        for number, line in enumerate(self.lines):
            if left < len(line) or number == last:
                return number, unit_column(without_end(line), left, self.encoding)
            left -= len(line)
        return 0, 0


class Document:
    """One open document."""

    def __init__(
        self, uri: str, language_id: str, version: int, text: str, encoding: PositionEncoding
    ) -> None:
        self.uri = uri
        self.language_id = language_id
        self.version = version
        self.is_dirty = False
        """Whether it was edited since it was opened or saved."""
        self._encoding = encoding
        self._lines = split_keeping_ends(text)
        self._snapshot: TextSnapshot | None = None

    def apply(self, version: int, changes: Sequence[Change]) -> None:
        """Carry out the edits of one notification, each on the text that the one before left."""
        for change in changes:
            if isinstance(change, str):
                self._lines = split_keeping_ends(change)
            else:
                apply_edit(self._lines, change, self._encoding)
        self.version = version
        self.is_dirty = True
        self._snapshot = None

    def snapshot(self) -> TextSnapshot:
        """Return the text as it is now."""
        if self._snapshot is None:
            self._snapshot = TextSnapshot(
                self.uri, self.version, self.language_id, self._lines, self._encoding
            )
        return self._snapshot

    def is_at(self, snapshot: TextSnapshot) -> bool:
        """Tell whether nothing has changed since a snapshot was taken."""
        return self._snapshot is snapshot


Listener = Callable[[Document], None]


class DocumentStore:
    """The open documents by their address, and the order in which they were used."""

    def __init__(self, encoding: PositionEncoding = PositionEncoding.UTF16) -> None:
        self.encoding = encoding
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._listeners: list[tuple[Listener, Listener, Listener, Listener]] = []

    def __len__(self) -> int:
        return len(self._documents)

    def __iter__(self) -> Iterator[Document]:
        """Return the documents, the last used first."""
        return iter(tuple(reversed(self._documents.values())))

    def listen(
        self,
        *,
        opened: Listener | None = None,
        changed: Listener | None = None,
        saved: Listener | None = None,
        closed: Listener | None = None,
    ) -> None:
        """Have functions called right after something happened to a document. They must be quick."""
        self._listeners.append(
            (opened or _nothing, changed or _nothing, saved or _nothing, closed or _nothing)
        )

    def open(self, uri: str, language_id: str, version: int, text: str) -> Document:
        """Take a document up; one that is open already is replaced."""
        document = Document(uri, language_id, version, text, self.encoding)
        self._documents[uri] = document
        self._documents.move_to_end(uri)
        self._tell(0, document)
        return document

    def change(self, uri: str, version: int, changes: Sequence[Change]) -> Document | None:
        """Edit a document; None if it is not open."""
        document = self._documents.get(uri)
        if document is None:
            return None
        document.apply(version, changes)
        self._documents.move_to_end(uri)
        self._tell(1, document)
        return document

    def saved(self, uri: str, text: str | None = None) -> Document | None:
        """Note that a document is on disk now; None if it is not open.

        :param text: what was saved, if the client says it.
        """
        document = self._documents.get(uri)
        if document is None:
            return None
        if text is not None and text != document.snapshot().text:
            document.apply(document.version, [text])
        document.is_dirty = False
        self._tell(2, document)
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document; None if it was not open."""
        document = self._documents.pop(uri, None)
        if document is not None:
            self._tell(3, document)
        return document

    def get(self, uri: str) -> Document | None:
        """Return an open document."""
        return self._documents.get(uri)

    def snapshot(self, uri: str) -> TextSnapshot | None:
        """Return the text of an open document as it is now."""
        document = self._documents.get(uri)
        return document.snapshot() if document else None

    def is_current(self, snapshot: TextSnapshot) -> bool:
        """Tell whether a document is still open with the text of a snapshot."""
        document = self._documents.get(snapshot.uri)
        return document is not None and document.is_at(snapshot)

    def _tell(self, which: int, document: Document) -> None:
        for listener in self._listeners:
            listener[which](document)


def _nothing(_: Document) -> None: ...
