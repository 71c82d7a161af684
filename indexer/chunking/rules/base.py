"""The vocabulary in which a language's rules are written.

A language is a table from node types of its grammar to rules; `indexer.chunking.syntax` walks a tree by it.
What a table cannot say, a reader function does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple, Protocol

from tree_sitter import Node


class Inside(IntEnum):
    """What a definition's body is to the definitions in it."""

    NOTHING = 0  # a body in which nothing is looked for unless it is too large for one chunk
    LOCAL = 1  # a function's body: functions and types directly in it are definitions, its variables are not
    TYPE = 2  # members of a type
    SPACE = 3  # a namespace, module or package: does not count as depth
    SAME = 4  # looked through: neither depth nor what members are changes
    CALLBACK = 5  # the body of a function that is passed on: local, but does not count as depth


class Found(NamedTuple):
    """One definition that a reader found.

    :param node: the node whose span the definition takes.
    :param name: its bare name; empty for a body that is looked into without being a definition.
    :param at: byte of the name.
    :param body: where members and the end of the signature are, None when it has no body.
    :param scope: scope to add to the enclosing one: the type that an out-of-line method belongs to.
    """

    node: Node
    name: str
    at: int
    kind: str
    body: Node | None = None
    scope: str = ""
    inside: Inside = Inside.NOTHING


class Context(Protocol):
    """What a reader may ask of the walk that calls it."""

    text: bytes
    local: bool
    in_type: bool

    def comment(self, node: Node) -> None:
        """Note documentation that is not a comment node, such as a docstring."""

    def imports(self, module: str, node: Node, names: tuple[str, ...] = ()) -> None:
        """Note an import that is not an import node, such as a call of ``require``; ``names`` if it exports them."""


Reader = Callable[[Node, Context], Sequence[Found] | None]
"""Reads the definitions of a node; None glues the node to what follows it, like a decorator."""

ImportReader = Callable[[Node, bytes], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Define:
    """A node that is a definition.

    :param name: the field that holds the name, or the type of the child that does.
    :param body: the field or the child types (separated by spaces) that hold the body.
    """

    kind: str
    name: str = "name"
    body: str = "body"
    inside: Inside = Inside.NOTHING


@dataclass(frozen=True, slots=True)
class Read:
    """A node whose definitions a function reads."""

    reader: Reader


@dataclass(frozen=True, slots=True)
class Imports:
    """A node that imports.

    :param exports: reads the names that it exports again, where the language has that.
    """

    reader: ImportReader
    exports: ImportReader | None = None


class Plain(Enum):
    """Rules without parameters."""

    COMMENT = "comment"  # glued to what follows it
    LEAD = "lead"  # an attribute or decorator that is a sibling: part of the definition that follows
    OPEN = "open"  # looked through: its children count as siblings of its neighbours
    WRAP = "wrap"  # part of the one definition in it: export, decorators, template header
    GROUP = "group"  # holds definitions that stand for themselves: Go's ``const ( ... )``


Rule = Define | Read | Imports | Plain


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """How a language's tree is read.

    :param module: the Python module of the grammar's wheel.
    :param rules: node type to rule; types without a rule are plain statements.
    :param function: the name in the module of the function that gives the grammar.
    :param merges_clauses: neighbours of one name are one definition (Haskell's equations, Elixir's clauses).
    :param prepare: changes the text before it is parsed, every byte staying at its place.
    """

    module: str
    rules: Mapping[str, Rule] = field(default_factory=dict)
    function: str = "language"
    merges_clauses: bool = False
    prepare: Callable[[bytes], bytes] | None = None


def text_of(node: Node, text: bytes) -> str:
    """Give the source text of a node; bytes that are not UTF-8 are replaced."""
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def first_named(node: Node | None) -> Node | None:
    """Give the first named child; None when there is none."""
    return node.named_child(0) if node is not None and node.named_child_count else None


def first_child(node: Node) -> Node | None:
    """Give the first child, tokens included; None when there is none."""
    return node.child(0) if node.child_count else None


def child_of_type(node: Node, *types: str) -> Node | None:
    """Give the first child of one of the types."""
    for child in node.children:
        if child.type in types:
            return child
    return None


def named(
    node: Node,
    name: Node | None,
    kind: str,
    context: Context,
    body: Node | None = None,
    scope: str = "",
    inside: Inside = Inside.NOTHING,
) -> tuple[Found, ...]:
    """Make the one definition of a node, none when the name is missing."""
    if name is None or name.start_byte == name.end_byte:
        return ()
    return (Found(node, text_of(name, context.text), name.start_byte, kind, body, scope, inside),)


def quoted(node: Node | None, text: bytes) -> str:
    """Give a string literal's content without its quotes or angle brackets."""
    return text_of(node, text).strip("\"'`<>") if node is not None else ""
