"""Frozen dataclasses from JSON and to JSON: names in camelCase there, None left out, errors name the wrong value."""

import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin

T = TypeVar("T")


class WireError(ValueError):
    """A message that is not what its method takes; says where it is wrong."""


@cache
def camel(name: str) -> str:
    """Return a field's name as messages have it."""
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name.rstrip("_"))


@cache
def field_types(cls: type) -> dict[str, Any]:
    """Return the types of a dataclass' fields."""
    return typing.get_type_hints(cls)


def decode(cls: type[T], data: object) -> T:
    """Make a dataclass of a JSON object; fields that it does not have are ignored.

    :raises WireError: if a field is missing or of another type.
    """
    made: T = _decode(cls, data, "params")
    return made


def encode(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return what stands for a value in JSON."""
    if value is None or (isinstance(value, str | int | float | bool) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {
            camel(item.name): encode(content)
            for item in fields(value)
            if (content := getattr(value, item.name)) is not None
        }
    if isinstance(value, Mapping):
        return {str(key): encode(content) for key, content in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _decode(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401 - any type of a field
    if kind is Any or kind is object:
        return data
    if is_dataclass(kind):
        return _dataclass(kind, data, where)
    origin = get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(get_args(kind), data, where)
    if origin is Literal:
        if data not in get_args(kind):
            raise WireError(f"{where} must be one of {', '.join(map(repr, get_args(kind)))}")
        return data
    if origin is tuple:
        if not isinstance(data, list):
            raise WireError(f"{where} must be a list")
        (item,) = (arg for arg in get_args(kind) if arg is not Ellipsis)
        return tuple(_decode(item, value, f"{where}[{number}]") for number, value in enumerate(data))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, dict):
            raise WireError(f"{where} must be an object")
        return {key: _decode(get_args(kind)[1], value, f"{where}.{key}") for key, value in data.items()}
    return _plain(kind, data, where)


_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


def _plain(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401
    if isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError:
            known = ", ".join(repr(item.value) for item in kind)
            raise WireError(f"{where} must be one of {known}") from None
    fits = isinstance(data, kind) and (kind is bool or not isinstance(data, bool))
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not fits:
        raise WireError(f"{where} must be {_NAMES.get(kind, kind.__name__)}")
    return data


def _dataclass(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401
    if data is None and all(item.default is not MISSING for item in fields(kind)):
        data = {}
    if not isinstance(data, dict):
        raise WireError(f"{where} must be an object")
    hints, found = field_types(kind), {}
    for item in fields(kind):
        name = camel(item.name)
        if name in data and not (data[name] is None and item.default is not MISSING):
            found[item.name] = _decode(hints[item.name], data[name], f"{where}.{name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise WireError(f"{where}.{name} is missing")
    return kind(**found)


def _union(kinds: Sequence[Any], data: object, where: str) -> Any:  # noqa: ANN401
    if data is None and type(None) in kinds:
        return None
    problems = []
    for kind in kinds:
        if kind is not type(None):
            try:
                return _decode(kind, data, where)
            except WireError as error:
                problems.append(str(error))
    raise WireError(problems[0] if len(problems) == 1 else f"{where} fits nothing: {'; '.join(problems)}")
