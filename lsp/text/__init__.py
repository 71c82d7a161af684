"""The texts that are open in the editor: kept equal to the client's, edit by edit, in the units that it counts in."""

from lsp.text.documents import Document, DocumentStore, TextSnapshot
from lsp.text.lines import Edit, apply_edit, split_keeping_ends
from lsp.text.positions import PositionEncoding, char_index, unit_column

__all__ = [
    "Document",
    "DocumentStore",
    "Edit",
    "PositionEncoding",
    "TextSnapshot",
    "apply_edit",
    "char_index",
    "split_keeping_ends",
    "unit_column",
]
