"""Reads one recipe: Markdown, with YAML front matter that says its context and what its answer may be.

A file is data. It can declare context and a prompt, nothing else: a key that would name a program, a server or a model
is an error, whoever wrote it. Every error names the file and the line.
"""

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any

import yaml

from assistant.recipes.errors import RecipeFileError
from assistant.recipes.model import (
    ContextSource,
    Mode,
    Origin,
    Output,
    OutputFormat,
    Parameter,
    Recipe,
    SourceKind,
)

MAX_RECIPE_BYTES = 65_536
PROVIDED = frozenset({"target", "path", "language", "symbol", "lines", "selection"})
"""Names that a prompt may use besides its parameters."""

_KEYS = ("name", "description", "mode", "context", "parameters", "temperature", "max_tokens", "output")
_PARAMETER_KEYS = ("description", "default", "choices")
_OUTPUT_KEYS = ("format", "cite", "max_words", "only_comments")
_FORBIDDEN = {
    "program": "command run exec shell script hook hooks pre post tool tools".split(),
    "server or a model": "endpoint url backend model host proxy headers key api_key key_env".split(),
}
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_WITH_ARGUMENT = re.compile(r'(query|file):\s*"(.+)"\Z', re.DOTALL)
_MAX_TOKENS = 100_000
_MAX_FRONT_CHARS, _MAX_BRACKETS = 16_000, 100
"""The time to read YAML grows with the square of its depth, and a repository's file comes from anyone."""


def parse_recipe(text: str, *, file: str, origin: Origin, default_name: str = "") -> Recipe:
    """Read a recipe.

    :param file: what errors call the file.
    :param default_name: the recipe's name if its file gives none.
    :raises RecipeFileError: naming the file, the line and what is wanted.
    """
    front, body, first_line = _split(text, file)
    table = _Table.of_document(front, file)
    table.check_keys(_KEYS, "a recipe")
    name = table.text("name", default_name)
    if not _NAME.match(name):
        raise table.error(
            f'"{name}" is no name for a recipe; use lower-case words joined with "-"', table.line("name")
        )
    parameters = _parameters(table)
    allowed = {*parameters, *PROVIDED}
    prompt = body.strip("\n")
    if not prompt.strip():
        raise table.error(
            "there is no prompt after the front matter; write what the model is to do", first_line
        )
    _check_placeholders(table, body, first_line, allowed)
    return Recipe(
        name=name,
        description=table.text("description"),
        prompt=prompt,
        origin=origin,
        file=file,
        mode=Mode(table.choice("mode", [mode.value for mode in Mode], Mode.ANSWER.value)),
        context=_context(table, allowed),
        parameters=MappingProxyType(parameters),
        temperature=table.number("temperature", 0.0, 2.0),
        max_tokens=table.whole("max_tokens", 1, _MAX_TOKENS),
        output=_output(table),
    )


def fill(template: str, values: dict[str, str]) -> str:
    """Put values in the place of ``{{names}}``; values are not looked into for further names.

    :raises KeyError: for a name without a value; a parsed recipe names only what it may.
    """
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)


def names_in(template: str) -> frozenset[str]:
    """Return the names whose values :func:`fill` puts in."""
    return frozenset(match.group(1) for match in _PLACEHOLDER.finditer(template))


def _split(text: str, file: str) -> tuple[str, str, int]:
    """Return the front matter, the prompt, and the line where the prompt starts."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        raise RecipeFileError(file, 1, 'a recipe starts with front matter; begin with a line "---"')
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    raise RecipeFileError(file, 1, 'the front matter does not end; close it with a line "---"')


class _Table:
    """One mapping of the front matter while it is read; knows the line of each key."""

    def __init__(self, values: dict[Any, Any], lines: dict[str, int], node: yaml.Node, file: str) -> None:
        self._values, self._lines, self._node, self._file = values, lines, node, file

    @classmethod
    def of_document(cls, front: str, file: str) -> "_Table":
        if len(front) > _MAX_FRONT_CHARS or sum(map(front.count, "[{")) > _MAX_BRACKETS:
            raise RecipeFileError(file, 2, "the front matter is too long or too deep; keep it to a few lines")
        try:
            loader = yaml.SafeLoader(front)
            try:
                if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(front)):
                    raise RecipeFileError(
                        file, 1, "aliases (*name) are not used in recipes; write the value out"
                    )
                node = loader.get_single_node()
                values = loader.construct_document(node) if node is not None else {}
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 2 if mark else 2
            raise RecipeFileError(file, line, f"the front matter is no YAML: {error.problem}") from error
        except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
            raise RecipeFileError(file, 2, f"the front matter is no YAML: {error}") from error
        if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
            raise RecipeFileError(file, 2, 'the front matter must hold lines such as "description: ..."')
        return cls(values, _key_lines(node, file), node, file)

    def error(self, problem: str, line: int) -> RecipeFileError:
        return RecipeFileError(self._file, line, problem)

    def line(self, key: str) -> int:
        return self._lines.get(key, self._node.start_mark.line + 2)

    def wrong(self, key: str, wanted: str) -> RecipeFileError:
        return self.error(f'"{key}" must be {wanted}', self.line(key))

    def check_keys(self, known: Sequence[str], what: str) -> None:
        for key in self._values:
            if key in known:
                continue
            line = self._lines.get(str(key), self.line(""))
            for thing, words in _FORBIDDEN.items():
                if str(key).lower().replace("-", "_") in words:
                    raise self.error(
                        f'"{key}" is not allowed: {what} names no {thing}; remove the line', line
                    )
            raise self.error(f'unknown key "{key}"{near(str(key), known)}', line)

    def get(self, key: str) -> Any:  # noqa: ANN401 - what YAML gave
        return self._values.get(key)

    def node(self, key: str) -> yaml.Node | None:
        assert isinstance(self._node, yaml.MappingNode)
        return next((value for name, value in self._node.value if name.value == key), None)

    def table(self, key: str) -> "_Table | None":
        value, node = self.get(key), self.node(key)
        if value is None or node is None:
            return None
        if not isinstance(value, dict) or not isinstance(node, yaml.MappingNode):
            raise self.wrong(key, 'a table of lines such as "name: value"')
        return _Table(value, _key_lines(node, self._file), node, self._file)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.get(key)
        if value is None and default:
            return default
        if value is None:
            raise self.error(f'"{key}" is missing; add a line "{key}: ..."', self.line(key))
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, "a text")
        return value.strip()

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        value = self.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in choices:
            raise self.error(
                f'"{key}" must be one of {", ".join(choices)}{near(str(value), choices, listed=False)}',
                self.line(key),
            )
        return value

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong(key, f"a number from {least:g} to {most:g}")
        if not least <= value <= most:
            raise self.wrong(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def whole(self, key: str, least: int, most: int) -> int | None:
        value = self.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least:,} to {most:,}")
        return value

    def switch(self, key: str) -> bool:
        value = self.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return bool(value)


def _key_lines(node: yaml.MappingNode, file: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2  # the "---" above, and marks count from 0
        if str(key.value) in lines:
            raise RecipeFileError(file, line, f'"{key.value}" is given twice; keep one of them')
        lines[str(key.value)] = line
    return lines


def near(word: str, known: Iterable[str], *, listed: bool = True) -> str:
    """Return what to append to a message about an unknown word."""
    known = list(known)
    found = difflib.get_close_matches(word, known, 1)
    if found:
        return f'; did you mean "{found[0]}"?'
    return f"; known are {', '.join(known)}" if listed else ""


def _parameters(table: _Table) -> dict[str, Parameter]:
    given = table.table("parameters")
    if given is None:
        return {}
    parameters = {}
    for name, value in (table.get("parameters") or {}).items():
        if not isinstance(name, str) or not _PARAMETER_NAME.match(name) or name in PROVIDED:
            raise table.error(f'"{name}" is no name for a parameter', given.line(str(name)))
        if value is None or isinstance(value, str | int | float):
            default = None if value is None else _plain(value)
            parameters[name] = Parameter(name, default=default)
            continue
        entry = given.table(name)
        assert entry is not None
        entry.check_keys(_PARAMETER_KEYS, "a parameter")
        choices = entry.get("choices") or []
        if not isinstance(choices, list) or not all(isinstance(item, str | int | float) for item in choices):
            raise entry.wrong("choices", "a list of texts")
        words = tuple(_plain(item) for item in choices)
        preset = entry.get("default")
        if preset is not None and not isinstance(preset, str | int | float):
            raise entry.wrong("default", "a text")
        if preset is not None and words and _plain(preset) not in words:
            raise entry.wrong("default", f"one of {', '.join(words)}")
        described = entry.text("description", " ").strip()
        parameters[name] = Parameter(name, described, None if preset is None else _plain(preset), words)
    return parameters


def _plain(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _context(table: _Table, allowed: set[str]) -> tuple[ContextSource, ...]:
    value, node = table.get("context"), table.node("context")
    if value is None:
        return ()
    if not isinstance(value, list) or not isinstance(node, yaml.SequenceNode):
        raise table.wrong("context", 'a list such as [selection, callers, query: "..."]')
    sources = []
    for item, item_node in zip(value, node.value, strict=True):
        line = item_node.start_mark.line + 2
        source = _source(table, item, line)
        _check_placeholders(table, source.argument, line, allowed)
        if source not in sources:
            sources.append(source)
    return tuple(sources)


def _source(table: _Table, item: object, line: int) -> ContextSource:
    if isinstance(item, str) and (match := _WITH_ARGUMENT.match(item)):
        item = {match.group(1): match.group(2)}
    if isinstance(item, dict) and len(item) == 1:
        ((word, argument),) = item.items()
        if word in ("query", "file") and isinstance(argument, str) and argument.strip():
            return ContextSource(SourceKind(word), argument.strip())
        item = str(word)
    kinds = [kind.value for kind in SourceKind]
    if not isinstance(item, str) or item not in kinds:
        raise table.error(f'unknown context "{item}"{near(str(item), kinds)}', line)
    if item == "query":
        raise table.error('"query" needs what to look for: query: "..."', line)
    return ContextSource(SourceKind(item))


def _output(table: _Table) -> Output:
    given = table.table("output")
    if given is None:
        return Output()
    given.check_keys(_OUTPUT_KEYS, "an output")
    formats = [form.value for form in OutputFormat]
    return Output(
        format=OutputFormat(given.choice("format", formats, OutputFormat.TEXT.value)),
        cite=given.switch("cite"),
        max_words=given.whole("max_words", 1, _MAX_TOKENS),
        only_comments=given.switch("only_comments"),
    )


def _check_placeholders(table: _Table, text: str, first_line: int, allowed: set[str]) -> None:
    for match in _PLACEHOLDER.finditer(text):
        if match.group(1) not in allowed:
            line = first_line + text.count("\n", 0, match.start())
            raise table.error(
                f'"{{{{{match.group(1)}}}}}" stands for nothing{near(match.group(1), sorted(allowed))}', line
            )
