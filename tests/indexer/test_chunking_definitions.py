"""What is recognised as a definition, an import and documentation, language by language."""

from __future__ import annotations

import pytest

from indexer.chunking import parse_source
from indexer.chunking.rules import RULES
from indexer.languages import LANGUAGES
from tests.indexer import chunking_samples_scripts, chunking_samples_systems, chunking_samples_types
from tests.indexer.chunking_sample import Sample, check_properties, described

SAMPLES = chunking_samples_scripts.SAMPLES + chunking_samples_types.SAMPLES + chunking_samples_systems.SAMPLES


def _id(sample: Sample) -> str:
    return sample.language


@pytest.mark.parametrize("sample", SAMPLES, ids=_id)
def test_definitions_are_recognised(sample: Sample) -> None:
    parsed = parse_source(sample.source.encode(), LANGUAGES[sample.language])
    assert [described(one) for one in parsed.definitions] == sample.definitions.splitlines()


@pytest.mark.parametrize("sample", SAMPLES, ids=_id)
def test_imports_are_listed_and_sources_parse(sample: Sample) -> None:
    parsed = parse_source(sample.source.encode(), LANGUAGES[sample.language])
    assert tuple(one.module for one in parsed.imports) == sample.imports
    assert parsed.problems == sample.problems
    check_properties(sample.source.encode(), parsed)


@pytest.mark.parametrize("sample", SAMPLES, ids=_id)
def test_windows_line_ends_change_no_definition(sample: Sample) -> None:
    text = sample.source.replace("\n", "\r\n").encode()
    parsed = parse_source(text, LANGUAGES[sample.language])
    assert [described(one) for one in parsed.definitions] == sample.definitions.splitlines()
    check_properties(text, parsed)


def test_every_language_with_a_grammar_has_a_sample() -> None:
    same_rules_as_another = {"cuda", "svelte", "vue"}
    assert {sample.language for sample in SAMPLES} == set(RULES) - same_rules_as_another


def test_names_keep_their_script() -> None:
    parsed = parse_source("def größe(): pass\nclass 部品: pass\n".encode(), LANGUAGES["python"])
    assert [one.name for one in parsed.definitions] == ["größe", "部品"]


def test_a_signature_ends_where_the_body_starts() -> None:
    text = b"@cache\ndef parse(\n    path,\n):\n    return 1\n"
    (definition,) = parse_source(text, LANGUAGES["python"]).definitions
    signature = text[definition.signature_start_byte : definition.signature_end_byte]
    assert signature.split() == [b"def", b"parse(", b"path,", b"):"]
    assert definition.start_byte == 0


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "python",
            b'"""Module."""\n\n# Note.\nclass A:\n    """Doc."""\n',
            [b'"""Module."""', b"# Note.", b'"""Doc."""'],
        ),
        ("java", b"/** Doc. */\nclass A {\n  // Field.\n  int x;\n}\n", [b"/** Doc. */", b"// Field."]),
        ("elixir", b'defmodule A do\n  @doc "Gets."\n  def get, do: 1\nend\n', [b'"Gets."']),
        ("haskell", b"-- | Doc.\nf :: Int\nf = 1\n", [b"-- | Doc."]),
    ],
)
def test_documentation_is_listed(language: str, text: bytes, expected: list[bytes]) -> None:
    parsed = parse_source(text, LANGUAGES[language])
    assert [text[start:end] for start, end in parsed.comments] == expected


def test_definitions_in_broken_source_are_still_found() -> None:
    text = b"class A {\n  int a( { return 1; }\n  int b() { return 2; }\n}\nclass B {\n"
    parsed = parse_source(text, LANGUAGES["java"])
    assert "b" in {one.name for one in parsed.definitions}
    assert parsed.problems > 0


def test_problems_are_counted_up_to_a_hundred() -> None:
    parsed = parse_source(b"int f() { return 1 +; }\n" * 300, LANGUAGES["java"])
    assert parsed.problems == 100


def test_large_and_small_definitions_are_listed_alike() -> None:
    small = b"class A:\n    def a(self):\n        return 1\n\n    def b(self):\n        return 2\n"
    large = small.replace(b"return 1\n", b"return 1\n" + b"        # filler filler filler filler\n" * 60)
    names = [
        [(one.name, one.scope) for one in parse_source(text, LANGUAGES["python"]).definitions]
        for text in (small, large)
    ]
    assert names[0] == names[1] == [("A", ""), ("a", "A"), ("b", "A")]


@pytest.mark.parametrize(
    ("language", "text", "exported"),
    [
        (
            "rust",
            "pub use base::{Reader, io::Writer as Out, self, rules::*};\npub use other::Line;\n"
            "pub(crate) use own::Hidden;\nuse own::Private;\n",
            [("Reader", "Out"), ("Line",), (), ()],
        ),
        (
            "typescript",
            'export { Reader, write as print } from "./io";\nexport * from "./all";\nimport { a } from "./a";\n'
            "export { a };\n",
            [("Reader", "print"), (), ()],
        ),
        ("javascript", 'export * as tools from "./tools";\nexport default "./no";\n', [()]),
    ],
)
def test_what_an_import_exports_again_is_told(
    language: str, text: str, exported: list[tuple[str, ...]]
) -> None:
    parsed = parse_source(text.encode(), LANGUAGES[language])
    assert [one.names for one in parsed.imports] == exported
