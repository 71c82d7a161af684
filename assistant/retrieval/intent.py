"""One box: whether what was typed is a search, a question, or a pasted stack trace. Pure text."""

import enum
import re

from assistant.errors import QueryError
from assistant.retrieval import traces
from assistant.retrieval.query import QueryKind, parse_query

_ASKING = frozenset(
    "what what's where where's who whose which why when how is are was were does do did can could should would will has"
    " have explain describe show tell list give summarise summarize compare find help walk write suggest outline why's"
    " how's who's hello hi hey thanks please i we so then".split()
)
_JOINING = frozenset("and but or also ok okay then so now".split())
_VERBS = frozenset("is are was were does do did can should would will has have happens work works".split())
_WORDS_FOR_MORE = frozenset("what why how who where when which really and so".split())
_LONGEST_SEARCH = 5
"""Words; a longer text without a question mark is taken for a question, too."""


class Intent(enum.Enum):
    """What is wanted."""

    SEARCH = "search"
    QUESTION = "question"
    TRACE = "trace"


def intent_of(text: str) -> Intent:
    """Tell what a text asks for.

    A trace below a question is a question about it. Names, paths, exact strings, regular expressions, filters and short
    keywords are searches.
    """
    words = [word.strip("?!.,:;\"'()") for word in text.lower().split()]
    if not words:
        return Intent.SEARCH
    first_line = text.strip().splitlines()[0]
    asks = _asks(first_line)
    try:
        query = parse_query(text, is_trace=traces.is_trace, strict=False)
    except QueryError:
        return Intent.QUESTION if asks else Intent.SEARCH
    if query.kind is QueryKind.TRACE:
        is_message = traces.is_trace(first_line) or not asks
        return Intent.TRACE if is_message else Intent.QUESTION
    if len(words) == 1 and words[0] in _WORDS_FOR_MORE:
        return Intent.QUESTION
    if query.kind is not QueryKind.TEXT or query.filters.any:
        return Intent.QUESTION if text.rstrip().endswith("?") and " " in text.strip() else Intent.SEARCH
    if asks or len(words) > _LONGEST_SEARCH or _VERBS & set(words):
        return Intent.QUESTION
    return Intent.SEARCH


def _asks(line: str) -> bool:
    """Tell whether a line is put as a question or a request."""
    words = [word.strip("?!.,:;\"'()") for word in line.lower().split()]
    if line.rstrip(" \"')").endswith("?") and len(words) > 1:
        return True
    while words and words[0] in _JOINING:
        words = words[1:]
    return bool(words) and words[0] in _ASKING and not re.match(r"\w+[(.:/\\]\S", line)
