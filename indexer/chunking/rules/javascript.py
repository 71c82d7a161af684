"""JavaScript, TypeScript and TSX."""

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
    Rule,
    first_child,
    first_named,
    named,
    quoted,
    text_of,
)

_FUNCTIONS = ("arrow_function", "function_expression", "generator_function", "function")
_CLASSES = ("class", "class_expression")
_EXPORTS = ("exports", "module.exports")


def _value(value: Node | None) -> tuple[str, Node | None, Inside]:
    """Tell kind, body and inside of what a name is bound to."""
    if value is None:
        return "variable", None, Inside.NOTHING
    if value.type in _FUNCTIONS:
        return "function", value.child_by_field_name("body"), Inside.LOCAL
    if value.type in _CLASSES:
        return "class", value.child_by_field_name("body"), Inside.TYPE
    if value.type == "object":
        return "variable", value, Inside.TYPE
    return "variable", None, Inside.NOTHING


def _variables(node: Node, context: Context) -> Sequence[Found]:
    """Read ``const a = ..., b = ...``; inside functions only names bound to functions and classes."""
    constant = first_child(node)
    is_constant = constant is not None and constant.type == "const"
    found: list[Found] = []
    declarators = [child for child in node.children if child.type == "variable_declarator"]
    for declarator in declarators:
        name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if name is None or name.type != "identifier":
            _required(value, context)
            continue
        if _required(value, context):
            continue
        kind, body, inside = _value(value)
        if context.local and kind == "variable":
            continue
        if kind == "variable" and is_constant:
            kind = "constant"
        own = node if len(declarators) == 1 else declarator
        found += named(own, name, kind, context, body, inside=inside)
    return found


def _required(value: Node | None, context: Context) -> bool:
    """Note ``require("x")`` as an import."""
    if value is None or value.type != "call_expression":
        return False
    called = value.child_by_field_name("function")
    if called is None or text_of(called, context.text) != "require":
        return False
    arguments = value.child_by_field_name("arguments")
    context.imports(quoted(first_named(arguments), context.text), value)
    return True


def _statement(node: Node, context: Context) -> Sequence[Found]:
    """Read ``exports.a = ...``, ``A.prototype.b = ...``, ``app.c = function ...``."""
    assignment = first_child(node)
    if assignment is None or context.local:
        return ()
    if assignment.type == "call_expression":
        return _called_functions(node, assignment)
    if assignment.type != "assignment_expression":
        return ()
    left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
    while right is not None and right.type == "assignment_expression":
        right = right.child_by_field_name("right")
    if left is None or _required(right, context):
        return ()
    kind, body, inside = _value(right)
    if text_of(left, context.text) in _EXPORTS:
        return (Found(node, "", left.start_byte, kind, body, "", Inside.SPACE),) if body and inside else ()
    if left.type != "member_expression":
        return ()
    target, name = left.child_by_field_name("object"), left.child_by_field_name("property")
    if target is None:
        return ()
    scope = text_of(target, context.text).removesuffix(".prototype")
    if len(scope) > 80 or (kind == "variable" and scope not in _EXPORTS):
        return ()
    scope = scope.removeprefix("module.exports").removeprefix("exports").removeprefix("this").strip(".")
    return named(node, name, kind, context, body, scope, inside)


def _called_functions(node: Node, call: Node) -> Sequence[Found]:
    """Look into functions called on the spot and into callbacks: ``describe("x", () => ...)``."""
    called, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    found: list[Found] = []
    if called is not None and called.type == "parenthesized_expression":
        found += _bodies(node, called, Inside.SPACE)
    if arguments is not None:
        found += _bodies(node, arguments, Inside.CALLBACK)
    return found


def _bodies(node: Node, around: Node, inside: Inside) -> list[Found]:
    bodies = [child.child_by_field_name("body") for child in around.children if child.type in _FUNCTIONS]
    return [Found(node, "", node.start_byte, "", body, "", inside) for body in bodies if body is not None]


def _pair(node: Node, context: Context) -> Sequence[Found]:
    """Read a function or class in an object literal."""
    kind, body, inside = _value(node.child_by_field_name("value"))
    if kind == "variable":
        return ()
    key = node.child_by_field_name("key")
    if key is None or key.type != "property_identifier":
        return ()
    return named(node, key, kind, context, body, inside=inside)


def _field(node: Node, context: Context) -> Sequence[Found]:
    name = node.child_by_field_name("property") or node.child_by_field_name("name")
    kind, body, inside = _value(node.child_by_field_name("value"))
    return named(node, name, kind, context, body, inside=inside)


def _module(node: Node, context: Context) -> Sequence[Found]:
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    found = named(node, name, "namespace", context, body, inside=Inside.SPACE)
    return [one._replace(name=one.name.strip("\"'")) for one in found]


def _imports(node: Node, text: bytes) -> Sequence[str]:
    return (quoted(node.child_by_field_name("source"), text),)


def _export_clause(node: Node, context: Context) -> Sequence[Found]:
    """Note ``export { a, b as c } from "x"`` as an import that exports ``a`` and ``c``."""
    source = node.parent.child_by_field_name("source") if node.parent is not None else None
    if source is not None:
        parts = [part for part in node.named_children if part.type == "export_specifier"]
        names = [part.child_by_field_name("alias") or part.child_by_field_name("name") for part in parts]
        written = tuple(text_of(name, context.text) for name in names if name is not None)
        context.imports(quoted(source, context.text), node, written)
    return ()


def _export_source(node: Node, context: Context) -> Sequence[Found]:
    """Note ``export * from "x"``."""
    around = node.parent
    if around is not None and around.type == "export_statement":
        star = any(child.type in ("*", "namespace_export") for child in around.children)
        if star and around.child_by_field_name("source") == node:
            context.imports(quoted(node, context.text), node)
    return ()


_SCRIPT: dict[str, Rule] = {
    "comment": Plain.COMMENT,
    "decorator": Plain.LEAD,
    "export_statement": Plain.WRAP,
    "export_clause": Read(_export_clause),
    "string": Read(_export_source),
    "function_declaration": Define("function", inside=Inside.LOCAL),
    "generator_function_declaration": Define("function", inside=Inside.LOCAL),
    "class_declaration": Define("class", inside=Inside.TYPE),
    "method_definition": Define("function", inside=Inside.LOCAL),
    "field_definition": Read(_field),
    "pair": Read(_pair),
    "lexical_declaration": Read(_variables),
    "variable_declaration": Read(_variables),
    "expression_statement": Read(_statement),
    "import_statement": Imports(_imports),
    "if_statement": Plain.OPEN,
    "else_clause": Plain.OPEN,
    "statement_block": Plain.OPEN,
}

_TYPED: dict[str, Rule] = {
    **_SCRIPT,
    "abstract_class_declaration": Define("class", inside=Inside.TYPE),
    "interface_declaration": Define("interface", inside=Inside.TYPE),
    "type_alias_declaration": Define("type", body="value"),
    "enum_declaration": Define("enum"),
    "function_signature": Define("declaration", body=""),
    "method_signature": Define("method", body=""),
    "abstract_method_signature": Define("method", body=""),
    "property_signature": Define("field", body=""),
    "public_field_definition": Read(_field),
    "internal_module": Read(_module),
    "module": Read(_module),
    "ambient_declaration": Plain.WRAP,
}

JAVASCRIPT = LanguageRules("tree_sitter_javascript", _SCRIPT)
TYPESCRIPT = LanguageRules("tree_sitter_typescript", _TYPED, "language_typescript")
TSX = LanguageRules("tree_sitter_typescript", _TYPED, "language_tsx")
