"""Drops the last lines of a suggestion as long as they make the document worse to parse than it is without it.

A text that is being written seldom parses; so errors are compared, not forbidden. Whole documents are parsed up to a
size, of larger ones the part around the cursor.
"""

from collections.abc import Sequence

from tree_sitter import Node

from assistant.completion.model import CompletionRequest
from indexer.chunking.grammars import Grammar, grammar_of

_MOST_BYTES = 16_000
_MOST_PARSES = 5
_BUDGET_S = 0.1


def parseable(text: str, request: CompletionRequest) -> str:
    """Return as many lines of a text as parse no worse than the document without them; empty if none do."""
    grammar = grammar_of(request.language or "")
    if grammar is None:
        return text
    before, after = _part(request)
    base = _errors(grammar, before + after)
    if base is None:
        return text
    lines = text.split("\n")
    for kept in _steps(len(lines)):
        tried = "\n".join(lines[:kept]).rstrip() if kept < len(lines) else text
        errors = _errors(grammar, before + tried + after)
        if errors is None or errors <= base:
            return tried
    return ""


def _steps(count: int) -> Sequence[int]:
    """Return how many lines to try: all, then fewer and fewer down to one, not each number of them."""
    if count <= _MOST_PARSES:
        return range(count, 0, -1)
    return [count, count - 1, (count * 2 + 1) // 3, (count + 2) // 3, 1]


def _part(request: CompletionRequest) -> tuple[str, str]:
    before, after = request.prefix, request.suffix
    if len(before) + len(after) <= _MOST_BYTES:
        return before, after
    half = _MOST_BYTES // 2
    if len(before) > half:
        before = before[before.find("\n", len(before) - half) + 1 :]
    if len(after) > half:
        after = after[: max(0, after.rfind("\n", 0, half)) or half]
    return before, after


def _errors(grammar: Grammar, text: str) -> int | None:
    """Return how many places of a text do not fit the grammar; None if it took too long to find out."""
    tree = grammar.parse(text.encode("utf-8", "replace"), _BUDGET_S)
    if tree is None:
        return None
    count, pending = 0, [tree.root_node]
    while pending:
        node: Node = pending.pop()
        if node.is_error or node.is_missing:
            count += 1
        if node.has_error:
            pending += node.children
    return count
