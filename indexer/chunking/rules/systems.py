"""Go, Rust, Zig and Swift."""

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
    quoted,
    text_of,
)


def _base_type(node: Node | None) -> Node | None:
    """Strip pointers, references and type arguments off a type."""
    for _ in range(10):
        if node is None or node.type in ("type_identifier", "primitive_type", "identifier"):
            return node
        if node.type in ("scoped_type_identifier", "qualified_type"):
            node = node.child_by_field_name("name")
        else:
            node = node.child_by_field_name("type") or _last_type(node)
    return node


def _last_type(node: Node) -> Node | None:
    types = [child for child in node.children if child.is_named and child.type != "lifetime"]
    return types[-1] if types else None


def _go_method(node: Node, context: Context) -> Sequence[Found]:
    """Read a method: its scope is the receiver's type."""
    receiver = node.child_by_field_name("receiver")
    parameter = child_of_type(receiver, "parameter_declaration") if receiver is not None else None
    kind = parameter.child_by_field_name("type") if parameter is not None else None
    while kind is not None and kind.type != "type_identifier":
        kind = kind.child_by_field_name("type") or first_named(kind)
    scope = text_of(kind, context.text) if kind is not None else ""
    body = node.child_by_field_name("body")
    return named(node, node.child_by_field_name("name"), "method", context, body, scope)


def _go_type(node: Node, context: Context) -> Sequence[Found]:
    kind, inside = "type", Inside.NOTHING
    body = node.child_by_field_name("type")
    if body is not None and body.type == "struct_type":
        kind = "struct"
    elif body is not None and body.type == "interface_type":
        kind, inside = "interface", Inside.TYPE
    return named(node, node.child_by_field_name("name"), kind, context, body, inside=inside)


def _go_values(node: Node, context: Context) -> Sequence[Found]:
    if context.local:
        return ()
    kind = "constant" if node.type == "const_spec" else "variable"
    names = [name for name in node.children_by_field_name("name") if name.type == "identifier"]
    found = [one for name in names for one in named(node, name, kind, context)]
    return [one for one in found if one.name != "_"]


def _go_import(node: Node, text: bytes) -> Sequence[str]:
    return (quoted(node.child_by_field_name("path"), text),)


GO = LanguageRules(
    "tree_sitter_go",
    {
        "comment": Plain.COMMENT,
        "import_declaration": Plain.GROUP,
        "import_spec_list": Plain.OPEN,
        "import_spec": Imports(_go_import),
        "function_declaration": Define("function"),
        "method_declaration": Read(_go_method),
        "method_elem": Define("method", body=""),
        "type_declaration": Plain.GROUP,
        "type_spec": Read(_go_type),
        "type_alias": Read(_go_type),
        "const_declaration": Plain.GROUP,
        "const_spec": Read(_go_values),
        "var_declaration": Plain.GROUP,
        "var_spec_list": Plain.OPEN,
        "var_spec": Read(_go_values),
    },
)


def _rust_impl(node: Node, context: Context) -> Sequence[Found]:
    """Look into an impl block: its items have the type as scope."""
    kind, body = _base_type(node.child_by_field_name("type")), node.child_by_field_name("body")
    scope = text_of(kind, context.text) if kind is not None else ""
    return (Found(node, "", node.start_byte, "", body, scope, Inside.TYPE),) if body is not None else ()


def _rust_module(node: Node, context: Context) -> Sequence[Found]:
    body = node.child_by_field_name("body")
    kind = "module" if body is not None else "declaration"
    return named(node, node.child_by_field_name("name"), kind, context, body, inside=Inside.SPACE)


def _rust_value(node: Node, context: Context) -> Sequence[Found]:
    if context.local:
        return ()
    return named(node, node.child_by_field_name("name"), "constant", context)


def _rust_use(node: Node, text: bytes) -> Sequence[str]:
    argument = node.child_by_field_name("argument") or node.child_by_field_name("name")
    return (" ".join(text_of(argument, text).split()),) if argument is not None else ()


def _rust_exports(node: Node, text: bytes) -> Sequence[str]:
    """Read the names of ``pub use``; not those of ``pub(crate) use``, nor of ``*``."""
    if not any(
        child.type == "visibility_modifier" and child.end_byte - child.start_byte == 3
        for child in node.children
    ):
        return ()
    names: list[str] = []
    waiting = [node.child_by_field_name("argument")]
    while waiting:
        part = waiting.pop()
        if part is None or part.type in ("use_wildcard", "self"):
            continue
        if part.type == "scoped_use_list":
            waiting.append(part.child_by_field_name("list"))
        elif part.type == "use_list":
            waiting += reversed(part.named_children)
        else:
            name = part.child_by_field_name("alias") or part.child_by_field_name("name") or part
            names.append(text_of(name, text))
    return names


RUST = LanguageRules(
    "tree_sitter_rust",
    {
        "line_comment": Plain.COMMENT,
        "block_comment": Plain.COMMENT,
        "attribute_item": Plain.LEAD,
        "use_declaration": Imports(_rust_use, _rust_exports),
        "extern_crate_declaration": Imports(_rust_use),
        "function_item": Define("function"),
        "function_signature_item": Define("function", body=""),
        "struct_item": Define("struct"),
        "enum_item": Define("enum"),
        "union_item": Define("union"),
        "trait_item": Define("trait", inside=Inside.TYPE),
        "impl_item": Read(_rust_impl),
        "mod_item": Read(_rust_module),
        "foreign_mod_item": Plain.OPEN,
        "declaration_list": Plain.OPEN,
        "const_item": Read(_rust_value),
        "static_item": Read(_rust_value),
        "type_item": Define("type", body=""),
        "associated_type": Define("type", body=""),
        "macro_definition": Define("macro", body=""),
    },
)

_ZIG_TYPES = {
    "struct_declaration": "struct",
    "enum_declaration": "enum",
    "union_declaration": "union",
    "opaque_declaration": "struct",
    "error_set_declaration": "enum",
}


def _zig_variable(node: Node, context: Context) -> Sequence[Found]:
    """Read a constant, a variable, or the type that a constant is bound to."""
    text = context.text
    kind, body, inside = "variable", None, Inside.NOTHING
    for child in node.children:
        if child.type == "const" and kind == "variable":
            kind = "constant"
        elif child.type in _ZIG_TYPES:
            kind, body, inside = _ZIG_TYPES[child.type], child, Inside.TYPE
        elif child.type == "builtin_function" and text.startswith(b"@import", child.start_byte):
            arguments = child_of_type(child, "arguments")
            context.imports(quoted(first_named(arguments), text), node)
            return ()
    if context.local and inside == Inside.NOTHING:
        return ()
    return named(node, child_of_type(node, "identifier"), kind, context, body, inside=inside)


def _zig_function(node: Node, context: Context) -> Sequence[Found]:
    """Read a function; one that returns a type (``return struct {...}``) has that type's members."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    kind = node.child_by_field_name("type")
    if body is not None and kind is not None and text_of(kind, context.text) == "type":
        container = _returned_type(body)
        if container is not None:
            return named(node, name, "function", context, container, inside=Inside.TYPE)
    return named(node, name, "function", context, body)


def _returned_type(body: Node) -> Node | None:
    for statement in body.children:
        node: Node | None = statement
        for _ in range(3):
            node = first_named(node)
            if node is not None and node.type in _ZIG_TYPES:
                return node
    return None


ZIG = LanguageRules(
    "tree_sitter_zig",
    {
        "comment": Plain.COMMENT,
        "function_declaration": Read(_zig_function),
        "variable_declaration": Read(_zig_variable),
    },
)

_SWIFT_KINDS = {"class": "class", "struct": "struct", "enum": "enum", "actor": "class", "extension": ""}


def _swift_type(node: Node, context: Context) -> Sequence[Found]:
    """Read a type; an extension only gives its members the extended type as scope."""
    kind = "class"
    for child in node.children:
        if child.type in _SWIFT_KINDS:
            kind = _SWIFT_KINDS[child.type]
            break
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if not kind:
        scope = text_of(name, context.text) if name is not None else ""
        return (Found(node, "", node.start_byte, "", body, scope, Inside.TYPE),)
    return named(node, name, kind, context, body, inside=Inside.TYPE)


def _swift_property(node: Node, context: Context) -> Sequence[Found]:
    if context.local:
        return ()
    kind = "property" if context.in_type else "variable"
    patterns = [name for name in node.children_by_field_name("name") if name.type == "pattern"]
    names = [pattern.child_by_field_name("bound_identifier") or pattern for pattern in patterns]
    return [one for name in names for one in named(node, name, kind, context)]


def _swift_keyword(node: Node, context: Context) -> Sequence[Found]:
    """Read ``init``, ``deinit`` and ``subscript``, which are named by their keyword."""
    kind = "constructor" if node.type == "init_declaration" else "method"
    body = node.child_by_field_name("body") or child_of_type(node, "computed_property")
    return named(node, child_of_type(node, "init", "deinit", "subscript"), kind, context, body)


def _swift_import(node: Node, text: bytes) -> Sequence[str]:
    name = child_of_type(node, "identifier")
    return (text_of(name, text),) if name is not None else ()


SWIFT = LanguageRules(
    "tree_sitter_swift",
    {
        "comment": Plain.COMMENT,
        "multiline_comment": Plain.COMMENT,
        "import_declaration": Imports(_swift_import),
        "class_declaration": Read(_swift_type),
        "protocol_declaration": Define("interface", inside=Inside.TYPE),
        "function_declaration": Define("function"),
        "protocol_function_declaration": Define("function"),
        "protocol_property_declaration": Read(_swift_property),
        "property_declaration": Read(_swift_property),
        "init_declaration": Read(_swift_keyword),
        "deinit_declaration": Read(_swift_keyword),
        "subscript_declaration": Read(_swift_keyword),
        "typealias_declaration": Define("type", body=""),
        "associatedtype_declaration": Define("type", body=""),
    },
)
