"""Nothing found: what was searched, which filter left nothing, and names that are nearly the asked one."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from assistant.cli.console import count
from assistant.retrieval.filters import SymbolFilter, allowed_files
from assistant.retrieval.query import Filters, Query, QueryKind
from assistant.retrieval.search import Source
from indexer.lexical.terms import TermExpander

_NEAR = 0.72
"""Least likeness of a name that is suggested, by difflib's ratio."""

_AS_NEAR = 0.1
"""How much less alike than the nearest name others may be."""

_FILTER_NAMES = {
    "languages": "lang:",
    "not_languages": "-lang:",
    "paths": "path:",
    "not_paths": "-path:",
    "symbols": "sym:",
    "kinds": "kind:",
}


def why_nothing(sources: Sequence[Source], roots: Sequence[Path], query: Query) -> list[str]:
    """Return lines that explain an empty result."""
    files = sum(len(source.snapshot.files) for source in sources)
    where = ", ".join(map(str, roots))
    lines = [f"Nothing found for {_shown(query)} in {count(files, 'file')} of {where}."]
    if query.kind is QueryKind.TRACE:
        return [*lines, "No frame of the trace lies in what was searched."]
    lines += _filters_to_blame(sources, query.filters)
    for name in _asked_names(query):
        if near := near_names(sources, name):
            lines.append(f"Did you mean {' or '.join(near)}?")
    return lines


def unknown_name(sources: Sequence[Source], query: Query) -> str | None:
    """Return a note if the asked name stands nowhere in the files, however many places resemble it."""
    if query.kind is not QueryKind.SYMBOL or not query.symbol:
        return None
    terms = TermExpander().terms_of(query.symbol)
    if not terms or any(source.snapshot.lexical.document_frequency("text", terms[-1]) for source in sources):
        return None
    near = near_names(sources, query.symbol)
    return f'"{query.symbol}" stands in no file' + (f"; did you mean {' or '.join(near)}?" if near else "")


def near_names(sources: Sequence[Source], name: str, limit: int = 3) -> list[str]:
    """Return names of definitions that resemble a name, the nearest first; none for a name that exists."""
    import difflib

    wanted = name.lower()
    spellings: dict[str, str] = {}
    for source in sources:
        for known in source.snapshot.definitions.strings["name"].to_list():
            if abs(len(known) - len(name)) <= max(2, len(name) // 4):
                spellings.setdefault(known.lower(), known)
    if wanted in spellings:
        return []
    found = difflib.get_close_matches(wanted, spellings, limit, _NEAR)
    likeness = {near: difflib.SequenceMatcher(None, near, wanted).ratio() for near in found}
    return [spellings[near] for near in found if likeness[near] > likeness[found[0]] - _AS_NEAR]


def _shown(query: Query) -> str:
    text = query.raw if len(query.raw) <= 60 else query.raw[:59] + "…"
    if query.kind is QueryKind.TRACE:
        return "the pasted trace"
    return text if text.startswith(('"', "/")) else f'"{text}"'


def _asked_names(query: Query) -> Iterator[str]:
    yield from query.filters.symbols
    if query.symbol:
        yield query.symbol
    yield from query.embedded


def _filters_to_blame(sources: Sequence[Source], filters: Filters) -> list[str]:
    """Say which filter leaves nothing by itself, or that they do together."""
    blamed = []
    for field in fields(Filters):
        values = getattr(filters, field.name)
        if values and not _leaves(sources, Filters(**{field.name: values})):
            name = _FILTER_NAMES[field.name]
            blamed.append(f"No {_what(field.name)} fits {' or '.join(name + value for value in values)}.")
    if not blamed and filters.any and not _leaves(sources, filters):
        blamed.append("Each filter fits something, but nothing fits all of them.")
    if any("lang:" in line for line in blamed):
        names = sorted({language for source in sources for language in source.snapshot.languages})
        blamed.append(f"The languages here are {', '.join(names)}.")
    return blamed


def _what(field: str) -> str:
    return "definition" if field in ("symbols", "kinds") else "file"


def _leaves(sources: Sequence[Source], filters: Filters) -> bool:
    """Tell whether any file, and any definition if those are asked for, passes the filters."""
    symbols = SymbolFilter(filters)
    for source in sources:
        snapshot = source.snapshot
        paths = [path.lower() for path in snapshot.paths]
        allowed = allowed_files(paths, snapshot.languages, filters)
        if not (filters.symbols or filters.kinds):
            if allowed is None or allowed.any():
                return True
            continue
        files = snapshot.definitions.records["file"].tolist()
        columns = (snapshot.definitions.strings[name].to_list() for name in ("name", "scope", "kind"))
        for file, name, scope, kind in zip(files, *columns, strict=True):
            if (allowed is None or allowed[file]) and symbols.fit(name.lower(), scope, kind):
                return True
    return False
