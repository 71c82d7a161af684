from __future__ import annotations

from benchmarks.copies.boilerplate import SORTS, queries
from benchmarks.copies.model import LANGUAGES


def test_every_language_has_every_sort_and_no_text_twice() -> None:
    made = list(queries())
    found = {(query.language, query.note.partition(":")[0]) for query in made}
    assert found == {(language, sort) for language in LANGUAGES for sort in SORTS}
    assert len({query.text for query in made}) == len({query.id for query in made}) == len(made) > 100


def test_a_text_has_no_line_of_another() -> None:
    assert all("=== " not in line[:4] for query in queries() for line in query.text.split("\n"))
    assert all(query.text.strip() and query.end_line == query.text.count("\n") for query in queries())
