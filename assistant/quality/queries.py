"""What is asked and what answers it: queries derived from a repository, with their known targets.

No index and no file is read here; :mod:`assistant.quality.documentation`, :mod:`assistant.quality.names`,
:mod:`assistant.quality.commits` and :mod:`assistant.quality.sections` make them.
"""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

_Item = TypeVar("_Item")


class Kind(enum.Enum):
    """What a query was derived from."""

    DOCUMENTATION = "documentation"
    """The first sentence of a documentation comment, which is masked in what is searched."""
    CHANGE = "change"
    """The subject of a later commit; the files that it changed are the targets."""
    SECTION = "section"
    """The first sentence of a section of the documents; the files that define what it names are the targets."""
    SYMBOL = "symbol"
    """The name of a definition."""
    WORDS = "words"
    """The words of a compound name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file that answers.

    :param lines: first and last line, 1-based and inclusive; None where only the file is known.
    """

    path: str
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DerivedQuery:
    """A query with its known answers, at least one.

    :param language: of the first target's file.
    """

    text: str
    kind: Kind
    language: str
    targets: tuple[Target, ...]

    def as_row(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        targets: list[dict[str, Any]] = []
        for target in self.targets:
            lines = {} if target.lines is None else {"start": target.lines[0], "end": target.lines[1]}
            targets.append({"path": target.path, **lines})
        return {"query": self.text, "kind": self.kind.value, "language": self.language, "targets": targets}


def query_from_row(row: dict[str, Any]) -> DerivedQuery:
    """Return the query that :meth:`DerivedQuery.as_row` was called on."""
    targets = tuple(
        Target(target["path"], (target["start"], target["end"]) if "start" in target else None)
        for target in row["targets"]
    )
    return DerivedQuery(row["query"], Kind(row["kind"]), row["language"], targets)


def sampled(items: Iterable[_Item], key: Callable[[_Item], str], count: int) -> list[_Item]:
    """Choose items by a hash of their key, so that nearly the same ones are chosen when a few come or go."""
    ordered = sorted(items, key=lambda item: blake2b(key(item).encode("utf-8", "replace")).digest())
    return ordered[:count]
