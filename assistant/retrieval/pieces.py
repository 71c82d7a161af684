"""A query's text cut into its pieces: filters, exact strings, a regular expression, and the words that are left.

The grammar is small and forgiving: what is no filter, no quoted string and no regular expression is a word.
"""

import difflib
import enum
import re
import shlex
import warnings
from dataclasses import dataclass, field

from assistant.errors import QueryError
from indexer.languages import LANGUAGES, language_named

FILTERS = ("lang", "path", "sym", "kind")
_ALIASES = {"language": "lang", "file": "path", "symbol": "sym", "l": "lang", "f": "path"}
_MAX_WILDCARDS = 8

KINDS = (
    "class constant constructor declaration element enum field function implementation index interface macro method"
    " module namespace object property record rule schema section struct table trait trigger type union variable view"
).split()
"""Kinds of definitions that ``kind:`` takes."""

_KIND_ALIASES = {
    "func": "function",
    "fn": "function",
    "def": "function",
    "fun": "function",
    "cls": "class",
    "const": "constant",
    "ctor": "constructor",
    "var": "variable",
    "iface": "interface",
    "protocol": "interface",
    "impl": "implementation",
    "mod": "module",
    "package": "module",
    "prop": "property",
    "attribute": "field",
    "heading": "section",
    "typedef": "type",
}

# Possessive where a part could be read in two ways: no query may take long to read.
_PIECE = re.compile(
    r"(?P<regex>/(?![\s/*])(?:\[(?:[^\]\\\n]|\\.)*+\]|[^/\\\n]|\\.)++/i?(?=\s|$))"
    r'|(?P<literal>"(?:[^"\\]|\\.)++")[?.,;:!]?(?=\s|$)'
    r'|(?P<word>-?[A-Za-z]+:"[^"]*"|\S+)',
    re.DOTALL,
)
_FILTER = re.compile(r"(-?)([A-Za-z]+):(?![:/\\])(.*)", re.DOTALL)
_SLASHED = re.compile(r"/(.+)/(i?)", re.DOTALL)
_METACHARACTERS = re.compile(r"[\\^$|?*+(){}\[\]]")


class QueryKind(enum.Enum):
    """The kinds of query that are answered in ways of their own."""

    TEXT = "text"
    SYMBOL = "symbol"
    PATH = "path"
    LITERAL = "literal"
    REGEX = "regex"
    TRACE = "trace"


@dataclass(frozen=True, slots=True)
class Filters:
    """Restrictions on results; every group must hold, within a group any of its values."""

    languages: tuple[str, ...] = ()
    not_languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    not_paths: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is restricted."""
        return self != Filters()

    def __str__(self) -> str:
        """Return the filters as they are typed."""
        names = ("lang", "-lang", "path", "-path", "sym", "kind")
        groups = (self.languages, self.not_languages, self.paths, self.not_paths, self.symbols, self.kinds)
        said = [f"{name}:{value}" for name, values in zip(names, groups, strict=True) for value in values]
        return " ".join(f'{item.replace(":", ":" + chr(34), 1)}"' if " " in item else item for item in said)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a query."""

    filters: Filters = field(default_factory=Filters)
    literals: tuple[str, ...] = ()
    regex: re.Pattern[str] | None = None
    text: str = ""
    """The words that are left, separated by single blanks."""


def cut_pieces(raw: str, strict: bool) -> Pieces:
    """Cut a query.

    :param strict: an unknown filter is an error, and a regular expression may stand among words.
    :raises QueryError: for what cannot be understood.
    """
    groups: dict[str, list[str]] = {}
    literals: list[str] = []
    patterns: list[str] = []
    words: list[str] = []
    for match in _PIECE.finditer(raw):
        piece = match.group(match.lastgroup or 0)
        if match.lastgroup == "literal":
            literals.append(piece[1:-1].replace('\\"', '"'))
        elif match.lastgroup == "regex":
            patterns.append(piece)
        elif not _take_filter(piece, groups, strict):
            words.append(piece)
    if patterns and not strict and words:
        words += patterns  # a sentence about `/api/` is a sentence
        patterns = []
    if len(patterns) > 1:
        raise QueryError(
            f"two regular expressions in one query ({patterns[0]} and {patterns[1]});"
            " join them as /one|other/ or quote one"
        )
    regex = _compiled(patterns[0]) if patterns else None
    return Pieces(_filters(groups), tuple(literals), regex, " ".join(words))


def regex_of(text: str) -> re.Pattern[str] | None:
    r"""Return the regular expression that a whole text is, also one with bare slashes inside; None if it is none.

    ``/src/.*\.py$/`` is one, ``/src/net/`` is a folder.

    :raises QueryError: if it is invalid.
    """
    match = _SLASHED.fullmatch(text)
    if match is None or not _METACHARACTERS.search(match.group(1)):
        return None
    return _compiled(text)


def _take_filter(piece: str, groups: dict[str, list[str]], strict: bool) -> bool:
    match = _FILTER.fullmatch(piece)
    name = _filter_name(match, strict) if match else None
    if match is None or name is None:
        return False
    sign, value = match.group(1), match.group(3).strip('"')
    if not value:
        if strict:
            raise QueryError(f"{sign}{name}: has no value; write it without a blank, e.g. {_example(name)}")
        return False
    if len(re.findall(r"\*+|\?", value)) > _MAX_WILDCARDS:
        raise QueryError(
            f"{sign}{name}:{value} has more than {_MAX_WILDCARDS} wildcards; name a part of it instead"
        )
    values = value.split(",") if name in ("lang", "kind") else [value]
    known = {"lang": _language, "kind": _kind}.get(name, str)
    groups.setdefault(sign + name, []).extend(known(item) for item in values if item)
    return True


def _example(name: str) -> str:
    return {"lang": "lang:python", "path": "path:src/net", "sym": "sym:TCPConnector", "kind": "kind:class"}[
        name
    ]


def _filter_name(match: re.Match[str], strict: bool) -> str | None:
    sign, name, value = match.groups()
    known = _ALIASES.get(name.lower(), name.lower())
    if known in FILTERS and (value or (name.islower() and known == name)):
        return known
    if not strict or not value or len(name) < 2 or not name.islower() or value.isdecimal():
        return None
    near = difflib.get_close_matches(known, FILTERS, 1, 0.5)
    hint = (
        f"did you mean {sign}{near[0]}:{value}?"
        if near
        else f"the filters are {', '.join(f + ':' for f in FILTERS)}."
    )
    raise QueryError(
        f'unknown filter "{name}:"; {hint} To search for the text itself, quote it: {_quoted(match.group(0))}'
    )


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return shlex.quote(f'"{escaped}"')


def _language(value: str) -> str:
    language = language_named(value)
    if language is None:
        near = difflib.get_close_matches(value.lower(), LANGUAGES, 1)
        hint = f"did you mean lang:{near[0]}? " if near else ""
        raise QueryError(
            f'unknown language "{value}" in lang:{value}; {hint}`assist status` lists the languages of the index'
        )
    return language.name


def _kind(value: str) -> str:
    wanted = value.lower()
    for candidate in (wanted, wanted.removesuffix("s"), wanted.removesuffix("es")):
        kind = _KIND_ALIASES.get(candidate, candidate)
        if kind in KINDS:
            return kind
    near = difflib.get_close_matches(wanted, KINDS, 1)
    hint = f"did you mean kind:{near[0]}?" if near else f"the kinds are {', '.join(KINDS)}"
    raise QueryError(f'unknown kind "{value}" in kind:{value}; {hint}')


def _filters(groups: dict[str, list[str]]) -> Filters:
    unsupported = {"-sym", "-kind"} & groups.keys()
    if unsupported:
        name = min(unsupported)
        raise QueryError(f"{name}: cannot be excluded; only -path: and -lang: can")
    return Filters(
        languages=tuple(groups.get("lang", ())),
        not_languages=tuple(groups.get("-lang", ())),
        paths=tuple(groups.get("path", ())),
        not_paths=tuple(groups.get("-path", ())),
        symbols=tuple(groups.get("sym", ())),
        kinds=tuple(groups.get("kind", ())),
    )


def _compiled(text: str) -> re.Pattern[str]:
    match = _SLASHED.fullmatch(text)
    assert match is not None
    pattern, ignore_case = match.groups()
    try:
        with warnings.catch_warnings():
            # `[[:alpha:]]` and `[a--b]` mean something else in other dialects.
            warnings.simplefilter("error")
            return re.compile(pattern, re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise QueryError(
            f"invalid regular expression /{pattern}/: {error};"
            f" to search for the text itself, quote it: {_quoted(pattern)}"
        ) from None
