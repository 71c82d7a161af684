"""What the locals-blind stream is blind to, and which tokens are imports."""

import numpy as np
import pytest

from indexer.fingerprints.fingerprints import MARK_EVERY, fingerprint, grams_of
from indexer.fingerprints.streams import Stream, stream_of
from indexer.lexing import lex


def _stream(text: str, language: str) -> Stream:
    return stream_of(lex(text, language), language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("python", "total = first + 1", "amount = head + 27"),
        ("python", 'print(name, "a")', "print(other, 'something else')"),
        ("python", "for item in items: # c\n  use(item)", "for x in y:\n    use(x)  # other comment"),
        ("javascript", "const a = b.map(x => x.y)", "const r=s.map( v=>v.y )"),
        ("go", "if err != nil { return err }", "if e != nil {\n\treturn e\n}"),
        ("java", "int a = 1;", "int count = 200; // c"),
    ],
)
def test_blind_streams_are_alike_under_renaming(language: str, one: str, other: str) -> None:
    assert _stream(one, language).blind.tolist() == _stream(other, language).blind.tolist()
    assert _stream(one, language).exact.tolist() != _stream(other, language).exact.tolist()


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("python", "a.first", "a.second"),
        ("python", "load(a)", "save(a)"),
        ("python", "Type", "Other"),
        ("java", "return a;", "throw a;"),
        ("c", "p->x", "p->y"),
    ],
)
def test_what_says_something_is_not_blanked(language: str, one: str, other: str) -> None:
    assert _stream(one, language).blind.tolist() != _stream(other, language).blind.tolist()


@pytest.mark.parametrize(
    ("language", "text", "imported"),
    [
        ("python", "import os\nx = 1\n", "import os"),
        ("python", "from a import (\n    b,\n    c,\n)\nx = f(1)\n", "from a import ( b , c , )"),
        ("javascript", "import {\n  a,\n} from 'b'\nf(a)\n", "import { a , } from 'b'"),
        ("java", "package a.b;\nimport c.D;\nclass E {}\n", "package a . b ; import c . D ;"),
        ("go", 'import (\n\t"fmt"\n)\nfunc f() {}\n', 'import ( "fmt" )'),
        ("c", "#include <a.h>\nint x;\n", "# include < a . h >"),
        ("rust", "use a::{b, c};\nfn f() {}\n", "use a :: { b , c } ;"),
        ("python", "x = 1\ny = important\n", ""),
        ("python", "", ""),
    ],
)
def test_imports_are_marked(language: str, text: str, imported: str) -> None:
    stream = _stream(text, language)
    assert " ".join(stream.token(i) for i in np.flatnonzero(stream.imports).tolist()) == imported


def test_comments_are_no_tokens() -> None:
    assert len(_stream("# a\nx  # b\n", "python")) == 1


def test_a_table_is_told_apart_by_its_literals() -> None:
    one = "\n".join(f'"key {i}": "value {i}",' for i in range(30))
    other = "\n".join(f'"word {i}": "other {i}",' for i in range(30))
    first, second = (grams_of(_stream(text, "python")) for text in (one, other))
    assert first.usable.all()
    assert not set(first.hashes.tolist()) & set(second.hashes.tolist())


def test_a_table_of_one_value_has_no_fingerprint() -> None:
    assert len(fingerprint("0, " * 500, "c").hashes) == 0


def test_fingerprints_say_where_they_stand() -> None:
    text = "\n".join(f"def f{i}(a):\n    return g{i}(a) + h{i}(a.b{i})\n" for i in range(200))
    made = fingerprint(text, "python")
    stream = _stream(text, "python")
    assert (np.diff(made.positions.astype(np.int64)) > 0).all()
    assert (made.tokens, made.lines) == (len(stream), text.count("\n") + 1)
    assert made.marks.tolist() == stream.lines[::MARK_EVERY].tolist()
    grams = grams_of(stream)
    assert (made.hashes == grams.hashes[made.positions]).mean() > 0.9


def test_a_repeated_passage_is_kept_at_most_twice() -> None:
    passage = "".join(f"x = call_{i}(y).attr_{i}\n" for i in range(20))
    once, often = fingerprint(passage, "python"), fingerprint(passage * 50, "python")
    assert len(often.hashes) < 5 * len(once.hashes)
    assert np.unique(often.hashes, return_counts=True)[1].max() <= 2


def test_fingerprints_are_the_same_in_every_run() -> None:
    made = fingerprint("\n".join(f"a{i} = b.c{i}(d)" for i in range(30)), "python")
    assert [len(made.hashes), int(np.bitwise_xor.reduce(made.hashes))] == [25, 3213731462811768111]


@pytest.mark.parametrize("text", ["", "\n", "x", '"', "\x00\ud800", "#" * 1000])
def test_any_text_has_fingerprints(text: str) -> None:
    made = fingerprint(text, "python")
    assert len(made.hashes) == len(made.positions) == 0
