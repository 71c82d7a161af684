"""What tokens texts give, language by language."""

import numpy as np
import pytest

from indexer.lexing import Lexed, TokenKind, lex

_LETTERS = {
    TokenKind.IDENTIFIER: "i",
    TokenKind.KEYWORD: "k",
    TokenKind.NUMBER: "n",
    TokenKind.STRING: "s",
    TokenKind.OPERATOR: "o",
    TokenKind.COMMENT: "c",
}


def _kinds(lexed: Lexed) -> str:
    return "".join(_LETTERS[TokenKind(kind)] for kind in lexed.kinds.tolist())


@pytest.mark.parametrize(
    ("language", "text", "tokens", "kinds"),
    [
        ("python", "x = rb'a\\'b' # c", ["x", "=", "rb'a\\'b'", "# c"], "iosc"),
        (
            "python",
            'def f(a):\n  """d\n"o" """\n',
            ["def", "f", "(", "a", ")", ":", '"""d\n"o" """'],
            "kioioos",
        ),
        ("python", "a1.b != 1.5 ** 0x1F", ["a1", ".", "b", "!=", "1.5", "**", "0x1F"], "ioionon"),
        ("python", "'open\nx", ["'open", "x"], "si"),
        ("python", '"""open\nx', ['"""open\nx'], "s"),
        ("python", "naïve = größe", ["naïve", "=", "größe"], "ioi"),
        (
            "javascript",
            "a.replace(/[/']+/g, '')",
            ["a", ".", "replace", "(", "/[/']+/g", ",", "''", ")"],
            "ioiososo",
        ),
        ("javascript", "x = a / b / c", ["x", "=", "a", "/", "b", "/", "c"], "ioioioi"),
        ("javascript", "`a ${f(`b`)} c` + $x", ["`a ${f(`b`)} c`", "+", "$x"], "soi"),
        ("tsx", "let a: string // s", ["let", "a", ":", "string", "// s"], "kiokc"),
        ("java", "/* a\n * b */ int i = 'x';", ["/* a\n * b */", "int", "i", "=", "'x'", ";"], "ckioso"),
        ("c", "p->q >>= 2; /* open", ["p", "->", "q", ">>=", "2", ";", "/* open"], "ioionoc"),
        ("c", '#define A "x\\\ny"', ["#", "define", "A", '"x\\\ny"'], "oiis"),
        ("cpp", 'auto s = R"x(a)"b)x";', ["auto", "s", "=", 'R"x(a)"b)x"', ";"], "kioso"),
        ("csharp", '@"a\\" + $"b"', ['@"a\\"', "+", '$"b"'], "sos"),
        ("go", 's := `a\n"b` // c', ["s", ":=", '`a\n"b`', "// c"], "iosc"),
        (
            "rust",
            "f<'a>(x: &'a str)",
            ["f", "<", "'", "a", ">", "(", "x", ":", "&", "'", "a", "str", ")"],
            "iooiooioooiko",
        ),
        ("rust", 'let s = r#"a"b"#;', ["let", "s", "=", 'r#"a"b"#', ";"], "kioso"),
        ("kotlin", 'val s = """a\n"b"""', ["val", "s", "=", '"""a\n"b"""'], "kios"),
        ("scala", "def f = x", ["def", "f", "=", "x"], "kioi"),
        ("swift", "guard let x = y else {}", ["guard", "let", "x", "=", "y", "else", "{", "}"], "kkioikoo"),
        ("ruby", "@a = <<~EOS\n x 'y\nEOS\nb # c", ["@a", "=", "<<~EOS\n x 'y\nEOS", "b", "# c"], "iosic"),
        ("php", "<?php $a = 'b'; # c", ["<", "?", "php", "$a", "=", "'b'", ";", "# c"], "ooiiosoc"),
        ("elixir", 'x |> f("#{y}") # c', ["x", "|>", "f", "(", '"#{y}"', ")", "# c"], "ioiosoc"),
        ("haskell", "f x' = x' -- c\n{- d -}", ["f", "x'", "=", "x'", "-- c", "{- d -}"], "iioicc"),
        (
            "lua",
            "--[[ a\nb ]] local s = [==[x]]y]==]",
            ["--[[ a\nb ]]", "local", "s", "=", "[==[x]]y]==]"],
            "ckios",
        ),
        ("bash", 'echo "$#" ${#a} # c', ["echo", '"$#"', "$", "{", "#", "a", "}", "# c"], "ksoooioc"),
        ("zig", 'const s = "a"; // c', ["const", "s", "=", '"a"', ";", "// c"], "kiosoc"),
        ("sql", "SELECT 'it''s' -- c", ["SELECT", "'it''s'", "-- c"], "ksc"),
        ("css", "a-b: #fff /* c */;", ["a-b", ":", "#", "fff", "/* c */", ";"], "iooico"),
        (
            "html",
            '<a b="c">don\'t</a><!-- d -->',
            ["<", "a", "b", "=", '"c"', ">", "don", "'", "t", "<", "/", "a", ">", "<!-- d -->"],
            "oiiosoioiooioc",
        ),
        (
            "json",
            '{"a": 1.5, "b": null}',
            ["{", '"a"', ":", "1.5", ",", '"b"', ":", "null", "}"],
            "osonosoko",
        ),
        ("yaml", "a: b # c", ["a", ":", "b", "# c"], "ioic"),
        ("toml", "a = '''x\ny''' # c", ["a", "=", "'''x\ny'''", "# c"], "iosc"),
        (
            "clojure",
            '(defn f [x] "a\nb") ; c',
            ["(", "defn", "f", "[", "x", "]", '"a\nb"', ")", "; c"],
            "okioiosoc",
        ),
        (None, "int x = 1; // c", ["int", "x", "=", "1", ";", "// c"], "kionoc"),
        ("no such language", "a b", ["a", "b"], "ii"),
    ],
)
def test_tokens_and_kinds(language: str | None, text: str, tokens: list[str], kinds: str) -> None:
    lexed = lex(text, language)
    assert (list(lexed.tokens()), _kinds(lexed)) == (tokens, kinds)


def test_lines_count_from_one_over_every_kind_of_line_end() -> None:
    lexed = lex("a\nb\r\nc\rd\n\n'x'", "python")
    assert lexed.lines.tolist() == [1, 2, 3, 4, 6]


def test_a_token_of_several_lines_stands_on_its_first() -> None:
    assert lex('"""a\nb\nc"""\nd', "python").lines.tolist() == [1, 4]


def test_equal_tokens_have_equal_hashes_wherever_they_stand() -> None:
    lexed = lex("alpha beta\n alpha ünder alpha", "python")
    a, b, c, d, e = lexed.hashes.tolist()
    assert a == c == e
    assert len({a, b, d}) == 3
    assert lex("ascii alpha", "java").hashes[1] == a


def test_hashes_stay_the_same_from_version_to_version() -> None:
    assert lex("alpha", "python").hashes.tolist() == [0x87BFEBBFDA61F14C]


def test_no_collision_among_many_short_words() -> None:
    words = [f"{a}{b}{n}" for a in "abcdefghij" for b in "uvwxyz_AB" for n in range(600)]
    assert len(np.unique(lex(" ".join(words), "python").hashes)) == len(set(words))


def test_a_string_prefix_is_not_cut_from_a_longer_name() -> None:
    assert list(lex('hub"x"', "python").tokens()) == ["hub", '"x"']
