"""What the benchmark's parts hand to each other: files of projects, queries with their truth, findings of detectors.

A data set on disk is a folder: `corpus/OWNER+NAME/...` and `negatives/OWNER+NAME/...` hold the files, `queries.jsonl` a
query a line, `set.json` how it was made. Lines count from 1 and include the last; a file is named by its path under
`corpus` or `negatives`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

LANGUAGES: tuple[str, ...] = ("python", "javascript", "java", "go")
LENGTHS = (3, 5, 6, 10, 20)


class Kind(StrEnum):
    """What was done to a fragment, or why a query holds no copy."""

    VERBATIM = "verbatim"
    REFORMATTED = "reformatted"
    COMMENTS = "comments changed"
    RENAMED = "locals renamed"
    EDITED = "a line changed in six"
    FRAGMENT = "unseen fragment"
    BOILERPLATE = "boilerplate"


COPIES = (Kind.VERBATIM, Kind.REFORMATTED, Kind.COMMENTS, Kind.RENAMED, Kind.EDITED)


class Form(StrEnum):
    """Whether a query is the fragment alone, or a file of another project that holds it."""

    BARE = "bare"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a corpus file."""

    file: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Query:
    """A text to look up.

    :param code_lines: Lines of the fragment that hold code, before anything was done to it.
    :param tokens: Tokens of the fragment, without comments.
    :param start_line: The lines of the fragment within `text`.
    :param sources: Every place of the corpus that holds the fragment's tokens; empty for a negative.
    :param note: Where it was cut from, or the sort of boilerplate.
    """

    id: str
    language: str
    kind: Kind
    form: Form
    code_lines: int
    tokens: int
    suffix: str
    text: str
    start_line: int
    end_line: int
    sources: tuple[Span, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector says about a query.

    :param level: ``warning`` or ``hint``; detectors with one level only warn.
    :param source: The place that it names first.
    :param others: Further places that it names.
    """

    query: str
    level: str
    start_line: int
    end_line: int
    source: Span
    others: tuple[Span, ...] = ()


def write_queries(queries: Iterable[Query], file: Path) -> None:
    """Write a query a line."""
    with file.open("w", encoding="utf-8") as stream:
        for query in queries:
            stream.write(json.dumps(asdict(query), ensure_ascii=False) + "\n")


def read_queries(file: Path) -> Iterator[Query]:
    """Read what `write_queries` wrote."""
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            row["sources"] = tuple(Span(**span) for span in row["sources"])
            yield Query(**{**row, "kind": Kind(row["kind"]), "form": Form(row["form"])})
