"""The boilerplate set: texts that everybody writes alike, on which a warning is wrong whatever the corpus holds.

Licence headers, imports, argument parsing, accessors, equality, stubs, tables and framework templates of each language,
in `boilerplate_texts/LANGUAGE.txt`, each under a line `=== sort: name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.copies.model import LANGUAGES, Form, Kind, Query

_FOLDER = Path(__file__).with_name("boilerplate_texts")
_MARK = re.compile(r"^=== ", re.MULTILINE)
_SUFFIX = {"python": ".py", "javascript": ".js", "java": ".java", "go": ".go"}
SORTS = (
    "licence header",
    "imports",
    "argument parsing",
    "accessors",
    "equals",
    "stubs",
    "tables",
    "template",
)


def queries() -> Iterator[Query]:
    """A query a text; `note` is its sort and name."""
    for language in LANGUAGES:
        texts = _MARK.split((_FOLDER / f"{language}.txt").read_text("utf-8"))[1:]
        for number, entry in enumerate(texts):
            title, _, text = entry.partition("\n")
            yield Query(
                id=f"{language}/{Kind.BOILERPLATE}/{number}/bare",
                language=language,
                kind=Kind.BOILERPLATE,
                form=Form.BARE,
                code_lines=sum(1 for line in text.split("\n") if line.strip()),
                tokens=0,
                suffix=_SUFFIX[language],
                text=text,
                start_line=1,
                end_line=text.count("\n"),
                sources=(),
                note=title,
            )
