"""Where chunks begin and end, and what they are called."""

from __future__ import annotations

import pytest

from indexer.chunking import Chunk, parse_source
from indexer.chunking.lines import LARGEST_BYTES, MERGED_BYTES, WHOLE_BYTES
from indexer.languages import LANGUAGES
from tests.indexer.chunking_sample import check_properties

FILLER = "    value = compute(value, other)  # and so on\n"


def _chunks(text: str, language: str = "python") -> tuple[Chunk, ...]:
    parsed = parse_source(text.encode(), LANGUAGES[language])
    check_properties(text.encode(), parsed)
    return parsed.chunks


def _function(name: str, lines: int) -> str:
    return f"def {name}(value, other):\n{FILLER * lines}\n\n"


def test_small_neighbours_share_a_chunk() -> None:
    (chunk,) = _chunks(_function("a", 2) + _function("b", 5) + _function("c", 2))
    assert (chunk.name, chunk.kind, chunk.start_line, chunk.end_line) == ("b", "function", 1, 16)


def test_definitions_that_do_not_fit_together_are_cut_between() -> None:
    chunks = _chunks(_function("a", 20) + _function("b", 20))
    assert [(chunk.name, chunk.start_line, chunk.end_line) for chunk in chunks] == [
        ("a", 1, 21),
        ("b", 24, 44),
    ]


def test_a_leading_comment_and_decorators_stay_with_their_definition() -> None:
    chunks = _chunks(_function("a", 20) + "# About b.\n@cache\n" + _function("b", 20))
    assert [chunk.start_line for chunk in chunks] == [1, 24]


def test_a_comment_that_ends_a_line_stays_on_it() -> None:
    chunks = _chunks("{\n" + "".join(f'  "key{n}": {n}, // note\n' for n in range(100)) + "}\n", "javascript")
    assert all(chunk.end_byte - chunk.start_byte <= WHOLE_BYTES for chunk in chunks)


def test_a_large_function_is_cut_between_statements_and_keeps_its_name() -> None:
    text = "def large(\n    value,\n    other,\n):\n" + FILLER * 90
    chunks = _chunks(text)
    assert len(chunks) == 4
    assert {(chunk.name, chunk.kind) for chunk in chunks} == {("large", "function")}
    assert chunks[0].start_line == 1
    assert chunks[0].end_line > 5, "the signature stays with the first statements"


def test_a_large_class_is_cut_between_methods() -> None:
    methods = "".join("    " + line for line in _function("a", 18).splitlines(True))
    text = 'class Reader:\n    """Reads."""\n\n' + methods + methods.replace("def a", "def b")
    chunks = _chunks(text)
    assert [(chunk.name, chunk.scope, chunk.kind) for chunk in chunks] == [
        ("Reader", "", "class"),
        ("b", "Reader", "method"),
    ]


def test_imports_and_comments_are_called_so() -> None:
    imports = "".join(f"import module_with_a_long_name_{number:03}\n" for number in range(40))
    chunks = _chunks(imports + "\n" + _function("a", 20))
    assert [chunk.kind for chunk in chunks] == ["imports", "imports", "function"][-len(chunks) :]
    (comment,) = _chunks("# Only this.\n# And that.\n")
    assert comment.kind == "comment"


def test_a_multi_line_token_is_not_cut_while_it_fits() -> None:
    text = _function("a", 20) + 'TEXT = """\n' + "word word word\n" * 80 + '"""\n' + _function("b", 20)
    assert any(chunk.name == "TEXT" and chunk.end_line - chunk.start_line == 81 for chunk in _chunks(text))


def test_a_token_too_large_for_a_chunk_is_cut_by_lines() -> None:
    chunks = _chunks('TEXT = """\n' + "word word word\n" * 400 + '"""\n')
    assert len(chunks) > 4
    assert all(chunk.end_byte - chunk.start_byte <= WHOLE_BYTES for chunk in chunks)


def test_a_large_decorator_is_cut_from_its_function() -> None:
    cases = "".join(f"        ({number}, 'a value that is tested', {number}),\n" for number in range(60))
    text = f"@pytest.mark.parametrize(\n    'a',\n    [\n{cases}    ],\n)\n" + _function("checked", 20)
    chunks = _chunks(text)
    assert all(chunk.end_byte - chunk.start_byte <= WHOLE_BYTES for chunk in chunks)
    assert chunks[-1].name == "checked"
    assert parse_source(text.encode(), LANGUAGES["python"]).definitions[0].start_line == 1


@pytest.mark.parametrize("language", ["python", "json", "text", "markdown", "html"])
def test_a_line_too_long_for_a_chunk_is_cut_between_characters(language: str) -> None:
    text = "é" * 10_000
    chunks = _chunks(text, language)
    encoded = text.encode()
    assert len(chunks) == 5
    assert "".join(encoded[chunk.start_byte : chunk.end_byte].decode() for chunk in chunks) == text
    assert {(chunk.start_line, chunk.end_line) for chunk in chunks} == {(1, 1)}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_nothing_gives_no_chunk(language: str) -> None:
    for text in (b"", b"\n", b"  \n\t\r\n\n"):
        parsed = parse_source(text, LANGUAGES[language])
        assert (parsed.chunks, parsed.definitions) == ((), ())


def test_a_file_may_end_without_a_line_break() -> None:
    (chunk,) = _chunks("x = 1\ny = 2")
    assert (chunk.start_line, chunk.end_line, chunk.end_byte) == (1, 2, 11)


def test_toml_is_cut_at_tables_and_yaml_at_keys() -> None:
    toml = "".join(f"[table{number}]\n" + "key = 'value'\n" * 40 + "\n" for number in range(5))
    lines = toml.splitlines()
    assert all(lines[chunk.start_line - 1].startswith("[") for chunk in _chunks(toml, "toml"))
    yaml = "".join(f"key{number}:\n" + "  - value of it\n" * 40 for number in range(5))
    lines = yaml.splitlines()
    assert all(lines[chunk.start_line - 1].startswith("key") for chunk in _chunks(yaml, "yaml"))


def test_text_is_cut_at_blank_lines() -> None:
    paragraph = "Words of a paragraph that goes on.\n" * 15 + "\n"
    chunks = _chunks(paragraph * 6, "text")
    assert [chunk.end_byte - chunk.start_byte for chunk in chunks] == [len(paragraph) * 2 - 1] * 3
    assert chunks[0].end_byte < MERGED_BYTES < LARGEST_BYTES
