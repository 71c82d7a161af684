"""Java, Kotlin, Scala and C#: types with members, packages as paths."""

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
    first_child,
    named,
    text_of,
)


def _fields(node: Node, context: Context) -> Sequence[Found]:
    """Read Java's and C#'s fields; those that cannot change are constants."""
    declaration = child_of_type(node, "variable_declaration") or node
    declarators = [child for child in declaration.children if child.type == "variable_declarator"]
    kind = "constant" if _is_constant(node, context.text) else "variable"
    names = [declarator.child_by_field_name("name") for declarator in declarators]
    return [one for name in names for one in named(node, name, kind, context)]


def _is_constant(node: Node, text: bytes) -> bool:
    first = first_child(node)
    if first is None:
        return False
    if node.type == "constant_declaration":
        return True
    if first.type == "modifier":
        return any(text_of(child, text) == "const" for child in node.children if child.type == "modifier")
    words = text_of(first, text).split() if first.type == "modifiers" else []
    return "static" in words and "final" in words


def _java_import(node: Node, text: bytes) -> Sequence[str]:
    words = text_of(node, text).rstrip("; \r\n").split()
    return words[-1:]


JAVA = LanguageRules(
    "tree_sitter_java",
    {
        "line_comment": Plain.COMMENT,
        "block_comment": Plain.COMMENT,
        "import_declaration": Imports(_java_import),
        "class_declaration": Define("class", inside=Inside.TYPE),
        "interface_declaration": Define("interface", inside=Inside.TYPE),
        "enum_declaration": Define("enum", inside=Inside.TYPE),
        "record_declaration": Define("record", inside=Inside.TYPE),
        "annotation_type_declaration": Define("interface", inside=Inside.TYPE),
        "enum_body_declarations": Plain.OPEN,
        "method_declaration": Define("method"),
        "annotation_type_element_declaration": Define("method"),
        "constructor_declaration": Define("constructor"),
        "compact_constructor_declaration": Define("constructor"),
        "field_declaration": Read(_fields),
        "constant_declaration": Read(_fields),
    },
)


def _kotlin_class(node: Node, context: Context) -> Sequence[Found]:
    kind = "class"
    for child in node.children:
        if child.type in ("interface", "enum"):
            kind = child.type
        elif child.type == "modifiers" and "enum" in text_of(child, context.text).split():
            kind = "enum"
    body = child_of_type(node, "class_body", "enum_class_body")
    return named(node, node.child_by_field_name("name"), kind, context, body, inside=Inside.TYPE)


def _companion(node: Node, context: Context) -> Sequence[Found]:
    """Look into a companion object: its members belong to the class unless it has a name."""
    name, body = node.child_by_field_name("name"), child_of_type(node, "class_body")
    if name is None:
        return (Found(node, "", node.start_byte, "", body, "", Inside.SAME),)
    return named(node, name, "object", context, body, inside=Inside.TYPE)


def _kotlin_property(node: Node, context: Context) -> Sequence[Found]:
    if context.local:
        return ()
    modifiers = child_of_type(node, "modifiers")
    constant = modifiers is not None and "const" in text_of(modifiers, context.text).split()
    variable = child_of_type(node, "variable_declaration")
    name = child_of_type(variable, "identifier") if variable is not None else None
    return named(
        node, name, "constant" if constant else "property" if context.in_type else "variable", context
    )


def _kotlin_function(node: Node, context: Context) -> Sequence[Found]:
    """Read a function; an extension has its receiver as scope."""
    name, scope = node.child_by_field_name("name"), ""
    for child in node.children:
        if name is not None and child.start_byte >= name.start_byte:
            break
        if child.type == "user_type":
            first = first_child(child)
            scope = text_of(first, context.text) if first is not None else ""
    return named(node, name, "function", context, child_of_type(node, "function_body"), scope)


def _kotlin_constructor(node: Node, context: Context) -> Sequence[Found]:
    return named(
        node, child_of_type(node, "constructor"), "constructor", context, child_of_type(node, "block")
    )


def _dotted(node: Node, text: bytes) -> Sequence[str]:
    name = child_of_type(node, "qualified_identifier", "qualified_name", "identifier")
    return (text_of(name, text),) if name is not None else ()


KOTLIN = LanguageRules(
    "tree_sitter_kotlin",
    {
        "line_comment": Plain.COMMENT,
        "block_comment": Plain.COMMENT,
        "import": Imports(_dotted),
        "class_declaration": Read(_kotlin_class),
        "object_declaration": Define("object", body="class_body", inside=Inside.TYPE),
        "companion_object": Read(_companion),
        "function_declaration": Read(_kotlin_function),
        "secondary_constructor": Read(_kotlin_constructor),
        "property_declaration": Read(_kotlin_property),
        "type_alias": Define("type", name="type"),
    },
)


def _scala_value(node: Node, context: Context) -> Sequence[Found]:
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    if context.local or pattern is None or pattern.type != "identifier":
        return ()
    body = node.child_by_field_name("value")
    kind = "constant" if text_of(pattern, context.text).isupper() else "variable"
    return named(node, pattern, kind, context, body)


def _scala_extension(node: Node, context: Context) -> Sequence[Found]:
    """Look into an extension: its methods have the extended type as scope."""
    kind = None
    parameters = node.child_by_field_name("parameters")
    for parameter in parameters.children if parameters is not None else ():
        kind = parameter.child_by_field_name("type") or kind
    body = node.child_by_field_name("body")
    if body is not None and body.type == "function_definition":
        name = body.child_by_field_name("name")
        scope = text_of(kind, context.text) if kind is not None else ""
        return named(node, name, "method", context, body.child_by_field_name("body"), scope)
    scope = text_of(kind, context.text) if kind is not None else ""
    return (Found(node, "", node.start_byte, "", body or node, scope, Inside.TYPE),)


def _scala_given(node: Node, context: Context) -> Sequence[Found]:
    body = node.child_by_field_name("body")
    return named(node, node.child_by_field_name("name"), "object", context, body, inside=Inside.TYPE)


def _scala_package(node: Node, context: Context) -> Sequence[Found]:
    body = node.child_by_field_name("body")
    return (Found(node, "", node.start_byte, "", body, "", Inside.SPACE),) if body is not None else ()


def _scala_import(node: Node, text: bytes) -> Sequence[str]:
    return (text_of(node, text).removeprefix("import").strip(),)


SCALA = LanguageRules(
    "tree_sitter_scala",
    {
        "comment": Plain.COMMENT,
        "block_comment": Plain.COMMENT,
        "import_declaration": Imports(_scala_import),
        "package_clause": Read(_scala_package),
        "trait_definition": Define("trait", inside=Inside.TYPE),
        "class_definition": Define("class", inside=Inside.TYPE),
        "object_definition": Define("object", inside=Inside.TYPE),
        "package_object": Define("object", inside=Inside.SPACE),
        "enum_definition": Define("enum", inside=Inside.TYPE),
        "given_definition": Read(_scala_given),
        "extension_definition": Read(_scala_extension),
        "function_definition": Define("function"),
        "function_declaration": Define("function", body=""),
        "type_definition": Define("type", body=""),
        "val_definition": Read(_scala_value),
        "val_declaration": Read(_scala_value),
        "var_definition": Read(_scala_value),
        "var_declaration": Read(_scala_value),
    },
)


def _event(node: Node, context: Context) -> Sequence[Found]:
    declaration = child_of_type(node, "variable_declaration")
    declarator = child_of_type(declaration, "variable_declarator") if declaration is not None else None
    return named(node, declarator.child_by_field_name("name") if declarator else None, "event", context)


def _operator(node: Node, context: Context) -> Sequence[Found]:
    sign = node.child_by_field_name("operator")
    found = named(node, sign, "method", context, node.child_by_field_name("body"))
    return [one._replace(name="operator" + one.name) for one in found]


def _indexer(node: Node, context: Context) -> Sequence[Found]:
    return named(
        node, child_of_type(node, "this"), "property", context, node.child_by_field_name("accessors")
    )


CSHARP = LanguageRules(
    "tree_sitter_c_sharp",
    {
        "comment": Plain.COMMENT,
        "using_directive": Imports(_java_import),
        "namespace_declaration": Define("namespace", inside=Inside.SPACE),
        "declaration_list": Plain.OPEN,
        "preproc_if": Plain.OPEN,
        "preproc_else": Plain.OPEN,
        "preproc_elif": Plain.OPEN,
        "preproc_region": Plain.OPEN,
        "class_declaration": Define("class", inside=Inside.TYPE),
        "struct_declaration": Define("struct", inside=Inside.TYPE),
        "interface_declaration": Define("interface", inside=Inside.TYPE),
        "record_declaration": Define("record", inside=Inside.TYPE),
        "enum_declaration": Define("enum"),
        "delegate_declaration": Define("type", body=""),
        "method_declaration": Define("method"),
        "constructor_declaration": Define("constructor"),
        "destructor_declaration": Define("method"),
        "local_function_statement": Define("function"),
        "property_declaration": Define("property", body="accessors"),
        "field_declaration": Read(_fields),
        "event_field_declaration": Read(_event),
        "operator_declaration": Read(_operator),
        "indexer_declaration": Read(_indexer),
    },
)
