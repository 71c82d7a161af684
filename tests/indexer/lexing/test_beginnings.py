"""A part of a file that begins within a comment or a docstring is told from one that begins with code."""

import pytest

from indexer.fingerprints.streams import stream_of
from indexer.lexing import TokenKind, lex, lex_part

_JAVADOC = """     * Returns the user's name, or "none" if there isn't one.
     *
     * @return the name; see {@link #names()}
     */
    public String name() {
        return names.isEmpty() ? "none" : names.get(0);
    }
"""
_PROSE = """   which the caller owns; it is never empty
*/
static int take(struct queue *queue)
{
    return queue->items[--queue->length];
}
"""
_DOCSTRING = """        the caller's own list, which isn't copied.

        :param rows: what to add.
        Returns:
            The list.
        \"\"\"
        self.rows.extend(rows)
        return self.rows
"""


def _code(text: str, language: str) -> list[str]:
    stream = stream_of(lex_part(text, language), language)
    return [stream.token(index) for index in range(len(stream))]


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        (_JAVADOC, "java", "public"),
        (" */\nfunc main() {}\n", "go", "func"),
        (_PROSE, "c", "static"),
        (_DOCSTRING, "python", "self"),
        (_DOCSTRING.replace('"""', "'''"), "python", "self"),
    ],
)
def test_what_a_part_begins_within_is_a_comment(text: str, language: str, first: str) -> None:
    tokens = _code(text, language)
    assert tokens[0] == first
    lexed = lex_part(text, language)
    assert lexed.kinds[0] == TokenKind.COMMENT
    code = stream_of(lexed, language)
    assert tokens[-1] in ("}", "rows")
    assert int(code.lines[0]) == text[: text.index(first)].count("\n") + 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "python"),
        ('"""Says hello to a friend."""\nhello = print("hello")\n', "python"),
        (
            'def greet(name):\n    """\n    Greet somebody who is there.\n    """\n    return f(name)\n',
            "python",
        ),
        ('    pass\n    """\n    x = use(it)\n    """\n    y = 1\n', "python"),
        ('sql = """\nselect all of them\n"""\nrun(sql)\n', "python"),
        ('const globs = ["**/*.js", "a/*/b"];\nrun(globs);\n', "javascript"),
        ('# This file is part of the hall.\n\n"""\nUsage::\n    a = hall()\n"""\n\nb = 1\n', "python"),
        ("a = b */ c;\n", "c"),
        ("*p = 1;\n/* starts here */\nq = 2;\n", "c"),
        ("select * /* all */ from rows\n", "sql"),
        ("int area = width * height;\n/*\n * Area.\n */\n", "java"),
    ],
)
def test_a_text_that_begins_with_code_is_lexed_as_it_is(text: str, language: str) -> None:
    part, whole = lex_part(text, language), lex(text, language)
    assert part.starts.tolist() == whole.starts.tolist()
    assert part.kinds.tolist() == whole.kinds.tolist()


@pytest.mark.parametrize("language", ["python", "java", "javascript", "c", None])
@pytest.mark.parametrize("text", ["* " * 50_000, "*\n" * 50_000, "word " * 50_000 + "*/", '"""\n' * 20_000])
def test_any_text_has_a_beginning(text: str, language: str | None) -> None:
    assert len(lex_part(text, language)) > 0
