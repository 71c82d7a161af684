import numpy as np
import pytest

from assistant.retrieval.filters import SymbolFilter, allowed_files, path_matcher
from assistant.retrieval.query import Filters

PATHS = ["src/net/tcp.py", "src/app.ts", "tests/test_tcp.py", "app/[slug]/page.tsx", "readme.md"]
LANGUAGES = ["python", "typescript", "python", "tsx", "markdown"]


@pytest.mark.parametrize(
    ("wanted", "path", "matches"),
    [
        ("net", "src/net/tcp.py", True),
        ("NET/TCP", "src/net/tcp.py", True),
        (r"src\net", "src/net/tcp.py", True),
        ("./src", "src/net/tcp.py", True),
        ("/src", "src/net/tcp.py", True),
        ("/net", "src/net/tcp.py", False),
        ("tcp.go", "src/net/tcp.py", False),
        ("*.py", "src/net/tcp.py", True),
        ("*.py", "tcp.py", True),
        ("*.py", "src/tcp.pyi", False),
        ("src/*.py", "src/net/tcp.py", False),
        ("src/**/*.py", "src/net/tcp.py", True),
        ("src/**/*.py", "src/tcp.py", True),
        ("src/**/tcp.*", "src/a/b/tcp.py", True),
        ("**/net", "src/net/tcp.py", True),
        ("src/*", "src/net/tcp.py", True),
        ("/s*/tcp.py", "a/s/tcp.py", False),
        ("tcp.p?", "src/net/tcp.py", True),
        ("test_*", "tests/test_tcp.py", True),
        ("test_*", "tests/mytest_tcp.py", False),
        ("[slug]", "app/[slug]/page.tsx", True),
        ("[slug]/*.tsx", "app/[slug]/page.tsx", True),
        ("[s]*", "s/page.tsx", False),
        ("a.c", "abc", False),
        ("*", "line\nbreak.py", True),
    ],
)
def test_path_values(wanted: str, path: str, matches: bool) -> None:
    assert path_matcher(wanted)(path) is matches


def test_a_glob_of_many_stars_is_matched_quickly() -> None:
    assert not path_matcher("**/**/**/**/**/**/**/*x*x*x*y")("a/" * 100 + "x" * 100)


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(languages=("python",)), [0, 2]),
        (Filters(languages=("python", "tsx")), [0, 2, 3]),
        (Filters(not_languages=("python",)), [1, 3, 4]),
        (Filters(paths=("src", "readme")), [0, 1, 4]),
        (Filters(not_paths=("tests", "*.md")), [0, 1, 3]),
        (Filters(languages=("python",), not_paths=("tests",)), [0]),
        (Filters(languages=("go",)), []),
        (Filters(paths=("src",), not_paths=("src",)), []),
    ],
)
def test_every_group_must_hold(filters: Filters, rows: list[int]) -> None:
    allowed = allowed_files(PATHS, LANGUAGES, filters)
    assert allowed is not None
    assert np.flatnonzero(allowed).tolist() == rows


@pytest.mark.parametrize("filters", [Filters(), Filters(symbols=("x",), kinds=("class",))])
def test_no_restriction_of_files_is_none(filters: Filters) -> None:
    assert allowed_files(PATHS, LANGUAGES, filters) is None


@pytest.mark.parametrize(
    ("filters", "definition", "fit"),
    [
        (Filters(), ("anything", "", "class"), 1.0),
        (Filters(symbols=("Connect",)), ("connect", "", "method"), 1.0),
        (Filters(symbols=("connect()",)), ("connect", "", "method"), 1.0),
        (Filters(symbols=("conn",)), ("connect", "", "method"), 0.5),
        (Filters(symbols=("nect",)), ("connect", "", "method"), 0.3),
        (Filters(symbols=("other",)), ("connect", "", "method"), 0.0),
        (Filters(symbols=("get_*",)), ("get_user", "", "function"), 1.0),
        (Filters(symbols=("get_*",)), ("forget_user", "", "function"), 0.0),
        (Filters(symbols=("TCPConnector.connect",)), ("connect", "TCPConnector", "method"), 1.0),
        (Filters(symbols=("Sinatra::Base",)), ("base", "Sinatra", "class"), 1.0),
        (Filters(symbols=("Other.connect",)), ("connect", "TCPConnector", "method"), 0.0),
        (Filters(symbols=("a", "connect")), ("connect", "", "method"), 1.0),
        (Filters(kinds=("class",)), ("connect", "", "method"), 0.0),
        (Filters(kinds=("class", "method")), ("connect", "", "method"), 1.0),
    ],
)
def test_definitions_by_name_and_kind(filters: Filters, definition: tuple[str, str, str], fit: float) -> None:
    assert SymbolFilter(filters).fit(*definition) == fit
