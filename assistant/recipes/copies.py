"""What a change of a file brings in that is copied from elsewhere."""

import difflib
from typing import TYPE_CHECKING

from assistant.recipes.patches import FileChange

if TYPE_CHECKING:
    from assistant.copies.check import CopyChecker
    from assistant.copies.model import CopyFinding


def copies_in_change(checker: "CopyChecker", change: FileChange) -> "list[CopyFinding]":
    """Check the lines that a change adds; lines count in the new file."""
    if change.new is None:
        return []
    old, new = (change.old or "").split("\n"), change.new.split("\n")
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    added = frozenset(
        line
        for kind, _, _, first, last in matcher.get_opcodes()
        if kind in ("insert", "replace")
        for line in range(first + 1, last + 1)
    )
    return checker.check(change.new, change.path, added) if added else []
