"""YAML with the line of every value, so that a message can say where.

PyYAML's safe loader composes the nodes; nothing is constructed but texts, numbers, booleans, lists and mappings. A file
comes from anyone: its size, depth and number of values (aliases followed) are bounded.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from assistant.evaluation.errors import CaseFileError

_MAX_BYTES = 2_000_000
_MAX_DEPTH = 40
_MAX_VALUES = 100_000
_PLAIN = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str"))
_DATES = "tag:yaml.org,2002:timestamp"
_MERGE = "tag:yaml.org,2002:merge"


class Value:
    """A value of the file and where it stands."""

    __slots__ = ("data", "file", "items", "line", "members")

    def __init__(self, file: str, line: int, data: object) -> None:
        self.file = file
        self.line = line
        """1-based."""
        self.data = data
        """What the safe loader makes of a scalar; None for a list or mapping."""
        self.items: list[Value] | None = None
        self.members: dict[str, Value] | None = None

    def wrong(self, problem: str) -> CaseFileError:
        """Return the error that says what is wrong here."""
        return CaseFileError(self.file, self.line, problem)

    def plain(self) -> Any:  # noqa: ANN401 - a YAML value
        """Return the value as Python's own types."""
        if self.members is not None:
            return {name: value.plain() for name, value in self.members.items()}
        if self.items is not None:
            return [item.plain() for item in self.items]
        return self.data


def read_yaml(path: Path) -> Value:
    """Read a YAML file.

    :raises CaseFileError: if it is no YAML, has a key twice, or is too large or deep.
    :raises OSError: if it cannot be read.
    """
    file = str(path)
    with path.open("rb") as opened:
        content = opened.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise CaseFileError(file, 1, f"larger than {_MAX_BYTES:,} bytes; split it")
    try:
        loader = yaml.SafeLoader(content.decode("utf-8-sig"))
        try:
            node = loader.get_single_node()
            if node is None:
                raise CaseFileError(file, 1, 'nothing in it; write "cases:" and a list of cases')
            return _Reader(file, loader).value(node, 0)
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        raise CaseFileError(
            file, content[: error.start].count(b"\n") + 1, "not UTF-8; save it as UTF-8"
        ) from error
    except yaml.YAMLError as error:
        raise _syntax(file, error) from error
    except RecursionError as error:
        raise CaseFileError(file, 1, "nested too deeply; write it flatter") from error


def _syntax(file: str, error: yaml.YAMLError) -> CaseFileError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return CaseFileError(file, mark.line + 1 if mark else 1, f"not valid YAML: {problem}; correct it")


class _Reader:
    """Turns nodes into values."""

    def __init__(self, file: str, loader: yaml.SafeLoader) -> None:
        self._file = file
        self._loader = loader
        self._count = 0

    def value(self, node: yaml.Node, depth: int) -> Value:
        line = node.start_mark.line + 1
        self._count += 1
        if depth > _MAX_DEPTH or self._count > _MAX_VALUES:
            raise CaseFileError(self._file, line, "nested too deeply or too many values; write it flatter")
        made = Value(self._file, line, None)
        if isinstance(node, yaml.MappingNode):
            made.members = {}
            for key, value in self._pairs(node, depth):
                if key in made.members:
                    raise CaseFileError(self._file, value.line, f'"{key}" stands here twice; keep one')
                made.members[key] = value
        elif isinstance(node, yaml.SequenceNode):
            made.items = [self.value(item, depth + 1) for item in node.value]
        else:
            made.data = self._scalar(node, line)
        return made

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Value]]:
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                raise CaseFileError(self._file, key.start_mark.line + 1, "a key must be a plain word")
            made = self.value(value, depth + 1)
            if not isinstance(value, yaml.CollectionNode) and not value.value:
                made.line = key.start_mark.line + 1  # an empty value begins on the next line
            yield str(key.value), made

    def _scalar(self, node: yaml.Node, line: int) -> object:
        if node.tag == _DATES:
            return node.value  # a day is a text here
        if node.tag not in _PLAIN:
            raise CaseFileError(
                self._file, line, f"{node.tag} is not for this file; write a text, number or list"
            )
        try:
            return self._loader.construct_object(node)
        except ValueError as error:
            raise CaseFileError(
                self._file, line, f"{node.value} is no value; put quotes around it"
            ) from error
