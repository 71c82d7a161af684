from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import QueryError
from assistant.retrieval import traces
from assistant.retrieval.query import Filters, Query, QueryKind, parse_query


def parsed(raw: str, *, strict: bool = True) -> Query:
    return parse_query(raw, is_trace=traces.is_trace, strict=strict)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("where are PDFs parsed?", QueryKind.TEXT),
        ("connect to the server", QueryKind.TEXT),
        ("TODO:", QueryKind.TEXT),
        ("TODO:fix this", QueryKind.TEXT),
        ("key: value", QueryKind.TEXT),
        ("12:30", QueryKind.TEXT),
        ("http://host/x", QueryKind.TEXT),
        ('where is "', QueryKind.TEXT),
        ("TCPConnector", QueryKind.SYMBOL),
        ("`TCPConnector`", QueryKind.SYMBOL),
        ("std::vector", QueryKind.SYMBOL),
        ("std::vector<int>", QueryKind.SYMBOL),
        ("Foo#bar", QueryKind.SYMBOL),
        ("a->b", QueryKind.SYMBOL),
        ("a?.b", QueryKind.SYMBOL),
        ("foo()", QueryKind.SYMBOL),
        ("foo(a, b);", QueryKind.SYMBOL),
        ("save!", QueryKind.SYMBOL),
        ("@decorator", QueryKind.SYMBOL),
        ("Ärger", QueryKind.SYMBOL),
        ("pkg.func", QueryKind.PATH),
        ("a/b", QueryKind.PATH),
        ("src/net/tcp.py", QueryKind.PATH),
        ("tcp.py:12", QueryKind.PATH),
        ("src/net/", QueryKind.PATH),
        ("/src/net/", QueryKind.PATH),
        (r"C:\x\y.py", QueryKind.PATH),
        ("Makefile:3", QueryKind.PATH),
        ("*.py", QueryKind.PATH),
        ("src/**/test_*", QueryKind.PATH),
        ("app/[slug]/page.tsx", QueryKind.PATH),
        ('"exact"', QueryKind.LITERAL),
        ('"one" "two"', QueryKind.LITERAL),
        ("=>", QueryKind.LITERAL),
        ("!==", QueryKind.LITERAL),
        ('"', QueryKind.LITERAL),
        ("/foo/", QueryKind.REGEX),
        ("/foo bar/i", QueryKind.REGEX),
        (r"/https?:\/\/x/", QueryKind.REGEX),
        ("/a.*/b+/", QueryKind.REGEX),
        ("/[/]+x/", QueryKind.REGEX),
        ("lang:python /foo bar/", QueryKind.REGEX),
    ],
)
def test_kind_of_query(raw: str, kind: QueryKind) -> None:
    assert parsed(raw).kind is kind


@pytest.mark.parametrize(
    ("raw", "symbol", "qualifier"),
    [
        ("TCPConnector", "TCPConnector", ""),
        ("Sinatra::Base", "Base", "Sinatra"),
        ("net.tcp.TCPConnector", "TCPConnector", "net.tcp"),
        ("Foo#bar", "bar", "Foo"),
        ("a->b()", "b", "a"),
        (r"App\Http\Kernel", "Kernel", "App.Http"),
        ("std::vector<int>", "vector", "std"),
        ("close(", "close", ""),
        ("pool.close(timeout, force", "close", "pool"),
        ("see it (close", "", ""),
    ],
)
def test_symbol_is_the_last_part(raw: str, symbol: str, qualifier: str) -> None:
    query = parsed(raw)
    assert (query.symbol, query.qualifier) == (symbol, qualifier)


@pytest.mark.parametrize(
    ("raw", "path", "line"),
    [
        ("tcp.py:12", "tcp.py", 12),
        ("tcp.py:12:5", "tcp.py", 12),
        ("src/net/tcp.py#L12-L20", "src/net/tcp.py", 12),
        ("src/net/tcp.py(12,5)", "src/net/tcp.py", 12),
        ("tcp.py line 12", "tcp.py", 12),
        (r"src\net\tcp.py:3", "src/net/tcp.py", 3),
        ("./src//net/tcp.py", "src/net/tcp.py", 0),
        ("my dir/odd name.py", "my dir/odd name.py", 0),
        ("https://forge.example/a/b/blob/main/src/net/tcp.py#L7", "src/net/tcp.py", 7),
        (r"C:\x\y.py", "C:/x/y.py", 0),
        ("tcp.py:99999999999999999999", "tcp.py", 999999999),
    ],
)
def test_paths_with_lines(raw: str, path: str, line: int) -> None:
    query = parsed(raw)
    assert (query.kind, query.path, query.line) == (QueryKind.PATH, path, line)


@pytest.mark.parametrize(
    ("raw", "filters", "text"),
    [
        ("lang:py retry", Filters(languages=("python",)), "retry"),
        ("lang:C++ x", Filters(languages=("cpp",)), "x"),
        ("lang:py,go x", Filters(languages=("python", "go")), "x"),
        ("-lang:golang x", Filters(not_languages=("go",)), "x"),
        ('path:"my dir" odd', Filters(paths=("my dir",)), "odd"),
        ('-path:"a b" x', Filters(not_paths=("a b",)), "x"),
        ("file:a path:b x", Filters(paths=("a", "b")), "x"),
        ("f:src x", Filters(paths=("src",)), "x"),
        ("sym:Foo kind:classes", Filters(symbols=("Foo",), kinds=("class",)), ""),
        ("kind:func,CONST", Filters(kinds=("function", "constant")), ""),
        ("symbol:get_*", Filters(symbols=("get_*",)), ""),
        (r"path:C:\x y", Filters(paths=("C:\\x",)), "y"),
    ],
)
def test_filters(raw: str, filters: Filters, text: str) -> None:
    query = parsed(raw)
    assert (query.filters, query.text) == (filters, text)


def test_filters_are_said_as_typed() -> None:
    assert str(parsed('lang:python -path:"my dir" sym:X').filters) == 'lang:python -path:"my dir" sym:X'


@pytest.mark.parametrize(
    ("raw", "literals", "text"),
    [
        ('"self._pool"', ("self._pool",), "self._pool"),
        ('"onnector("', ("onnector(",), "onnector("),
        ('"a b" "c"', ("a b", "c"), "a b c"),
        (r'"say \"hi\""', ('say "hi"',), 'say "hi"'),
        (r'"C:\new"', (r"C:\new",), r"C:\new"),
        ('"lang:python"', ("lang:python",), "lang:python"),
        ('where is "foo bar"?', ("foo bar",), "where is foo bar"),
        ('"self._pool" timeout', ("self._pool",), "timeout self._pool"),
    ],
)
def test_literals(raw: str, literals: tuple[str, ...], text: str) -> None:
    query = parsed(raw)
    assert (query.literals, query.text) == (literals, text)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("foo:bar", "unknown filter"),
        ("lan:python x", "did you mean lang:python?"),
        ("key:value", "quote it: '\"key:value\"'"),
        ("lang:klingon", "unknown language"),
        ("lang:pyton", "did you mean lang:python?"),
        ("kind:gizmo", "the kinds are"),
        ("kind:clas", "did you mean kind:class?"),
        ("lang: python", "write it without a blank"),
        ("-sym:x", "only -path: and -lang:"),
        ("-kind:class", "only -path: and -lang:"),
        ("path:*a*b*c*d*e*f*g*h*i*", "wildcards"),
        ("/(unclosed/", "invalid regular expression"),
        ("/a{3,1}/", "quote it"),
        ("/[[:alpha:]]+/", "invalid regular expression"),
        ("/one/ /two/", "two regular expressions"),
    ],
)
def test_what_cannot_be_understood_says_what_to_do(raw: str, says: str) -> None:
    with pytest.raises(QueryError) as raised:
        parsed(raw)
    assert says in str(raised.value)


def test_a_question_may_hold_colons_and_slashes() -> None:
    query = parsed("what does key:value mean in /api/ routes", strict=False)
    assert (query.kind, query.regex) == (QueryKind.TEXT, None)
    assert query.text == "what does key:value mean in routes /api/"


def test_identifiers_in_a_sentence() -> None:
    query = parsed("how does getUserName call `parse` or connect() of Sinatra::Base in snake_case")
    assert query.embedded == ("getUserName", "parse", "connect", "Sinatra", "Base", "snake_case")


def test_path_filters_ask_for_what_their_folders_hold() -> None:
    assert "tests" in parsed("path:src/tests router").asked_words
    assert "test" in parsed("path:test_router.py").asked_words


@pytest.mark.parametrize(
    "piece", ["a" * 10_000, "a/" * 5_000, "((((" * 2_500, "/[a]" * 2_500, '"' * 9_999, "a.b" * 3_333]
)
def test_long_queries_are_read_in_linear_time(piece: str) -> None:
    assert parsed(piece).raw == piece  # anything worse would not come back


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_an_error(raw: str) -> None:
    try:
        query = parsed(raw)
    except QueryError:
        return
    assert query.text or query.filters.any
    assert all(query.literals)


@given(st.text(alphabet='ab:/"-*.()[]\\ lngpthsymkid', max_size=40))
def test_any_mix_of_syntax_is_a_query_or_an_error(raw: str) -> None:
    for strict in (True, False):
        with suppress(QueryError):
            assert parsed(raw, strict=strict).raw == raw.strip()
