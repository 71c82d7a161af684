"""What a search of a small repository finds, for every kind of query."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.engine import Engine
from assistant.errors import QueryError
from assistant.retrieval.query import QueryKind
from assistant.retrieval.results import SearchResponse, SearchResult
from assistant.retrieval.sources import split_lines
from indexer.discovery import Source, read_source
from tests.assistant.search_support import FILES, engine_in, write_files

JAVA = "java/src/main/java/com/acme/net/TcpClient.java"


@pytest.fixture
def search(acme: Path, acme_engine: Engine) -> "Search":
    return Search(acme, acme_engine)


class Search:
    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self.engine = engine

    def __call__(self, raw: str, limit: int = 10) -> SearchResponse:
        return self.engine.search(raw, [self.root], limit)

    def paths(self, raw: str, limit: int = 10) -> list[str]:
        return [result.path for result in self(raw, limit).results]

    def first(self, raw: str) -> SearchResult:
        return self(raw).results[0]


@pytest.mark.parametrize(
    ("raw", "path", "name"),
    [
        ("where are connections retried with backoff?", "src/net/retry.py", "retry_with_backoff"),
        ("pool of open connections", "src/net/tcp.py", "ConnectionPool"),
        ("parse a number", "rust/src/parser.rs", "parse_number"),
        ("TCPConnector", "src/net/tcp.py", "TCPConnector"),
        ("`TCPConnector`", "src/net/tcp.py", "TCPConnector"),
        ("Sinatra::Base", "lib/sinatra/base.rb", "Base"),
        ("net.tcp.TCPConnector", "src/net/tcp.py", "TCPConnector"),
        ("retry_with_backoff()", "src/net/retry.py", "retry_with_backoff"),
        ("router.NewRouter", "router/router.go", "NewRouter"),
        ("TcpClient#connect", "java/src/main/java/com/acme/net/TcpClient.java", "connect"),
        ("renderSession", "web/src/components/session.ts", "renderSession"),
    ],
)
def test_the_best_place(search: Search, raw: str, path: str, name: str) -> None:
    result = search.first(raw)
    assert (result.path, result.name.split(".")[-1]) == (path, name)


def test_definitions_come_before_uses_tests_examples_and_copies(search: Search) -> None:
    paths = search.paths("TCPConnector")
    assert paths[0] == "src/net/tcp.py"
    assert {"tests/test_tcp.py", "examples/connect.py"} <= set(paths)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("tests for the router", "router/router_test.go"),
        ("path:tests TCPConnector", "tests/test_tcp.py"),
        ("examples of connecting TCPConnector", "examples/connect.py"),
    ],
)
def test_tests_and_examples_come_first_when_asked_for(search: Search, raw: str, path: str) -> None:
    assert search.paths(raw)[0] == path


def test_one_file_never_fills_the_list(search: Search) -> None:
    results = search("helper", 10).results
    assert 1 < len(results) <= 5  # the chunks of one file; a sixth would be one too many


@pytest.mark.parametrize(
    ("raw", "path", "line"),
    [
        ("src/net/tcp.py", "src/net/tcp.py", 0),
        ("tcp.py:20", "src/net/tcp.py", 20),
        (r"src\net\tcp.py:20", "src/net/tcp.py", 20),
        ("/src/net/tcp.py", "src/net/tcp.py", 0),
        (r"C:\work\acme\src\net\tcp.py", "src/net/tcp.py", 0),
        ("/home/other/acme/src/net/retry.py:9", "src/net/retry.py", 9),
        ("SRC/NET/TCP.PY", "src/net/tcp.py", 0),
        ("session.ts(5,3)", "web/src/components/session.ts", 5),
        ("Makefile:1", "Makefile", 1),
        ("my dir/odd name.py", "my dir/odd name.py", 0),
        ("app/[slug]/page.tsx", "app/[slug]/page.tsx", 0),
        ("*.rb", "lib/sinatra/base.rb", 0),
        ("rust/**/p*.rs", "rust/src/parser.rs", 0),
        ("text/empty.txt", "text/empty.txt", 0),
        ("text/blank.txt:2", "text/blank.txt", 2),
    ],
)
def test_paths(search: Search, raw: str, path: str, line: int) -> None:
    response = search(raw)
    assert response.kind is QueryKind.PATH
    assert response.results[0].path == path
    assert response.results[0].lines == ((line,) if line else ())


def test_a_folder_lists_its_files_source_first(search: Search) -> None:
    assert search.paths("src/net/") == ["src/net/__init__.py", "src/net/retry.py", "src/net/tcp.py"]
    assert search.paths("/src/net/") == search.paths("src/net") == search.paths("src/net/")
    assert search.paths("router/") == ["router/router.go", "router/router_test.go"]


def test_a_line_that_the_file_has_not_is_said(search: Search) -> None:
    response = search("src/net/retry.py:9999")
    assert response.results[0].lines == ()
    assert response.notes == ("the file has only 13 lines",)


@pytest.mark.parametrize("raw", ["net.tcp.TCPConnector", "and/or", "Router.Handle", "localhost:8000"])
def test_what_looks_like_a_path_but_is_none_is_searched_as_words(search: Search, raw: str) -> None:
    assert search(raw).kind in (QueryKind.SYMBOL, QueryKind.TEXT)


@pytest.mark.parametrize(
    ("raw", "places"),
    [
        ('"onnectionPool("', {("src/net/tcp.py", 32)}),
        ('"def connect(self)"', {("src/net/tcp.py", 34), ("vendor/netlib/tcp.py", 2)}),
        ('"wide needle"', {("text/wide.txt", 1)}),
        ('"grüßt"', {("text/latin.txt", 1)}),
        ('"second line"', {("text/windows.txt", 2)}),
        ('"session.user} =>"', {("web/src/components/session.ts", 7)}),
        ("=>", {("web/src/components/session.ts", 7)}),
        ('"TODO:"', {("src/net/retry.py", 13)}),
        ('"Pool" "timeout"', {("src/net/tcp.py", line) for line in (6, 28, 31, 32, 36)}),
        ("/^class \\w+Pool:/", {("src/net/tcp.py", 6)}),
        ("/fn (main|parse_\\w+)\\(/", {("rust/src/main.rs", 3), ("rust/src/parser.rs", 2)}),
        ("/CLASS tcp/i", {("src/net/tcp.py", 25), ("vendor/netlib/tcp.py", 1), (JAVA, 4)}),
        ("lang:rust /parse_number/", {("rust/src/main.rs", 4), ("rust/src/parser.rs", 2)}),
        ("-path:vendor lang:python /class TCP/", {("src/net/tcp.py", 25)}),
    ],
)  # fmt: skip
def test_exact_places(search: Search, raw: str, places: set[tuple[str, int]]) -> None:
    found = {(result.path, line) for result in search(raw, 1000).results for line in result.lines}
    assert found == places


def test_exact_places_with_definitions_come_first_and_copies_last(search: Search) -> None:
    paths = search.paths('"TCPConnector"')
    assert paths[0] == "src/net/tcp.py"
    assert set(paths[:2]) == {"src/net/tcp.py", "src/net/__init__.py"}
    assert set(paths[2:]) == {
        "docs/tcp.md",
        "examples/connect.py",
        "tests/test_tcp.py",
        "vendor/netlib/tcp.py",
    }


def test_blank_lines_and_files_without_chunks_have_places(search: Search) -> None:
    found = {(r.path, line) for r in search("/^$/", 1000).results for line in r.lines}
    assert {("text/blank.txt", 1), ("text/blank.txt", 3), ("src/net/tcp.py", 2)} <= found
    assert not any(path == "text/empty.txt" for path, _ in found)


def test_an_exact_string_among_words_narrows_them(search: Search) -> None:
    response = search('"self._pool" timeout', 10)
    assert {result.path for result in response.results} == {"src/net/tcp.py"}
    text = (search.root / "src/net/tcp.py").read_text().split("\n")
    assert all("self._pool" in text[line - 1] for result in response.results for line in result.lines)
    assert all(result.lines for result in response.results)


def test_an_exact_string_that_is_nowhere_is_said(search: Search) -> None:
    response = search('"no such text anywhere" timeout')
    assert response.results == ()
    assert response.notes == ('no file contains "no such text anywhere"',)


def test_regular_expression_among_words(search: Search) -> None:
    assert {result.path for result in search("backoff /sleep\\(/").results} == {"src/net/retry.py"}


TRACE = """Traceback (most recent call last):
  File "/ci/build/acme/src/net/retry.py", line 10, in retry_with_backoff
    return call()
           ^^^^^^
  File "/usr/lib/python3.11/site-packages/urllib3/tcp.py", line 3, in call
    connect()
  File "/ci/build/acme/src/net/tcp.py", line 17, in acquire
    raise LookupError("the pool is empty")
LookupError: the pool is empty
"""


def test_frames_of_a_trace_newest_first(search: Search) -> None:
    response = search(TRACE)
    assert response.kind is QueryKind.TRACE
    assert [(result.path, result.lines) for result in response.results] == [
        ("src/net/tcp.py", (17,)),
        ("src/net/retry.py", (10,)),
    ]
    assert response.notes == (
        "1 of 3 frames lie outside the searched folders, e.g. /usr/lib/python3.11/site-packages/urllib3/tcp.py:3",
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("\tat com.acme.net.TcpClient.connect(TcpClient.java:13)", (JAVA, 13)),
        ("at renderSession (webpack:///./src/components/session.ts?af:7:3)", ("web/src/components/session.ts", 7)),
        ("thread 'main' panicked at rust/src/main.rs:4:52:\nx", ("rust/src/main.rs", 4)),
        ("goroutine 1 [running]:\nmain.x()\n\t/home/me/acme/router/router.go:13 +0x1d", ("router/router.go", 13)),
        ("/app/lib/sinatra/base.rb:5:in `call': undefined method (NoMethodError)", ("lib/sinatra/base.rb", 5)),
        ("web\\src\\components\\session.ts(7,20): error TS2322: no", ("web/src/components/session.ts", 7)),
    ],
)  # fmt: skip
def test_frames_of_other_machines_and_languages(search: Search, text: str, place: tuple[str, int]) -> None:
    result = search.first(text)
    assert (result.path, *result.lines) == place


@pytest.mark.parametrize(
    "frame",
    [
        "\tat java.util.TcpClient.connect(TcpClient.java:13)",
        "\tat org.other.TcpClient.connect(TcpClient.java:13)",
        'File "/usr/lib/python3.11/tcp.py", line 3, in x',
        "at x (/srv/node_modules/lib/session.ts:7:3)",
    ],
)
def test_frames_of_libraries_are_not_mistaken_for_files_of_the_same_name(search: Search, frame: str) -> None:
    response = search(f"Error: boom\n{frame}\n{frame.replace('3', '4')}")
    assert not any(result.lines for result in response.results)
    assert "frames lie outside the searched folders" in response.notes[0]


def test_a_trace_without_own_frames_is_searched_by_its_message(search: Search) -> None:
    response = search(
        'Traceback (most recent call last):\n  File "/x/y/z.py", line 3, in q\nLookupError: the pool is empty'
    )
    assert response.results[0].path == "src/net/tcp.py"
    assert response.notes[1] == 'searched for "LookupError: the pool is empty" instead'


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("sym:ConnectionPool", ["ConnectionPool"]),
        ("sym:TCPConnector.connect", ["TCPConnector.connect", "TCPConnector.connect"]),
        ("sym:retry_*", ["retry_with_backoff"]),
        ("kind:class lang:java", ["TcpClient"]),
        ("kind:class path:src/net", ["ConnectionPool", "TCPConnector"]),
    ],
)
def test_definitions_by_filters_alone(search: Search, raw: str, names: list[str]) -> None:
    assert sorted(result.name for result in search(raw).results) == names


def test_words_with_symbol_filters(search: Search) -> None:
    response = search("kind:method connection")
    assert response.results
    for result in response.results:
        lines = (search.root / result.path).read_text().split("\n")
        assert result.lines
        assert all(
            "def " in lines[n - 1] or "func " in lines[n - 1] or "void" in lines[n - 1] for n in result.lines
        )


def test_filters_alone_list_files(search: Search) -> None:
    assert search.paths("lang:rust") == ["rust/src/main.rs", "rust/src/parser.rs"]
    assert set(search.paths("path:router -path:test")) == {"router/router.go"}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("lang:haskell monad", "no indexed file passes lang:haskell"),
        ('path:"no such" x', 'no indexed file passes path:"no such"'),
        ("lang:go -lang:go x", "no indexed file passes lang:go -lang:go"),
    ],
)
def test_a_filter_that_leaves_nothing_is_said(search: Search, raw: str, says: str) -> None:
    response = search(raw)
    assert response.results == ()
    assert says in response.notes[0]


def test_cut_lists_are_said(search: Search) -> None:
    assert search("/helper/", 2).notes[0].startswith("2 of ")
    assert "files are shown" in search("lang:python", 2).notes[0]
    assert "definitions are shown" in search("kind:function", 2).notes[0]


def test_a_name_that_occurs_nowhere_is_not_found(search: Search) -> None:
    assert search("Xyzzyqq").results == ()


ODD_QUERIES = [
    "the of and", "what is this", "???", "...", "->", "\\", '"', "ß", "日本語", "\udc80", "x\udc80y", '"\udc80"',
    "a" * 10_000, "word " * 2_000, "/" * 50, "::", "a::", "-", "--", "-path:", "😀", "\x00", "key: value", "/./",
    "def connect(self):", "/(?=)/", "/$/", "lang:python", "sym:_", "kind:class", "path:.", "src", "tcp.py",
    "TCPConnector connect pool",
]  # fmt: skip


def check(root: Path, response: SearchResponse, limit: int) -> None:
    """Every path exists, every line is in its file, and the order is by score, then by path and line."""
    assert len(response.results) <= limit
    for result in response.results:
        source = read_source(root, result.path)
        assert isinstance(source, Source)
        total = max(1, len(split_lines(source.text.decode())))
        assert 1 <= result.start_line <= result.end_line <= total
        assert all(result.start_line <= line <= result.end_line for line in result.lines)
        assert list(result.lines) == sorted(set(result.lines))
    keys = [
        (-result.score, result.path, (*result.lines, result.start_line)[0]) for result in response.results
    ]
    assert keys == sorted(keys)


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 1000])
@pytest.mark.parametrize("raw", ODD_QUERIES)
def test_odd_queries_have_valid_results_or_an_error(search: Search, raw: str, limit: int) -> None:
    try:
        response = search(raw, limit)
    except QueryError:
        return
    check(search.root, response, max(limit, 0))


words = st.sampled_from(
    (
        "TCPConnector connect pool self router Router.Handle src/net/ tcp.py:12 /def/ /^/ /\\bself\\b/i how where"
        ' lang:python -lang:go path:src -path:vendor sym:connect kind:class "self" "onnect" "=>" parse => = test'
        " tests :12 a/b C:\\x é"
    ).split()
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(words, min_size=1, max_size=4), limit=st.integers(1, 30))
def test_every_result_is_a_place_in_a_file(search: Search, parts: list[str], limit: int) -> None:
    try:
        response = search(" ".join(parts), limit)
    except QueryError:
        return
    check(search.root, response, limit)


def test_results_do_not_depend_on_the_limit(search: Search) -> None:
    for raw in ("connection pool", "TCPConnector", '"connect"', "/def /", "kind:method"):
        many = [result.location for result in search(raw, 40).results]
        for limit in (1, 2, 5):
            assert [result.location for result in search(raw, limit).results] == many[:limit]


def test_searches_of_many_threads_give_what_one_gives(acme: Path, tmp_path: Path) -> None:
    queries = [raw for raw in ODD_QUERIES if raw not in ('"', "-path:")] + [
        TRACE,
        "router",
        '"pool"',
        "/def \\w+/",
    ]
    queries = [raw for raw in queries if not raw.startswith(("a::", "-path"))]
    serial = engine_in(tmp_path)
    serial.update(acme)
    expected = [_outcome(serial, acme, raw) for raw in queries]
    threaded = engine_in(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            found = list(pool.map(lambda raw: _outcome(threaded, acme, raw), queries * 2))
            assert found == expected * 2


def _outcome(engine: Engine, root: Path, raw: str) -> object:
    try:
        response = engine.search(raw, [root])
    except QueryError as error:
        return str(error)
    return response.kind, response.notes, response.results


def test_several_repositories_are_searched_as_one(tmp_path: Path) -> None:
    first = write_files(
        tmp_path / "one", {"src/a.py": "class Widget:\n    pass\n", "src/b.py": "x = Widget()\n"}
    )
    second = write_files(
        tmp_path / "two", {"src/a.py": "def use():\n    return Widget()\n", "c.py": "y = 'needle'\n"}
    )
    engine = engine_in(tmp_path)
    for root in (first, second):
        engine.update(root)
    response = engine.search("Widget", [first, second])
    assert (response.results[0].root, response.results[0].path) == (first.resolve(), "src/a.py")
    places = [(result.root, result.path, result.start_line) for result in response.results]
    assert len(places) == len(set(places))
    assert {result.root for result in response.results} == {first.resolve(), second.resolve()}
    assert response.files_searched == 4
    assert [result.root for result in engine.search('"needle"', [first, second]).results] == [
        second.resolve()
    ]
    assert {result.root for result in engine.search("src/a.py", [first, second]).results} == {first, second}


def test_the_same_folder_twice_counts_once(search: Search) -> None:
    response = search.engine.search("TCPConnector", [search.root, search.root / "src" / ".."])
    assert response.results == search("TCPConnector").results
    assert response.files_searched == len(FILES)


def test_a_file_in_two_nested_folders_is_shown_once(tmp_path: Path) -> None:
    outer = write_files(
        tmp_path / "outer", {"sub/a.py": "class Widget:\n    pass\n", "b.py": "w = Widget()\n"}
    )
    engine = engine_in(tmp_path)
    for root in (outer, outer / "sub"):
        engine.update(root)
    for raw in ("Widget", '"Widget"', "/Widget/", "sym:Widget", "a.py", "lang:python"):
        response = engine.search(raw, [outer, outer / "sub"])
        files = [result.root / result.path for result in response.results]
        assert files.count((outer / "sub/a.py").resolve()) == 1, raw
    assert engine.search("Widget", [outer, outer / "sub"]).files_searched == 2


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (r"def.*helper", True),
        (r"helper\(", True),
        ("help[a-z]+", True),
        ("helper(", False),
        ("where is the helper?", False),
        ("items[0]", False),
        ('"a.*b" helper', False),
    ],
)
def test_what_looks_like_an_expression_is_told_how_to_be_one(search: "Search", raw: str, told: bool) -> None:
    note = f"searched for the words; as a regular expression: /{raw}/"
    assert (note in search(raw).notes) is told
