"""Every method, in the order of the document: chapters of methods."""

from typing import Any

from lsp.protocol import answers, chat, completion, edits, index, models, recipes, search, status
from lsp.protocol.method import Method

CHAPTERS: tuple[tuple[str, tuple[Method[Any, Any], ...]], ...] = (
    ("Searching", search.METHODS),
    ("Asking", answers.METHODS),
    ("Chat", chat.METHODS),
    ("Completions", completion.METHODS),
    ("Recipes and edits", (*recipes.METHODS, *edits.METHODS)),
    ("Models", models.METHODS),
    ("Index and status", (*index.METHODS, *status.METHODS)),
)
"""Title and methods of each chapter."""


def declared() -> tuple[Method[Any, Any], ...]:
    """Return all methods."""
    return tuple(method for _, methods in CHAPTERS for method in methods)
