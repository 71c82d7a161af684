"""Which files import a module, and which it imports: answers from the index's edges, not from names.

What is asked about is a file or a folder, as people call them: by its path, by the end of it, by the name of the module
(``shop.cart``), or by the bare stem where only one file of code has it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answers.questions import Question, Shape
from assistant.answers.references import Reference
from assistant.answers.statements import listed
from assistant.retrieval.search import Source
from indexer.discovery import Role
from indexer.index.users import is_code

_ROLE_WORD = re.compile(r"\s+(?:file|module|package|folder|directory|header|crate|namespace)$", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|our|this)\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"::|\\|(?<!\.)\.(?!\.)")
_ASIDE = Role.TEST | Role.EXAMPLE | Role.BENCHMARK | Role.DOCS
_MOST_NAMED = 5
"""Files named in a statement."""
_FACADES = frozenset({"__init__", "index", "mod", "lib"})
"""Stems of files that stand for their folder."""


@dataclass(frozen=True, slots=True)
class Module:
    """A file, or a folder as all of its files."""

    path: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """The file at the other end, and the statement that imports."""

    other: str
    statement: Reference


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, the statements that bear it out, and what each of them does."""

    statement: str
    references: list[Reference]
    why: str


def module_named(source: Source, subject: str) -> Module | None:
    """Return the file or folder that a subject means; None for none, or for several."""
    name = _ARTICLE.sub("", _ROLE_WORD.sub("", subject.strip()), count=1).strip("`\"' ").removesuffix("/")
    if not name or " " in name:
        return None
    name = name.removeprefix("./")
    for wanted in dict.fromkeys((name, _SEPARATORS.sub("/", name))):
        if found := _file(source, wanted) or _folder(source, wanted) or _file_called(source, wanted):
            return found
    return None


def _file(source: Source, wanted: str) -> Module | None:
    """Return the file with this path, or with this end of a path."""
    paths = source.snapshot.paths
    exact = source.snapshot.file_row(wanted)
    if exact is not None:
        return Module(paths[exact], (exact,))
    return _only(source, [row for row, path in enumerate(paths) if path.endswith(f"/{wanted}")])


def _file_called(source: Source, wanted: str) -> Module | None:
    code = is_code(source.snapshot.roles)
    paths = enumerate(source.snapshot.paths)
    return _only(source, [row for row, path in paths if code[row] and _is_called(path, wanted)])


def _only(source: Source, rows: list[int]) -> Module | None:
    """Return the only file of code among some, or the only one at all."""
    code = is_code(source.snapshot.roles)
    rows = [row for row in rows if code[row]] or rows
    return Module(source.snapshot.paths[rows[0]], (rows[0],)) if len(rows) == 1 else None


def _is_called(path: str, wanted: str) -> bool:
    """Tell whether ``wanted`` is a path's end without suffix; a facade is called as its folder."""
    stem = path.rpartition(".")[0]
    folder, _, last = stem.rpartition("/")
    if last in _FACADES and f"/{folder}".endswith(f"/{wanted}"):
        return True
    return f"/{stem}".endswith(f"/{wanted}")


def _folder(source: Source, wanted: str) -> Module | None:
    found: dict[str, list[int]] = {}
    for row, path in enumerate(source.snapshot.paths):
        at = f"/{path}".find(f"/{wanted}/")
        if at >= 0:
            found.setdefault(path[: at + len(wanted)], []).append(row)
    if len(found) != 1:
        return None
    folder, rows = next(iter(found.items()))
    return Module(folder, tuple(rows))


def tell(source: Source, question: Question, label: str) -> Told | None:
    """Answer who imports the subject of a question, or what it imports; None if it is no file or folder.

    :param label: goes before paths where several repositories are searched.
    """
    module = module_named(source, question.subject)
    if module is None:
        return None
    if question.shape is Shape.IMPORTERS:
        found = _edges(source, module, "imported", "importer")
        why = f"imports {module.path}"
    else:
        found, why = _edges(source, module, "importer", "imported"), "is what imports it"
    statement = _state(module, found, label, importing=question.shape is Shape.IMPORTERS)
    return Told(statement, [one.statement for one in found], why)


def _edges(source: Source, module: Module, inside: str, outside: str) -> list[Import]:
    snapshot = source.snapshot
    edges = snapshot.import_edges[np.isin(snapshot.import_edges[inside], module.rows)]
    edges = edges[~np.isin(edges[outside], module.rows)]
    lines = snapshot.imports.records["line"][edges["statement"]].tolist()
    users, roles = snapshot.files.records["users"], snapshot.roles
    found: dict[int, Import] = {}
    for importer, other, line in zip(edges["importer"].tolist(), edges[outside].tolist(), lines, strict=True):
        statement = Reference(snapshot.paths[importer], line, None, is_call=False)
        found.setdefault(other, Import(snapshot.paths[other], statement))
    order = sorted(found, key=lambda row: (bool(int(roles[row]) & _ASIDE.value), -int(users[row]), row))
    return [found[row] for row in order]


def _state(module: Module, found: Sequence[Import], label: str, *, importing: bool) -> str:
    name = f"`{label}{module.path}`"
    if not found:
        said = (
            "No file is known to import"
            if importing
            else "No file of this repository is known to be imported by"
        )
        return f"{said} {name}; imports that are computed when the program runs are not known."
    count = f"{len(found):,} {'file' if len(found) == 1 else 'files'}"
    named = [f"{label}{one.other}" for one in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        named.append(f"{len(found) - _MOST_NAMED:,} more")
    said = f"{name} is imported by {count}" if importing else f"{name} imports {count} of this repository"
    return f"{said}: {listed(named)}."
