"""Tokens of source text by tree-sitter's grammars, and which names a fragment's locals are.

The benchmark makes its copies with these, so that they share nothing with the lexer of the engine under test. Positions
are bytes of the UTF-8 text; rows count from 0 as tree-sitter's do.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tree_sitter import Language, Node, Parser, Tree

_ATOMS = frozenset(
    "string template_string regex string_literal character_literal text_block interpreted_string_literal "
    "raw_string_literal rune_literal".split()
)
"""Nodes that are one token whatever they hold."""

_IMPORTS = frozenset(
    "import_statement import_from_statement future_import_statement import_declaration package_declaration "
    "package_clause".split()
)

_NAMES = frozenset({"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"})

_DECLARED_BY: dict[str, dict[str, tuple[str, ...]]] = {
    "python": {
        "assignment": ("left",),
        "for_statement": ("left",),
        "for_in_clause": ("left",),
        "as_pattern": ("alias",),
        "parameters": (),
        "lambda_parameters": (),
    },
    "javascript": {
        "variable_declarator": ("name",),
        "formal_parameters": (),
        "arrow_function": ("parameter",),
        "catch_clause": ("parameter",),
        "for_in_statement": ("left",),
    },
    "java": {
        "variable_declarator": ("name",),
        "formal_parameter": ("name",),
        "catch_formal_parameter": ("name",),
        "enhanced_for_statement": ("name",),
        "inferred_parameters": (),
        "lambda_expression": ("parameters",),
        "resource": ("name",),
    },
    "go": {
        "short_var_declaration": ("left",),
        "parameter_declaration": ("name",),
        "var_spec": ("name",),
        "range_clause": ("left",),
        "receive_statement": ("left",),
    },
}
"""Which child fields of which nodes declare local names; no field: its direct identifiers do."""

_FUNCTIONS = frozenset(
    "function_definition lambda function_declaration function_expression arrow_function method_definition "
    "generator_function_declaration generator_function method_declaration constructor_declaration "
    "lambda_expression func_literal".split()
)


class Token(NamedTuple):
    """A token; `row` and `end_row` are those of its first and last byte."""

    text: str
    start: int
    end: int
    row: int
    end_row: int
    comment: bool


class Parsed(NamedTuple):
    """A text with its tree and tokens in order."""

    source: bytes
    tree: Tree
    tokens: list[Token]
    language: str


def grammar_of(suffix: str) -> str:
    """The grammar's name for a file's suffix."""
    return {".py": "python", ".java": "java", ".go": "go", ".ts": "typescript"}.get(suffix, "javascript")


@cache
def _parser(grammar: str) -> Parser:
    module = importlib.import_module(f"tree_sitter_{grammar}")
    load = module.language_typescript if grammar == "typescript" else module.language
    return Parser(Language(load()))


def parse(text: str, suffix: str) -> Parsed:
    """Parse a text; one that is not well-formed has tokens, too."""
    grammar = grammar_of(suffix)
    source = text.encode("utf-8")
    tree = _parser(grammar).parse(source)
    language = "javascript" if grammar == "typescript" else grammar
    return Parsed(source, tree, list(_tokens(tree, source)), language)


def _tokens(tree: Tree, source: bytes) -> Iterator[Token]:
    cursor = tree.walk()
    while True:
        node = cursor.node
        assert node is not None
        kind = node.type
        if kind not in _ATOMS and cursor.goto_first_child():
            continue
        start, end = node.start_byte, node.end_byte
        text = source[start:end].decode("utf-8", "replace").strip()
        if text:
            # Some grammars let a line comment or a statement's end include the line break.
            last = end if source[end - 1 : end] != b"\n" else end - 1
            row = node.start_point[0]
            yield Token(text, start, last, row, row + source.count(b"\n", start, last), "comment" in kind)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def import_rows(parsed: Parsed) -> set[int]:
    """The rows of import and package statements, wherever they stand."""
    rows: set[int] = set()
    for node in _nodes(parsed.tree.root_node, _IMPORTS):
        rows.update(range(node.start_point[0], node.end_point[0] + 1))
    return rows


def _nodes(node: Node, kinds: frozenset[str]) -> Iterator[Node]:
    stack = [node]
    while stack:
        one = stack.pop()
        if one.type in kinds:
            yield one
        stack += one.children


def local_names(parsed: Parsed, start: int, end: int) -> dict[str, list[tuple[int, int]]]:
    """The local variables and parameters used between two byte offsets: name to byte spans, in order.

    Declared in a function around the offsets or within them. Members and keyword arguments of the same name are no
    uses; a name that stands for both at once (`{ name }` in JavaScript) is left out.
    """
    declared: set[str] = set()
    for function in _nodes(parsed.tree.root_node, _FUNCTIONS):
        if function.start_byte < end and function.end_byte > start:
            declared |= _declared(function, parsed.language)
    spans: dict[str, list[tuple[int, int]]] = {}
    both: set[str] = set()
    for node in _nodes(parsed.tree.root_node, _NAMES):
        if node.start_byte < start or node.end_byte > end:
            continue
        name = (node.text or b"").decode("utf-8", "replace")
        if node.type != "identifier":
            both.add(name)
        elif name in declared and name not in ("self", "cls", "this", "_") and _is_variable(node):
            spans.setdefault(name, []).append((node.start_byte, node.end_byte))
    return {name: sorted(places) for name, places in spans.items() if name not in both}


def _declared(function: Node, language: str) -> set[str]:
    rules = _DECLARED_BY[language]
    names: set[str] = set()
    for node in _nodes(function, frozenset(rules)):
        fields = rules[node.type]
        if not fields:
            names |= _identifiers(node)
        for field in fields:
            for child in node.children_by_field_name(field):
                names |= _identifiers(child)
    return names


def _identifiers(node: Node) -> set[str]:
    """The names that a pattern binds; a subscript or an attribute binds none."""
    if node.type == "identifier":
        return {(node.text or b"").decode("utf-8", "replace")}
    if node.type in ("attribute", "subscript", "member_expression", "subscript_expression", "type", "call"):
        return set()
    if node.type in ("default_parameter", "typed_default_parameter", "assignment_pattern"):
        name = node.child_by_field_name("name") or node.child_by_field_name("left")
        return _identifiers(name) if name else set()
    if node.type in ("selector_expression", "index_expression", "arguments", "required_parameter"):
        pattern = node.child_by_field_name("pattern")
        return _identifiers(pattern) if pattern else set()
    return {name for child in node.named_children for name in _identifiers(child)}


_MEMBER_FIELDS = {
    "attribute": "attribute",
    "keyword_argument": "name",
    "method_invocation": "name",
    "field_access": "field",
    "method_reference": "*",
    "labeled_statement": "*",
    "marker_annotation": "name",
    "annotation": "name",
    "element_value_pair": "key",
    "function_definition": "name",
    "class_definition": "name",
    "function_declaration": "name",
    "method_declaration": "name",
    "class_declaration": "name",
    "decorator": "*",
    "global_statement": "*",
    "nonlocal_statement": "*",
}


def _is_variable(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    field = _MEMBER_FIELDS.get(parent.type)
    if (
        parent.type == "literal_element"
        and parent.parent is not None
        and parent.parent.type == "keyed_element"
    ):
        return parent.parent.named_children[0] != parent
    if field is None:
        return True
    if field == "*":
        return False
    named = parent.child_by_field_name(field)
    return named is None or named != node
