"""No text makes parsing fail, and every text is covered by its chunks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import parse_source
from indexer.chunking.grammars import grammar_of
from indexer.chunking.rules import RULES
from indexer.languages import LANGUAGES
from tests.indexer import chunking_samples_scripts, chunking_samples_systems, chunking_samples_types
from tests.indexer.chunking_sample import Sample, check_properties

SAMPLES = chunking_samples_scripts.SAMPLES + chunking_samples_types.SAMPLES + chunking_samples_systems.SAMPLES
NAMES = (*sorted(RULES), "json", "markdown", "rst", "text", "toml", "yaml")


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=3000), name=st.sampled_from(NAMES))
def test_any_text(text: str, name: str) -> None:
    encoded = text.encode("utf-8", "surrogatepass")
    check_properties(encoded, parse_source(encoded, LANGUAGES[name]))


@settings(max_examples=150, deadline=None)
@given(text=st.binary(max_size=5000), name=st.sampled_from(NAMES))
def test_any_bytes(text: bytes, name: str) -> None:
    check_properties(text, parse_source(text, LANGUAGES[name]))


@settings(max_examples=300, deadline=None)
@given(
    sample=st.sampled_from(SAMPLES),
    start=st.integers(0, 1200),
    length=st.integers(0, 1200),
    repeat=st.integers(1, 8),
    insert=st.binary(max_size=20),
)
def test_source_cut_anywhere_and_damaged(
    sample: Sample, start: int, length: int, repeat: int, insert: bytes
) -> None:
    source = sample.source.encode()
    text = (source[start : start + length] + insert) * repeat + source[:start]
    check_properties(text, parse_source(text, LANGUAGES[sample.language]))


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(["# A", "## B", "```", "~~~", "", "text " * 30, "===", "---", "Title", "- a"])
    ),
    name=st.sampled_from(["markdown", "rst"]),
)
def test_any_document(lines: list[str], name: str) -> None:
    text = "\n".join(lines).encode()
    check_properties(text, parse_source(text, LANGUAGES[name]))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text",
    [
        b"(" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b"{\n" * 10_000,
        b"<div>\n" * 2_000,
        b"if (x) {\n" * 2_000,
    ],
    ids=["parens", "brackets", "braces", "tags", "blocks"],
)
def test_deep_nesting(name: str, text: bytes) -> None:
    check_properties(text, parse_source(text, LANGUAGES[name]))


def test_nested_functions_deeper_than_the_walk_are_covered() -> None:
    lines = [" " * depth + f"def f{depth}():\n" for depth in range(400)]
    text = "".join(lines).encode() + b" " * 400 + b"pass\n"
    parsed = parse_source(text, LANGUAGES["python"])
    check_properties(text, parsed)
    assert parsed.definitions[0].name == "f0"


@pytest.mark.parametrize("name", NAMES)
def test_nul_bytes_and_a_huge_line(name: str) -> None:
    for text in (b"a\0b\n" * 3000, b"x = 1; " * 20_000):
        check_properties(text, parse_source(text, LANGUAGES[name]))


def test_a_parse_that_takes_too_long_is_given_up() -> None:
    grammar = grammar_of("lua")
    assert grammar is not None
    text = b"x = (\n" * 5_000
    assert grammar.parse(text, budget_s=0.0) is None
    assert grammar.parse(b"x = 1\n" * 5_000) is not None
