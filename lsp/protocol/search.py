"""Searching: ``assist/search``."""

from dataclasses import dataclass

from lsp.protocol.method import Method
from lsp.protocol.places import Hit, Position, Range, ShownLine, Span
from lsp.schema import described


@dataclass(frozen=True, slots=True)
class SearchParams:
    """A query."""

    query: str = described(
        'Names, words, `"exact text"`, `/regular expressions/`, paths, a stack trace; with filters such as `lang:go`, '
        "`path:src`, `sym:pool`, `kind:class` and `-path:tests`."
    )
    limit: int | None = described("Results at most; without it, the setting `assist.search.limit`.", None)
    folders: tuple[str, ...] | None = described("URIs of workspace folders to search; without it, all.", None)
    partial_result_token: str | int | None = described(
        "Results are then sent with `$/progress`, as lists of them and in order; the answer's `results` is empty.",
        None,
    )


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found."""

    results: tuple[Hit, ...] = described("Best first.")
    kind: str = described(
        "What the query was taken for: `text`, `symbol`, `path`, `literal`, `regex` or `trace`."
    )
    files: int = described("How many files were searched.")
    ms: float = described("How long it took.")
    notes: tuple[str, ...] = described("What the user should know: why nothing was found, what was left out.")


_HIT = Hit(
    uri="file:///home/me/shop/src/pool.py",
    path="src/pool.py",
    range=Range(Position(11, 0), Position(30, 0)),
    target=Range(Position(11, 0), Position(11, 17)),
    score=0.93,
    language="python",
    name="ConnectionPool",
    kind="class",
    reason="defines ConnectionPool",
    lines=(ShownLine(11, "class ConnectionPool:", (Span(6, 20),)),),
    version=4,
)

SEARCH: Method[SearchParams, SearchResult] = Method(
    "assist/search",
    SearchParams,
    SearchResult,
    "Searches the indexes of the workspace's folders. Open documents with unsaved changes are shown as they are in the "
    "editor: a place that has moved is found again, one that is gone is left out.",
    SearchParams("connection pool", 5),
    SearchResult((_HIT,), "text", 214, 12.4, ()),
    streamed=tuple[Hit, ...],
    streamed_example=(_HIT,),
)
METHODS = (SEARCH,)
EXAMPLE_HIT = _HIT
