"""Python."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from indexer.chunking.rules.base import (
    Context,
    Define,
    Found,
    Imports,
    Inside,
    LanguageRules,
    Plain,
    Read,
    first_child,
    named,
    text_of,
)


def _statement(node: Node, context: Context) -> Sequence[Found]:
    """Read an assignment, or note a docstring."""
    child = first_child(node)
    if child is None:
        return ()
    if child.type == "string":
        context.comment(child)
        return ()
    if context.local or child.type != "assignment":
        return ()
    left = child.child_by_field_name("left")
    if left is None or left.type != "identifier":
        return ()
    return named(node, left, "constant" if text_of(left, context.text).isupper() else "variable", context)


def _type_alias(node: Node, context: Context) -> Sequence[Found]:
    left = node.child_by_field_name("left")
    while left is not None and left.type != "identifier":
        left = first_child(left)
    return named(node, left, "type", context)


def _imports(node: Node, text: bytes) -> Sequence[str]:
    """Read ``import a.b, c`` as two modules, ``from a import b as c, d`` as ``a import b, d``."""
    names = [
        text_of(name.child_by_field_name("name") or name, text)
        for name in node.children_by_field_name("name")
    ]
    module = node.child_by_field_name("module_name")
    if module is None:
        return names
    return (f"{text_of(module, text)} import {', '.join(names) or '*'}",)


PYTHON = LanguageRules(
    "tree_sitter_python",
    {
        "comment": Plain.COMMENT,
        "decorated_definition": Plain.WRAP,
        "decorator": Plain.LEAD,
        "function_definition": Define("function", inside=Inside.LOCAL),
        "class_definition": Define("class", inside=Inside.TYPE),
        "expression_statement": Read(_statement),
        "type_alias_statement": Read(_type_alias),
        "import_statement": Imports(_imports),
        "import_from_statement": Imports(_imports),
        "future_import_statement": Imports(_imports),
        "if_statement": Plain.OPEN,
        "else_clause": Plain.OPEN,
        "elif_clause": Plain.OPEN,
        "try_statement": Plain.OPEN,
        "except_clause": Plain.OPEN,
        "finally_clause": Plain.OPEN,
        "with_statement": Plain.OPEN,
        "block": Plain.OPEN,
    },
)
