"""Which files import a module, and which it imports: answers from the index's edges, not from names.

What comes from elsewhere is known by the text of the statements alone. What is asked about is a file or a folder, as
people call them: by its path, by the end of it, by the name of the module (``shop.cart``), or by the bare stem where
only one file of code has it.
"""

import re
from collections.abc import Iterable, Sequence
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
    name = _plain_name(subject)
    if not name:
        return None
    for wanted in dict.fromkeys((name, _SEPARATORS.sub("/", name))):
        if found := _file(source, wanted) or _folder(source, wanted) or _file_called(source, wanted):
            return found
    return None


def _plain_name(subject: str) -> str:
    """Return a subject without article, quotes and what it is called; empty if that is no single name."""
    name = _ARTICLE.sub("", _ROLE_WORD.sub("", subject.strip()), count=1).strip("`\"' ").removesuffix("/")
    return "" if " " in name else name.removeprefix("./")


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
    """Answer who imports the subject of a question, or what it imports; None if nothing of that name is imported.

    :param label: goes before paths where several repositories are searched.
    """
    importing = question.shape is Shape.IMPORTERS
    module = module_named(source, question.subject)
    if module is not None:
        sides = ("imported", "importer") if importing else ("importer", "imported")
        found, path = _edges(source, module, *sides), f"{label}{module.path}"
    else:
        path = _plain_name(question.subject)
        found = _of_elsewhere(source, path) if importing and path else []
        if not found:
            return None
    why = f"imports {path}" if importing else "is what imports it"
    statement = _state(path, found, label, importing=importing)
    return Told(statement, [one.statement for one in found], why)


def _edges(source: Source, module: Module, inside: str, outside: str) -> list[Import]:
    """Return the edges between a module and what is outside of it, one a file there, or one an imported package."""
    snapshot = source.snapshot
    edges = snapshot.import_edges[np.isin(snapshot.import_edges[inside], module.rows)]
    edges = edges[~np.isin(edges[outside], module.rows)]
    lines = snapshot.imports.records["line"][edges["statement"]].tolist()
    found: dict[int, Import] = {}
    for importer, other, line in zip(edges["importer"].tolist(), edges[outside].tolist(), lines, strict=True):
        statement = Reference(snapshot.paths[importer], line, None, is_call=False)
        found.setdefault(other, Import(snapshot.paths[other], statement))
    ordered = [found[row] for row in _ordered(source, found)]
    if outside == "importer":
        return ordered
    packages = {_package(one.other): one for one in reversed(ordered)}
    named = [(name, packages[name]) for name in dict.fromkeys(_package(one.other) for one in ordered)]
    return [Import(name, one.statement) for name, one in named]


def _package(path: str) -> str:
    """Return what a path is imported as: Go's files are as their folder."""
    return path.rpartition("/")[0] or path if path.endswith(".go") else path


def _of_elsewhere(source: Source, name: str) -> list[Import]:
    """Return the files that import what is no part of the repository, by the text of their statements."""
    snapshot = source.snapshot
    written = re.compile(rf"(?:[\w.-]+\.[a-z]+/(?:[\w.-]+/)*)?{re.escape(name)}(?![\w-])")
    files, lines = snapshot.imports.records["file"], snapshot.imports.records["line"]
    found: dict[int, Import] = {}
    for row, text in enumerate(snapshot.imports.strings["module"].to_list()):
        if written.match(text):
            file = int(files[row])
            path = snapshot.paths[file]
            found.setdefault(file, Import(path, Reference(path, int(lines[row]), None, is_call=False)))
    return [found[row] for row in _ordered(source, found)]


def _ordered(source: Source, rows: Iterable[int]) -> list[int]:
    """Sort code before tests and the like, then what most files use first."""
    users, roles = source.snapshot.files.records["users"], source.snapshot.roles
    return sorted(rows, key=lambda row: (bool(int(roles[row]) & _ASIDE.value), -int(users[row]), row))


def _state(path: str, found: Sequence[Import], label: str, *, importing: bool) -> str:
    if not found:
        said = (
            "No file is known to import"
            if importing
            else "No file of this repository is known to be imported by"
        )
        return f"{said} `{path}`; imports that are computed when the program runs are not known."
    named = [f"{label}{one.other}" for one in found[:_MOST_NAMED]]
    if len(found) > _MOST_NAMED:
        named.append(f"{len(found) - _MOST_NAMED:,} more")
    if importing:
        count = f"{len(found):,} {'file' if len(found) == 1 else 'files'}"
        return f"`{path}` is imported by {count}: {listed(named)}."
    return f"`{path}` imports of this repository {listed(named)}."
