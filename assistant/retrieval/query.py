"""What a query asks for: its filters, its literals and which kind of query it is.

Pure text in, a :class:`Query` out; nothing here looks at an index. How the text is cut into words, filters, literals
and regular expressions is :mod:`assistant.retrieval.pieces`' business.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.errors import QueryError
from assistant.retrieval.changes import is_change, scope_of
from assistant.retrieval.pieces import Filters, QueryKind, cut_pieces, regex_of

_NAME = r"[^\W\d]\w*"
_SYMBOL = re.compile(rf"[@$#&*]?{_NAME}(?:(?:::|->|\?\.|\\|[.#/]){_NAME})*[!?]?")
_DECORATION = re.compile(r"(?:<[^<>\s]*>)?(?:\(\)|\([\w\s,.&*:=\[\]]*\)|\([\w\s,.&*:=\[\]]*$)?;?$")
"""What follows a name in code, also where a call was not copied to its end: ``close(timeout``."""
_EMBEDDED = re.compile(
    r"\b(?:[A-Z]+[a-z0-9]+[A-Z]\w*|[a-z]+[a-z0-9]*[A-Z]\w*|\w+_\w+|[A-Z][A-Z0-9]+[a-z]\w*"
    rf"|{_NAME}(?:(?:::|->|#){_NAME})+|{_NAME}(?=\(\)))\b|`([^`\s]+)`"
)
_QUESTION = re.compile(r"(?:how|where|what|which|why|when)\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"\b[A-Z]\w+\b")

_LINE = (
    r"(?::(?P<line>\d+)(?:[:-]\d+)?|#L(?P<line2>\d+)(?:-L?\d+)?"
    r"|\((?P<line3>\d+)(?:, ?\d+)?\)|,? line (?P<line4>\d+))"
)
_PART = r"[\w.@+\[\]$~%-]+"
_PATH = re.compile(
    rf"(?P<path>(?:[A-Za-z]:)?[/\\]{{0,2}}(?:(?:[\w.@+\[\]$~% -]+[/\\])++[\w.@+\[\]$~% -]+|{_PART})\.\w{{1,12}}"
    rf"|(?:[A-Za-z]:)?[/\\]?(?:{_PART}[/\\])++(?:{_PART})?"
    rf"|[A-Za-z][\w-]*(?=:\d+$|#L\d)){_LINE}?"
)
_GLOB = re.compile(r"(?=.*\*)(?=.*(?:/|\\|^\*\.))[\w.@+*?/\\-]+")
_FORGE_URL = re.compile(r"https?://[^/\s]+/[^/\s]+/[^/\s]+/(?:-/)?(?:blob|blame|raw|src)/[^/\s]+/")
_WORD = re.compile(r"[^\W_]+")

__all__ = ["Filters", "Query", "QueryKind", "parse_query"]


@dataclass(frozen=True, slots=True)
class Query:
    """An understood query."""

    raw: str
    kind: QueryKind
    text: str
    """What is left for ranking, without filters and quotes."""
    filters: Filters = field(default_factory=Filters)
    literals: tuple[str, ...] = ()
    """Exact strings that a result's file must contain."""
    regex: re.Pattern[str] | None = None
    """A pattern that must match in a result's file. Match it only where the time is bounded (``exact``)."""
    symbol: str = ""
    """The last part of a symbol query (``Base`` of ``Sinatra::Base``)."""
    qualifier: str = ""
    """The part before it (``Sinatra``)."""
    embedded: tuple[str, ...] = ()
    """Identifiers inside a sentence."""
    capitalised: tuple[str, ...] = ()
    """Capitalised words inside a sentence that may be names."""
    path: str = ""
    """The asked path with ``/`` between folders, as it was typed otherwise; may be a glob."""
    line: int = 0

    @property
    def is_question(self) -> bool:
        """Whether it is a sentence that asks: "how ...", "where ..."."""
        return self.kind is QueryKind.TEXT and _QUESTION.match(self.text.lstrip()) is not None

    @property
    def is_change(self) -> bool:
        """Whether it describes a change: "fix ...", "cli: keep ...", as commits and issues do."""
        return self.kind is QueryKind.TEXT and is_change(self.text)

    @property
    def scope(self) -> tuple[str, ...]:
        """Parts of what it names before a colon, as what a change is about; empty if it does not."""
        return (scope_of(self.text) or ()) if self.kind is QueryKind.TEXT else ()

    @property
    def asked_words(self) -> frozenset[str]:
        """Lower-cased words of the text and of ``path:``: what may ask for tests, examples and the like."""
        said = " ".join((self.text, *self.filters.paths, self.path))
        return frozenset(_WORD.findall(said.lower())) | frozenset(said.lower().split())


def parse_query(raw: str, *, is_trace: Callable[[str], bool], strict: bool = True) -> Query:
    """Understand a query.

    :param is_trace: tells whether a text is a pasted stack trace.
    :param strict: an unknown ``name:value`` is an error; otherwise (in a question) it is ordinary text.
    :raises QueryError: for an unknown filter, language or kind, an invalid regular expression or an empty query.
    """
    raw = raw.strip()
    if not raw:
        raise QueryError(
            'the query is empty; say what to look for, e.g. assist search "where are PDFs parsed"'
        )
    if is_trace(raw):
        return Query(raw, QueryKind.TRACE, raw)
    pieces = cut_pieces(raw, strict)
    text = pieces.text
    query = Query(raw, QueryKind.TEXT, text, pieces.filters, pieces.literals, pieces.regex)
    if query.regex is None and not query.literals and (pattern := regex_of(text)):
        return replace(query, kind=QueryKind.REGEX, regex=pattern)
    if query.literals and not text:
        kind = QueryKind.LITERAL if query.regex is None else QueryKind.REGEX
        return replace(query, kind=kind, text=" ".join(query.literals))
    if query.regex is not None and not text:
        return replace(query, kind=QueryKind.REGEX, text=query.regex.pattern)
    if text and not re.search(r"\w", text):
        return replace(query, kind=QueryKind.LITERAL, literals=(*query.literals, text))
    if query.literals:
        # Words inside the exact strings rank, too: they are the best evidence there is.
        query = replace(query, text=" ".join((text, *query.literals)))
    return _classified(query)


def _classified(query: Query) -> Query:
    """Tell paths, symbols and sentences apart."""
    text = re.sub(r"(?<!:)/{2,}", "/", _FORGE_URL.sub("", query.text.strip("`")))
    if match := _PATH.fullmatch(text):
        line = next((int(digits[:9]) for digits in match.groups()[1:] if digits), 0)
        query = replace(query, kind=QueryKind.PATH, path=_slashed(match["path"]), line=line)
    elif _GLOB.fullmatch(text):
        return replace(query, kind=QueryKind.PATH, path=_slashed(text))
    symbol = _DECORATION.sub("", text)
    if _SYMBOL.fullmatch(symbol):
        names = re.findall(_NAME, symbol)
        kind = query.kind if query.kind is QueryKind.PATH else QueryKind.SYMBOL
        return replace(query, kind=kind, text=symbol, symbol=names[-1], qualifier=".".join(names[:-1]))
    return replace(query, embedded=_embedded(query.text), capitalised=tuple(_CAPITALISED.findall(query.text)))


def _slashed(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _embedded(text: str) -> tuple[str, ...]:
    found = (match.group(1) or match.group(0) for match in _EMBEDDED.finditer(text))
    names = (name for item in found for name in re.findall(_NAME, item))
    return tuple(dict.fromkeys(names))
