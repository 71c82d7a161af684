"""Ruby, PHP, Lua and Bash."""

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

_RUBY_REQUIRES = ("require", "require_relative", "load", "autoload")
_RUBY_ATTRIBUTES = ("attr_accessor", "attr_reader", "attr_writer")
_RUBY_NAMING = ("define_method", "alias_method", "scope", "delegate")


def _ruby_type(node: Node, context: Context) -> Sequence[Found]:
    """Read ``class A::B``: the name is ``B``, its scope ``A``."""
    name, scope = node.child_by_field_name("name"), ""
    if name is not None and name.type == "scope_resolution":
        outer = name.child_by_field_name("scope")
        scope = text_of(outer, context.text).replace("::", ".") if outer is not None else ""
        name = name.child_by_field_name("name")
    module = node.type == "module"
    body = node.child_by_field_name("body")
    inside = Inside.SPACE if module else Inside.TYPE
    return named(node, name, "module" if module else "class", context, body, scope, inside)


def _ruby_singleton(node: Node, context: Context) -> Sequence[Found]:
    """Look into ``class << self``."""
    body = node.child_by_field_name("body")
    return (Found(node, "", node.start_byte, "", body, "", Inside.SAME),) if body is not None else ()


def _ruby_assignment(node: Node, context: Context) -> Sequence[Found]:
    """Read a constant; one bound to ``Struct.new ... do`` is a class."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if context.local or left is None or left.type != "constant":
        return ()
    block = right.child_by_field_name("block") if right is not None and right.type == "call" else None
    receiver = right.child_by_field_name("receiver") if right is not None and right.type == "call" else None
    if receiver is not None and text_of(receiver, context.text) in ("Struct", "Class", "Data", "Module"):
        body = block.child_by_field_name("body") if block is not None else None
        return named(node, left, "class", context, body, inside=Inside.TYPE)
    return named(node, left, "constant", context)


def _ruby_call(node: Node, context: Context) -> Sequence[Found]:
    """Read ``require``, ``attr_accessor``, ``define_method``, and ``private def``."""
    method = node.child_by_field_name("method")
    arguments = node.child_by_field_name("arguments")
    if method is None or context.local:
        return ()
    word = text_of(method, context.text)
    first = first_named(arguments)
    if first is None:
        block = node.child_by_field_name("block")
        body = block.child_by_field_name("body") if block is not None else None
        return (Found(node, "", node.start_byte, "", body, "", Inside.CALLBACK),) if body is not None else ()
    if word in _RUBY_REQUIRES:
        context.imports(quoted(first, context.text), node)
        return ()
    if first.type in ("method", "singleton_method"):
        body = first.child_by_field_name("body")
        return named(node, first.child_by_field_name("name"), "function", context, body)
    if word in _RUBY_ATTRIBUTES and arguments is not None:
        symbols = [child for child in arguments.children if child.type == "simple_symbol"]
        found = [one for symbol in symbols for one in named(node, symbol, "property", context)]
    elif word in _RUBY_NAMING and first.type == "simple_symbol":
        found = list(named(node, first, "function", context))
    else:
        return _ruby_block(node)
    return [one._replace(name=one.name.lstrip(":")) for one in found]


def _ruby_block(node: Node) -> Sequence[Found]:
    """Look into the block of a call such as ``describe "x" do``."""
    block = node.child_by_field_name("block")
    body = block.child_by_field_name("body") if block is not None else None
    return (Found(node, "", node.start_byte, "", body, "", Inside.CALLBACK),) if body is not None else ()


RUBY = LanguageRules(
    "tree_sitter_ruby",
    {
        "comment": Plain.COMMENT,
        "module": Read(_ruby_type),
        "class": Read(_ruby_type),
        "singleton_class": Read(_ruby_singleton),
        "method": Define("function"),
        "singleton_method": Define("function"),
        "assignment": Read(_ruby_assignment),
        "call": Read(_ruby_call),
        "body_statement": Plain.OPEN,
        "begin": Plain.OPEN,
        "if": Plain.OPEN,
        "unless": Plain.OPEN,
        "then": Plain.OPEN,
        "else": Plain.OPEN,
    },
)


def _php_constants(node: Node, context: Context) -> Sequence[Found]:
    elements = [child for child in node.children if child.type == "const_element"]
    return [one for element in elements for one in named(node, first_named(element), "constant", context)]


def _php_properties(node: Node, context: Context) -> Sequence[Found]:
    elements = [child for child in node.children if child.type == "property_element"]
    names = [element.child_by_field_name("name") for element in elements]
    found = [one for name in names for one in named(node, name, "property", context)]
    return [one._replace(name=one.name.lstrip("$")) for one in found]


def _php_statement(node: Node, context: Context) -> Sequence[Found]:
    """Read ``define('A', ...)``, ``$f = function ...`` and includes."""
    expression = first_named(node)
    if expression is None or context.local:
        return ()
    if expression.type.endswith(("require_expression", "include_expression", "_once_expression")):
        context.imports(quoted(first_named(expression), context.text), node)
    elif expression.type == "function_call_expression":
        return _php_define(node, expression, context)
    elif expression.type == "assignment_expression":
        left, right = expression.child_by_field_name("left"), expression.child_by_field_name("right")
        function = right is not None and right.type in ("anonymous_function", "arrow_function")
        if left is not None and left.type == "variable_name":
            body = right.child_by_field_name("body") if function and right is not None else None
            return named(node, first_named(left), "function" if function else "variable", context, body)
    return ()


def _php_define(node: Node, call: Node, context: Context) -> Sequence[Found]:
    called, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if called is None or arguments is None or text_of(called, context.text) != "define":
        return ()
    found = named(node, first_named(arguments), "constant", context)
    return [one._replace(name=one.name.strip("\"'")) for one in found]


def _php_namespace(node: Node, context: Context) -> Sequence[Found]:
    """Look into ``namespace A { ... }``; ``namespace A;`` says nothing that the path does not."""
    body = node.child_by_field_name("body")
    return (Found(node, "", node.start_byte, "", body, "", Inside.SPACE),) if body is not None else ()


def _php_use(node: Node, text: bytes) -> Sequence[str]:
    clauses = text_of(node, text).rstrip(";").removeprefix("use").strip()
    head, brace, group = clauses.partition("{")
    words = (clause.split(" as ")[0].strip() for clause in (group.rstrip(" }") or head).split(","))
    return [head.strip() + word if brace else word for word in words if word]


PHP = LanguageRules(
    "tree_sitter_php",
    {
        "comment": Plain.COMMENT,
        "namespace_definition": Read(_php_namespace),
        "namespace_use_declaration": Imports(_php_use),
        "class_declaration": Define("class", inside=Inside.TYPE),
        "interface_declaration": Define("interface", inside=Inside.TYPE),
        "trait_declaration": Define("trait", inside=Inside.TYPE),
        "enum_declaration": Define("enum", inside=Inside.TYPE),
        "function_definition": Define("function"),
        "method_declaration": Define("method"),
        "const_declaration": Read(_php_constants),
        "property_declaration": Read(_php_properties),
        "expression_statement": Read(_php_statement),
        "if_statement": Plain.OPEN,
        "compound_statement": Plain.OPEN,
    },
    "language_php",
)


def _lua_name(name: Node, context: Context) -> tuple[Node | None, str]:
    """Split ``M.sub.deep`` and ``M:method`` to the last name and the table before it."""
    if name.type == "identifier":
        return name, ""
    table = name.child_by_field_name("table")
    last = name.child_by_field_name("field") or name.child_by_field_name("method")
    scope = text_of(table, context.text).replace(":", ".") if table is not None else ""
    return last, scope if len(scope) < 80 else ""


def _lua_function(node: Node, context: Context) -> Sequence[Found]:
    name = node.child_by_field_name("name")
    if name is None:
        return ()
    last, scope = _lua_name(name, context)
    return named(node, last, "function", context, node.child_by_field_name("body"), scope)


def _lua_assignment(node: Node, context: Context) -> Sequence[Found]:
    """Read ``local a = ...`` and ``M.a = ...``; inside functions only functions."""
    assignment = child_of_type(node, "assignment_statement") or node
    names, values = child_of_type(assignment, "variable_list"), child_of_type(assignment, "expression_list")
    name = first_named(names)
    value = first_named(values)
    if name is None:
        return ()
    if value is not None and value.type == "function_call" and _lua_require(value, context):
        return ()
    last, scope = _lua_name(name, context)
    if value is not None and value.type == "function_definition":
        return named(node, last, "function", context, value.child_by_field_name("body"), scope)
    return () if context.local else named(node, last, "variable", context, scope=scope)


def _lua_require(call: Node, context: Context) -> bool:
    name, arguments = call.child_by_field_name("name"), call.child_by_field_name("arguments")
    if name is None or arguments is None or text_of(name, context.text) != "require":
        return False
    context.imports(quoted(first_named(arguments), context.text), call)
    return True


LUA = LanguageRules(
    "tree_sitter_lua",
    {
        "comment": Plain.COMMENT,
        "function_declaration": Read(_lua_function),
        "variable_declaration": Read(_lua_assignment),
        "assignment_statement": Read(_lua_assignment),
        "do_statement": Plain.OPEN,
        "block": Plain.OPEN,
    },
)


def _bash_command(node: Node, context: Context) -> Sequence[Found]:
    """Read ``source file`` and ``alias name=...``."""
    name = node.child_by_field_name("name")
    word = text_of(name, context.text) if name is not None else ""
    if word not in ("source", ".", "alias"):
        return ()
    argument = node.child_by_field_name("argument")
    if argument is None:
        return ()
    if word != "alias":
        context.imports(quoted(argument, context.text), node)
        return ()
    found = named(node, argument, "function", context)
    return [one._replace(name=one.name.partition("=")[0].strip("\"'")) for one in found]


def _bash_variables(node: Node, context: Context) -> Sequence[Found]:
    if context.local:
        return ()
    assignments = [node] if node.type == "variable_assignment" else []
    assignments = assignments or [child for child in node.children if child.type == "variable_assignment"]
    constant = context.text.startswith((b"readonly", b"declare -r"), node.start_byte)
    names = [assignment.child_by_field_name("name") for assignment in assignments]
    plain = [name for name in names if name is not None and name.type == "variable_name"]
    return [
        one for name in plain for one in named(node, name, "constant" if constant else "variable", context)
    ]


BASH = LanguageRules(
    "tree_sitter_bash",
    {
        "comment": Plain.COMMENT,
        "function_definition": Define("function"),
        "variable_assignment": Read(_bash_variables),
        "declaration_command": Read(_bash_variables),
        "command": Read(_bash_command),
        "if_statement": Plain.OPEN,
        "else_clause": Plain.OPEN,
        "elif_clause": Plain.OPEN,
        "compound_statement": Plain.OPEN,
    },
)
