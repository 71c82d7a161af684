"""Queries from documents: which sections are asked, and which files answer."""

from pathlib import Path

import pytest

from assistant.engine import Engine
from assistant.quality.queries import DerivedQuery, Kind
from assistant.quality.sections import section_queries, sections
from tests.assistant.search_support import engine_in, write_files

GUIDE = """# Acme

```python
# no heading
```

## Retrying

Failed calls are tried again after a while. The wait of `Backoff` grows.

## Installing

Install it with the package manager of your choice.

## Storage

Everything is kept in one file on the disk, see `open_store()`.

## Moving data

Rows are moved from one place to another by [the mover](src/mover.py).

## Nothing

This section names no file and no name at all.
"""

FILES = {
    "docs/guide.md": GUIDE,
    "src/backoff.py": "class Backoff:\n    def wait(self):\n        return 2\n",
    "src/mover.py": "def move_rows(rows):\n    return rows\n",
    "src/one.py": "def open_store():\n    return 1\n",
    "src/two.py": "def open_store():\n    return 2\n",
    "tests/test_backoff.py": "class Backoff:\n    pass\n",
}


@pytest.fixture
def found(tmp_path: Path) -> list[tuple[DerivedQuery, str, tuple[int, int]]]:
    """The queries of a small repository, of its documents."""
    root = tmp_path / "acme"
    write_files(root, FILES)
    engine: Engine = engine_in(tmp_path)
    engine.update(root)
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    return section_queries(snapshot, root, 10)


def test_a_section_asks_for_the_files_that_it_names_or_that_define_what_it_names(
    found: list[tuple[DerivedQuery, str, tuple[int, int]]],
) -> None:
    asked = {query.text: [target.path for target in query.targets] for query, *_ in found}
    assert asked == {
        "Failed calls are tried again after a while": ["src/backoff.py"],
        "Rows are moved from one place to another by the mover": ["src/mover.py"],
    }
    assert {query.kind for query, *_ in found} == {Kind.SECTION}


def test_the_paragraph_is_given_to_be_masked(found: list[tuple[DerivedQuery, str, tuple[int, int]]]) -> None:
    text = GUIDE.encode()
    paragraphs = {text[start:end] for _, path, (start, end) in found if path == "docs/guide.md"}
    assert b"Failed calls are tried again after a while. The wait of `Backoff` grows.\n" in paragraphs


def test_a_sentence_with_a_link_to_elsewhere_is_not_asked() -> None:
    text = b"# A\n\nThis is explained at length at https://example.org/x by others.\n"
    assert list(sections(text)) == []


def test_lines_in_fences_are_no_headings_and_no_prose() -> None:
    (section,) = sections(
        b"# A\n\nThe words of this sentence.\n\n```\n# B\n\nThe words of the example here.\n```\n"
    )
    assert section.sentence == "The words of this sentence"
    assert "example" not in section.prose
