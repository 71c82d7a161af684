"""What types the protocol's declarations use, in an order in which each comes before what needs it."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from lsp.protocol import answers
from lsp.protocol.declared import declared
from lsp.schema import doc_of
from lsp.settings import EditorSettings
from lsp.wire import camel, field_types

TypeForm = Any
"""A type as a value: a class, a union, `tuple[int, ...]`."""

UNIONS: dict[Any, tuple[str, str]] = {
    answers.AnswerEvent: (
        "AnswerEvent",
        "What happens while a question is answered; the texts, joined, are the answer.",
    )
}
"""Unions that have a name, and what they are."""


@dataclass(frozen=True)
class Member:
    """A field of an object."""

    name: str
    kind: Any
    doc: str
    optional: bool


def name_of(kind: TypeForm) -> str:
    """The name of a dataclass or enumeration in the protocol."""
    return str(kind.__name__)


def doc_line(kind: TypeForm) -> str:
    """The first paragraph of what is said about a type, as one line."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def members(kind: TypeForm) -> list[Member]:
    """The fields of a dataclass as they are sent."""
    hints = field_types(kind)
    return [
        Member(camel(item.name), hints[item.name], doc_of(item), _is_optional(item, hints[item.name]))
        for item in fields(kind)
    ]


def _is_optional(item: Field[Any], kind: TypeForm) -> bool:
    if _origin(kind) is Literal:
        return False
    return item.default is not MISSING or item.default_factory is not MISSING


def _origin(kind: TypeForm) -> TypeForm:
    return get_origin(kind)


def all_types() -> list[Any]:
    """Every dataclass, enumeration and named union that a method uses."""
    found: dict[Any, None] = {}
    for method in declared():
        for kind in (method.params, method.result, method.streamed):
            for used in _used(kind):
                found.setdefault(used)
    return list(found)


def settings_types() -> list[TypeForm]:
    """Every dataclass and enumeration that the editor's settings use."""
    return list(dict.fromkeys(_used(EditorSettings)))


def _used(kind: TypeForm) -> Iterator[Any]:
    if kind is None:
        return
    if is_dataclass(kind):
        for member in members(kind):
            yield from _used(member.kind)
        yield kind
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield kind
    else:
        for inner in get_args(kind):
            if _origin(kind) is not Literal:
                yield from _used(inner)
        if kind in UNIONS:
            yield kind


def parts(kind: TypeForm) -> tuple[str, tuple[Any, ...]]:
    """What a type is made of: a word for how, and of what."""
    origin = _origin(kind)
    if kind in UNIONS:
        return "named", (kind,)
    if origin in (typing.Union, types.UnionType):
        return "union", get_args(kind)
    if origin is Literal:
        return "literal", get_args(kind)
    if origin is tuple:
        return "list", (get_args(kind)[0],)
    if origin is not None and issubclass(origin, Mapping):
        return "map", (get_args(kind)[1],)
    if is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return "type", (kind,)
    return "plain", (kind,)
