"""Queries from names: symbols as they are, and the words of compound ones. They are read from an index."""

from collections import defaultdict
from collections.abc import Iterator

from assistant.quality.queries import DerivedQuery, Kind, Target, sampled
from assistant.retrieval.places import BEHIND
from indexer.index.snapshot import Snapshot, StoredDefinition
from indexer.lexical.tokens import split_word

_SHORTEST = 4
_MOST_FILES = 2
"""A name that more files define asks for none of them."""

_FEWEST_WORDS = 3
_TYPES = frozenset("class interface struct enum trait type protocol record object module".split())
_CALLABLE = frozenset("function method macro".split())


def name_queries(snapshot: Snapshot, symbols: int, words: int) -> list[DerivedQuery]:
    """Return at most so many queries of each kind; half of the symbols are types, where there are enough."""
    unique = list(_defined_once(snapshot))
    types = [item for item in unique if item[0].kind in _TYPES]
    callables = [item for item in unique if item[0].kind in _CALLABLE]
    chosen = sampled(types, _key, (symbols + 1) // 2)
    chosen += sampled(callables, _key, symbols - len(chosen))
    compound = [item for item in callables if len(split_word(item[0].name)) >= _FEWEST_WORDS]
    queries = [_query(snapshot, item, Kind.SYMBOL, item[0].name) for item in chosen]
    for item in sampled(compound, lambda item: f"words {_key(item)}", words):
        queries.append(_query(snapshot, item, Kind.WORDS, " ".join(split_word(item[0].name)).lower()))
    return queries


_Named = tuple[StoredDefinition, tuple[StoredDefinition, ...]]
"""A definition and all that share its name, itself among them."""


def _defined_once(snapshot: Snapshot) -> Iterator[_Named]:
    """Yield the names that one or two files of the code itself define, and none besides."""
    rows: dict[str, list[int]] = defaultdict(list)
    names = snapshot.definitions.strings["name"].to_list()
    kinds = snapshot.definitions.strings["kind"].to_list()
    for row, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if len(name) >= _SHORTEST and (kind in _TYPES or kind in _CALLABLE or kind == "declaration"):
            rows[name.lower()].append(row)
    files = snapshot.definitions.records["file"]
    behind = {row for row in range(len(snapshot.files)) if int(snapshot.roles[row]) & BEHIND.value}
    for found in rows.values():
        of_code = [row for row in found if int(files[row]) not in behind]
        if of_code and len({int(files[row]) for row in of_code}) <= _MOST_FILES:
            definitions = tuple(snapshot.definition(row) for row in of_code)
            largest = max(definitions, key=lambda item: (item.kind in _TYPES, item.size_bytes))
            if not largest.name.startswith("_"):
                yield largest, definitions


def _query(snapshot: Snapshot, item: _Named, kind: Kind, text: str) -> DerivedQuery:
    chosen, same = item
    by_path: dict[str, Target] = {}
    for definition in sorted(same, key=lambda one: (one is not chosen, -one.size_bytes)):
        lines = (definition.start_line, max(definition.end_line, definition.name_line))
        by_path.setdefault(definition.path, Target(definition.path, lines))
    return DerivedQuery(text, kind, snapshot.languages[chosen.file], tuple(by_path.values()))


def _key(item: _Named) -> str:
    return f"{item[0].path} {item[0].qualified_name}"
