"""C and C++: names hide inside declarators, members may be written outside their class."""

from __future__ import annotations

import re
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
    child_of_type,
    named,
    quoted,
    text_of,
)

_MACRO_NAME = rb"[A-Z][A-Z0-9]*_[A-Z0-9_]+"
_FOLLOWED = (
    rb"(?:auto|bool|char|class|const|constexpr|double|explicit|extern|float|friend|inline|int|long|namespace|short"
    rb"|size_t|ssize_t|static|std|struct|template|typedef|typename|u?int\d+_t|unsigned|using|virtual|void)\b"
)
_MACROS = (
    re.compile(rb"\n[ \t]*+([A-Z][A-Z0-9_]{3,})[ \t\r]*+(?=\n)"),  # ACME_BEGIN_EXPORT, alone on its line
    re.compile(
        rb"\n[ \t]*+((?:" + _MACRO_NAME + rb"[ \t]+)+)(?=" + _FOLLOWED + rb")"
    ),  # ACME_EXTERN int run()
    re.compile(rb"class[ \t]++(" + _MACRO_NAME + rb")(?=[ \t]+[A-Za-z_])"),  # class ACME_API File
    re.compile(rb"struct[ \t]++(" + _MACRO_NAME + rb")(?=[ \t]+[A-Za-z_])"),
)


def _without_macros(text: bytes) -> bytes:
    """Blank out macros that the grammar would take for types or names, so that it sees the code itself."""
    spans = [match.span(1) for pattern in _MACROS for match in pattern.finditer(text)]
    if not spans:
        return text
    blanked = bytearray(text)
    for start, end in spans:
        blanked[start:end] = b" " * (end - start)
    return bytes(blanked)


_NAMES = frozenset(
    (
        "destructor_name",
        "field_identifier",
        "identifier",
        "namespace_identifier",
        "operator_cast",
        "operator_name",
        "type_identifier",
    )
)
_TYPES = {
    "class_specifier": "class",
    "struct_specifier": "struct",
    "union_specifier": "union",
    "enum_specifier": "enum",
}


def _declared(node: Node | None) -> tuple[Node | None, list[Node], bool]:
    """Find what a declarator declares.

    :return: the name, the scopes that qualify it, and whether it is a function.
    """
    scopes: list[Node] = []
    is_function = False
    for _ in range(20):
        if node is None or node.type in _NAMES:
            break
        if node.type == "function_declarator":
            inner = node.child_by_field_name("declarator")
            is_function = inner is None or inner.type != "parenthesized_declarator"
            node = inner
        elif node.type == "qualified_identifier":
            scope = node.child_by_field_name("scope")
            scopes += [scope] if scope is not None else []
            node = node.child_by_field_name("name")
        elif node.type == "template_function":
            node = node.child_by_field_name("name")
        else:
            node = node.child_by_field_name("declarator") or _last_named(node)
    return node, scopes, is_function


def _last_named(node: Node) -> Node | None:
    return node.named_child(node.named_child_count - 1) if node.named_child_count else None


def _scope(scopes: Sequence[Node], text: bytes) -> str:
    """Join qualifying scopes, template arguments left out."""
    return ".".join(text_of(scope.child_by_field_name("name") or scope, text) for scope in scopes)


def _function(node: Node, context: Context) -> Sequence[Found]:
    declarator, body = node.child_by_field_name("declarator"), node.child_by_field_name("body")
    if declarator is not None and declarator.type == "identifier":
        return _exported_class(node, declarator, body, context)
    name, scopes, _ = _declared(declarator)
    kind = "function" if body is not None or child_of_type(node, "default_method_clause") else "declaration"
    return named(node, name, kind, context, body, _scope(scopes, context.text))


def _exported_class(node: Node, name: Node, body: Node | None, context: Context) -> Sequence[Found]:
    """Read ``class EXPORT Name {...}``, which the grammar, not knowing the macro, takes for a function."""
    words = context.text[node.start_byte : name.start_byte].split()
    for word, kind in ((b"class", "class"), (b"struct", "struct")):
        if word in words:
            return named(node, name, kind, context, body, inside=Inside.TYPE)
    return named(node, name, "function", context, body)


def _declaration(node: Node, context: Context) -> Sequence[Found]:
    """Read prototypes, variables, and types declared together with a variable."""
    if context.local:
        return ()
    found: list[Found] = []
    kind = node.child_by_field_name("type")
    if kind is not None and kind.type in _TYPES:
        found += _type(kind, context)
    constant = any(child.type == "type_qualifier" for child in node.children)
    for declarator in node.children_by_field_name("declarator"):
        name, scopes, is_function = _declared(declarator)
        if is_function:
            found += named(node, name, "declaration", context, scope=_scope(scopes, context.text))
        elif name is not None and name.type in _NAMES:
            value = declarator.child_by_field_name("value")
            callable_value = value is not None and value.type == "lambda_expression"
            variable = "function" if callable_value else "constant" if constant else "variable"
            found += named(node, name, variable, context, scope=_scope(scopes, context.text))
    return found


def _member(node: Node, context: Context) -> Sequence[Found]:
    """Read a member: prototypes and nested types; plain fields only when constant."""
    return [one for one in _declaration(node, context) if one.kind != "variable" and one.name != "operator"]


def _type(node: Node, context: Context) -> Sequence[Found]:
    body = node.child_by_field_name("body")
    if body is None:
        return ()
    name = node.child_by_field_name("name")
    inside = Inside.NOTHING if node.type == "enum_specifier" else Inside.TYPE
    if name is not None and name.type == "qualified_identifier":
        name, scopes, _ = _declared(name)
        return named(node, name, _TYPES[node.type], context, body, _scope(scopes, context.text), inside)
    if name is not None and name.type == "template_type":
        name = name.child_by_field_name("name")
    return named(node, name, _TYPES[node.type], context, body, inside=inside)


def _typedef(node: Node, context: Context) -> Sequence[Found]:
    """Read every name that a typedef gives, and the type that it defines on the way."""
    kind = node.child_by_field_name("type")
    found: list[Found] = []
    if kind is not None and kind.type in _TYPES and kind.child_by_field_name("body") is not None:
        found += _type(kind, context)
        alias = _TYPES[kind.type]
    else:
        alias = "type"
    names = [_declared(declarator)[0] for declarator in node.children_by_field_name("declarator")]
    seen = {one.name for one in found}
    for name in names:
        found += [one for one in named(node, name, alias, context) if one.name not in seen]
    if len(found) == 1 and kind is not None and kind.child_by_field_name("body") is not None:
        return [found[0]._replace(node=node, body=kind.child_by_field_name("body"))]
    return found


def _namespace(node: Node, context: Context) -> Sequence[Found]:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None:
        return (Found(node, "", node.start_byte, "", body, "", Inside.SPACE),)
    found = named(node, name, "namespace", context, body, inside=Inside.SPACE)
    return [one._replace(name=one.name.replace("::", ".")) for one in found]


def _include(node: Node, text: bytes) -> Sequence[str]:
    return (quoted(node.child_by_field_name("path"), text),)


_C: dict[str, Rule] = {
    "comment": Plain.COMMENT,
    "preproc_include": Imports(_include),
    "preproc_def": Define("macro", body="value"),
    "preproc_function_def": Define("macro", body="value"),
    "preproc_if": Plain.OPEN,
    "preproc_ifdef": Plain.OPEN,
    "preproc_else": Plain.OPEN,
    "preproc_elif": Plain.OPEN,
    "linkage_specification": Plain.OPEN,
    "declaration_list": Plain.OPEN,
    "function_definition": Read(_function),
    "declaration": Read(_declaration),
    "field_declaration": Read(_member),
    "type_definition": Read(_typedef),
    "struct_specifier": Read(_type),
    "union_specifier": Read(_type),
    "enum_specifier": Read(_type),
}

C = LanguageRules("tree_sitter_c", _C, prepare=_without_macros)

CPP = LanguageRules(
    "tree_sitter_cpp",
    {
        **_C,
        "class_specifier": Read(_type),
        "namespace_definition": Read(_namespace),
        "template_declaration": Plain.WRAP,
        "template_parameter_list": Plain.LEAD,
        "requires_clause": Plain.LEAD,
        "alias_declaration": Define("type", body="type"),
        "concept_definition": Define("type", body=""),
        "inline_method_definition": Read(_function),
    },
    prepare=_without_macros,
)
