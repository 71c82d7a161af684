"""SQL, HTML and CSS."""

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
    first_named,
    named,
    quoted,
    text_of,
)

_SQL_KINDS = {
    "create_table": "table",
    "create_view": "view",
    "create_materialized_view": "view",
    "create_function": "function",
    "create_procedure": "function",
    "create_trigger": "trigger",
    "create_type": "type",
    "create_schema": "schema",
    "create_sequence": "schema",
    "create_database": "schema",
}


def _sql_object(node: Node, context: Context) -> Sequence[Found]:
    """Read a created object; a schema before its name is its scope."""
    reference = child_of_type(node, "object_reference", "identifier")
    if reference is None:
        return ()
    name = reference.child_by_field_name("name") or reference
    schema = reference.child_by_field_name("schema")
    scope = text_of(schema, context.text).strip('`"[]') if schema is not None else ""
    found = named(node, name, _SQL_KINDS[node.type], context, scope=scope)
    return [one._replace(name=one.name.strip('`"[]')) for one in found]


SQL = LanguageRules(
    "tree_sitter_sql",
    {
        "comment": Plain.COMMENT,
        "marginalia": Plain.COMMENT,
        "statement": Plain.WRAP,
        **{kind: Read(_sql_object) for kind in _SQL_KINDS},
        "create_index": Define("index", name="column", body=""),
    },
)


def _html_element(node: Node, context: Context) -> Sequence[Found]:
    """Read an element that has an ``id``, or a heading; look into every other one."""
    tag = first_child(node)
    identifier = None
    for attribute in tag.children[2:] if tag is not None else ():
        name = first_named(attribute) if attribute.type == "attribute" else None
        if name is not None and text_of(name, context.text).lower() == "id":
            identifier = _html_value(attribute)
    found = named(node, identifier, "element", context, node, inside=Inside.SPACE)
    return found or (Found(node, "", node.start_byte, "", node, "", Inside.SAME),)


def _html_value(attribute: Node) -> Node | None:
    """Give the value's text without its quotes; None for an attribute without a value."""
    if attribute.named_child_count < 2:
        return None
    value = attribute.named_child(1)
    return first_named(value) or value


HTML = LanguageRules(
    "tree_sitter_html",
    {"comment": Plain.COMMENT, "element": Read(_html_element)},
)


def _css_import(node: Node, text: bytes) -> Sequence[str]:
    value = first_named(node)
    while value is not None and value.named_child_count and value.type != "string_value":
        value = value.named_child(value.named_child_count - 1)
    return (quoted(value, text),)


def _css_rule(node: Node, context: Context) -> Sequence[Found]:
    selectors = child_of_type(node, "selectors")
    found = named(node, selectors, "rule", context, child_of_type(node, "block"))
    return [one._replace(name=" ".join(one.name.split())[:80]) for one in found]


CSS = LanguageRules(
    "tree_sitter_css",
    {
        "comment": Plain.COMMENT,
        "js_comment": Plain.COMMENT,
        "import_statement": Imports(_css_import),
        "rule_set": Read(_css_rule),
        "media_statement": Plain.OPEN,
        "supports_statement": Plain.OPEN,
        "block": Plain.OPEN,
        "keyframes_statement": Define("rule", name="keyframes_name", body="keyframe_block_list"),
    },
)
