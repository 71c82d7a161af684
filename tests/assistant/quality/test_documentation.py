"""Queries from documentation comments."""

import pytest

from assistant.quality.documentation import documented, first_sentence, masked
from indexer.chunking import parse_source
from indexer.languages import LANGUAGES

SOURCES = {
    "python": b'class Pool:\n    """Keeps open connections for reuse."""\n\n    def take(self):\n        return 1\n',
    "go": (
        b"package a\n\n// Take waits until a connection is free. It never fails.\n"
        b"func Take() int {\n\tx := 1\n\treturn x\n}\n"
    ),
    "rust": (
        b"/// Waits until one connection\n/// is free again.\n#[inline]\n"
        b"pub fn take() -> u8 {\n    let x = 1;\n    x\n}\n"
    ),
    "java": (
        b"class A {\n  /**\n   * Waits until a {@link Connection} is free.\n   * @return it\n   */\n"
        b"  int take() {\n    return 1;\n  }\n}\n"
    ),
    "elixir": (
        b'defmodule A do\n  @doc """\n  Waits until a connection is free.\n  """\n'
        b"  def take(x) do\n    x\n  end\nend\n"
    ),
    "ruby": b"# Waits until a connection is\n# free for us.\ndef take\n  x = 1\n  x\nend\n",
    "typescript": (
        b"/** Waits until a connection is free. */\nexport function take(): number {\n"
        b"  const x = 1;\n  return x;\n}\n"
    ),
}


@pytest.mark.parametrize("language", SOURCES)
def test_a_definition_comes_with_its_first_sentence(language: str) -> None:
    text = SOURCES[language]
    found = documented(parse_source(text, LANGUAGES[language]), text)
    assert [one.sentence.split()[-1] for one in found] in (["free"], ["reuse"], ["again"], ["us"])
    (one,) = found
    query = one.query("a", language)
    assert query.targets[0].lines == (one.definition.start_line, one.definition.end_line)


@pytest.mark.parametrize("language", SOURCES)
def test_masking_leaves_lines_where_they_were(language: str) -> None:
    text = SOURCES[language]
    (one,) = documented(parse_source(text, LANGUAGES[language]), text)
    hidden = masked(text, [one.comment])
    assert len(hidden) == len(text)
    assert [line for line in hidden.split(b"\n") if line.strip()] != []
    assert hidden.count(b"\n") == text.count(b"\n")
    assert one.sentence.split()[-1].encode() not in hidden
    assert text[one.comment[1] :] == hidden[one.comment[1] :]


@pytest.mark.parametrize(
    ("comment", "name", "sentence"),
    [
        ("// Close closes the whole pool at once.", "Close", "closes the whole pool at once"),
        ("// Close (Pool) closes the whole pool.", "Close", "closes the whole pool"),
        ('"""Parse a file.\n\n:param x: y"""', "parse_all", ""),
        ("/**\n * Reads <b>one</b> `value`\n * @param x of it\n */", "read", ""),
        ("/// Copyright 2020 by the four authors", "f", ""),
        ("// TODO say something more about this", "f", ""),
        ("# read_all_lines reads all lines of it", "read_all_lines", "reads all lines of it"),
        ("# Like read_all_lines but with fewer words", "read_all_lines", ""),
        ("// see http://example.org for what this does", "f", ""),
    ],
)
def test_first_sentences(comment: str, name: str, sentence: str) -> None:
    assert first_sentence(comment, name) == sentence


def test_a_comment_of_something_else_is_not_taken() -> None:
    text = b"x = 1  # what this number is for, in words\n\n\ndef take():\n    y = 2\n    return y\n"
    assert documented(parse_source(text, LANGUAGES["python"]), text) == []
