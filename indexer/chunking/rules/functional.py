"""Elixir and Haskell."""

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
    child_of_type,
    first_named,
    named,
    text_of,
)

_ELIXIR_FUNCTIONS = {
    "def": "function",
    "defp": "function",
    "defmacro": "macro",
    "defmacrop": "macro",
    "defguard": "macro",
    "defguardp": "macro",
    "defdelegate": "function",
    "defn": "function",
}
_ELIXIR_MODULES = {"defmodule": "module", "defprotocol": "interface", "defimpl": "implementation"}
_ELIXIR_IMPORTS = frozenset(("use", "alias", "import", "require"))
_ELIXIR_TYPES = frozenset(("type", "typep", "opaque", "callback", "macrocallback"))
_ELIXIR_DOCS = frozenset(("doc", "moduledoc", "typedoc", "shortdoc"))
_ELIXIR_GLUED = frozenset(("doc", "typedoc", "spec", "impl", "deprecated", "since", "dialyzer"))


def _elixir_call(node: Node, context: Context) -> Sequence[Found]:
    """Read ``defmodule``, ``def`` and their kin: all are calls in Elixir's syntax."""
    target, arguments = node.child_by_field_name("target"), child_of_type(node, "arguments")
    if target is None or target.type != "identifier":
        return ()
    word = text_of(target, context.text)
    first = first_named(arguments)
    body = child_of_type(node, "do_block")
    if word in _ELIXIR_MODULES:
        return named(node, first, _ELIXIR_MODULES[word], context, body, inside=Inside.SPACE)
    if word in _ELIXIR_FUNCTIONS:
        return named(node, _elixir_head(first), _ELIXIR_FUNCTIONS[word], context, body)
    if word in _ELIXIR_IMPORTS and first is not None:
        context.imports(text_of(first, context.text), node)
        return ()
    if word in ("defstruct", "defexception"):
        return [one._replace(name="__struct__") for one in named(node, target, "struct", context)]
    if body is not None and not context.local:
        return (Found(node, "", node.start_byte, "", body, "", Inside.CALLBACK),)
    return ()


def _elixir_head(node: Node | None) -> Node | None:
    """Find the name in a head such as ``get(a, b) when a > b``."""
    for _ in range(8):
        if node is None or node.type == "identifier":
            return node
        if node.type == "binary_operator":
            operator = node.child_by_field_name("operator")
            guarded = operator is not None and operator.type == "when"
            if not guarded:
                return operator
            node = node.child_by_field_name("left")
        else:
            node = node.child_by_field_name("target") or first_named(node)
    return None


def _elixir_attribute(node: Node, context: Context) -> Sequence[Found] | None:
    """Read ``@type t :: ...`` and ``@timeout 5``; ``@doc`` and ``@spec`` belong to the next definition."""
    call = node.child_by_field_name("operand")
    target = call.child_by_field_name("target") if call is not None and call.type == "call" else None
    if call is None or target is None or not context.text.startswith(b"@", node.start_byte):
        return ()
    word = text_of(target, context.text)
    arguments = child_of_type(call, "arguments")
    if word in _ELIXIR_DOCS and arguments is not None:
        context.comment(arguments)
    if word in _ELIXIR_GLUED:
        return None
    if word in _ELIXIR_TYPES and arguments is not None:
        left = first_named(arguments)
        if left is not None and left.type == "binary_operator":
            left = left.child_by_field_name("left")
        kind = "declaration" if word.endswith("callback") else "type"
        return named(node, _elixir_head(left), kind, context)
    return () if word in ("moduledoc", "behaviour", "derive") else named(node, target, "constant", context)


ELIXIR = LanguageRules(
    "tree_sitter_elixir",
    {
        "comment": Plain.COMMENT,
        "call": Read(_elixir_call),
        "unary_operator": Read(_elixir_attribute),
    },
    merges_clauses=True,
)


def _haskell_equation(node: Node, context: Context) -> Sequence[Found]:
    """Read an equation or a signature; in infix form the operator is the name."""
    if context.local:
        return ()
    name = node.child_by_field_name("name") or node.child_by_field_name("names")
    if name is None:
        infix = child_of_type(node, "infix")
        name = infix.child_by_field_name("operator") if infix is not None else None
    found = named(node, name, "function", context, node.child_by_field_name("match"))
    return [one._replace(name=one.name.strip("()`").split(",")[0].strip()) for one in found]


def _haskell_instance(node: Node, context: Context) -> Sequence[Found]:
    """Look into an instance: its methods have the class and the type as scope."""
    name, patterns = node.child_by_field_name("name"), node.child_by_field_name("patterns")
    body = node.child_by_field_name("declarations")
    words = [" ".join(text_of(part, context.text).split()) for part in (name, patterns) if part is not None]
    return (
        (Found(node, "", node.start_byte, "", body, " ".join(words), Inside.TYPE),)
        if body is not None
        else ()
    )


def _haskell_pattern(node: Node, context: Context) -> Sequence[Found]:
    equation = child_of_type(node, "equation", "signature")
    synonym = equation.child_by_field_name("synonym") if equation is not None else None
    while synonym is not None and synonym.type not in ("constructor", "variable"):
        synonym = first_named(synonym)
    return named(node, synonym, "function", context)


def _haskell_import(node: Node, text: bytes) -> Sequence[str]:
    module = node.child_by_field_name("module")
    return (text_of(module, text),) if module is not None else ()


HASKELL = LanguageRules(
    "tree_sitter_haskell",
    {
        "comment": Plain.COMMENT,
        "haddock": Plain.COMMENT,
        "pragma": Plain.COMMENT,
        "imports": Plain.OPEN,
        "declarations": Plain.OPEN,
        "class_declarations": Plain.OPEN,
        "import": Imports(_haskell_import),
        "data_type": Define("type", body="constructors"),
        "newtype": Define("type", body="constructor"),
        "type_synomym": Define("type", body=""),
        "type_synonym": Define("type", body=""),
        "type_family": Define("type", body=""),
        "data_family": Define("type", body=""),
        "class": Define("class", body="declarations", inside=Inside.TYPE),
        "instance": Read(_haskell_instance),
        "signature": Read(_haskell_equation),
        "function": Read(_haskell_equation),
        "bind": Read(_haskell_equation),
        "pattern_synonym": Read(_haskell_pattern),
    },
    merges_clauses=True,
)
