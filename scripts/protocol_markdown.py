"""The protocol's methods and the settings, for ``docs/protocol.md``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any, get_args

from lsp.protocol.declared import CHAPTERS
from lsp.protocol.method import Kind, Method
from lsp.settings import Setting, all_settings
from lsp.wire import encode
from scripts.protocol_shapes import UNIONS, TypeForm, all_types, doc_line, members, name_of
from scripts.protocol_typescript import expression

_COLUMNS = 100


def methods() -> str:
    """Every method, by chapters, and the types that they use."""
    blocks = []
    for title, declared in CHAPTERS:
        blocks.append(f"### {title}\n")
        blocks += [_method(method) for method in declared]
    return "\n".join([*blocks, "### Types\n", *(_type(kind) for kind in all_types())]).strip()


def settings() -> str:
    """A table of the settings."""
    rows = [_row(setting) for setting in all_settings()]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows])


def _method(method: Method[Any, Any]) -> str:
    lines = [
        f"#### {method.name}\n",
        f"*{method.kind.value.capitalize()}, {method.direction.value}.* {method.doc}\n",
    ]
    params = f"`{name_of(method.params)}`" if method.params else "none"
    facts = [f"- Parameters: {params}"]
    if method.kind is Kind.REQUEST:
        result = f"`{name_of(method.result)}`" if method.result else "`null`"
        facts.append(f"- Result: {result}{' or `null`' if method.nullable and method.result else ''}")
    if method.streamed is not None:
        facts.append(f"- `$/progress` brings: `{expression(method.streamed).removeprefix('readonly ')}`")
    lines.append("\n".join(facts) + "\n")
    message = {"method": method.name, "params": encode(method.example)}
    lines.append(f"```json\n{_json(message)}\n```\n")
    if method.streamed_example is not None:
        lines.append(
            f"While it works, for the token that was given:\n\n```json\n{_json(encode(method.streamed_example))}\n```\n"
        )
    if method.kind is Kind.REQUEST:
        lines.append(f"Answer:\n\n```json\n{_json(encode(method.answer))}\n```\n")
    return "\n".join(lines)


def _type(kind: TypeForm) -> str:
    if kind in UNIONS:
        name, doc = UNIONS[kind]
        kinds = ", ".join(f"`{name_of(item)}`" for item in get_args(kind))
        return f"**{name}**: {doc} One of {kinds}; `kind` tells which.\n"
    if isinstance(kind, type) and issubclass(kind, Enum):
        values = ", ".join(f"`{item.value}`" for item in kind)
        return f"**{name_of(kind)}**: {doc_line(kind)} One of {values}.\n"
    rows = [
        f"| `{item.name}{'?' if item.optional else ''}` | `{_cell(expression(item.kind))}` | {_cell(item.doc)} |"
        for item in members(kind)
    ]
    return (
        "\n".join([f"**{name_of(kind)}**: {doc_line(kind)}\n", "| field | type | |", "|---|---|---|", *rows])
        + "\n"
    )


def _cell(text: str) -> str:
    return text.replace("readonly ", "").replace("|", "\\|")


def _row(setting: Setting) -> str:
    extra = _choices(setting)
    if setting.minimum is not None:
        extra = f" From {setting.minimum:g} to {setting.maximum:g}."
    if setting.scope == "machine":
        extra += " Not to be decided by a workspace."
    return f"| `{setting.key}` | `{json.dumps(encode(setting.default))}` | {_cell(setting.doc)}{extra} |"


def _choices(setting: Setting) -> str:
    if isinstance(setting.default, Enum):
        kinds: Iterable[Enum] = type(setting.default)
        return f" One of {', '.join(f'`{item.value}`' for item in kinds)}."
    return ""


def _json(value: object, indent: str = "") -> str:
    """JSON in as few lines as fit."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= _COLUMNS or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}: {_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner + item for item in items) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _json(item, inner) for item in value) + f"\n{indent}]"
