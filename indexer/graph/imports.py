"""Import statements, resolved to files of the same tree.

An edge is right rather than complete: a statement that could mean several files leads nowhere. A file that only passes
names on (``__init__.py``, ``lib.rs``) stands for the files that it has them from, as far as the names tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.graph import modules
from indexer.graph.crates import rust
from indexer.graph.modules import Resolver
from indexer.graph.packages import GoPackages
from indexer.graph.tree import Rows, Tree

_RESOLVERS: dict[str, Resolver] = {
    "python": modules.python,
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte"), modules.script),
    **dict.fromkeys(("c", "cpp", "cuda", "css", "scss", "zig", "bash", "objc"), modules.include),
    **dict.fromkeys(("java", "kotlin", "scala", "groovy"), modules.jvm),
    "php": modules.namespace,
    "ruby": modules.ruby,
    "rust": rust,
    "elixir": modules.elixir,
    "haskell": modules.dotted(".hs"),
    "lua": modules.dotted(".lua"),
}


@dataclass(frozen=True, slots=True)
class ImportEdges:
    """What imports lead to, a row an edge: rows of ``statements`` and of the files that they mean; (n_edges,) int64."""

    statements: NDArray[np.int64]
    targets: NDArray[np.int64]


def resolve_imports(
    paths: Sequence[str],
    languages: Sequence[str],
    files: NDArray[np.int64],
    texts: Sequence[str],
    exported: Sequence[str],
) -> ImportEdges:
    """Resolve the imports of a tree.

    :param paths: of all files, by row, and :param languages: likewise.
    :param files: the row of each import's file, and :param texts: what is imported, as it is written.
    :param exported: names that each import exports again, separated by blanks.
    """
    tree = Tree(paths)
    rows = files.tolist()
    go = GoPackages(tree, (text for row, text in zip(rows, texts, strict=True) if languages[row] == "go"))
    resolvers: dict[str, Resolver] = {**_RESOLVERS, "go": go.resolve}
    statements = list(zip(rows, texts, strict=True))
    found = _resolved(tree, languages, statements, resolvers)
    if tree.learn_root():
        found = _resolved(tree, languages, statements, resolvers)
    found = _through_facades(paths, languages, rows, texts, exported, found)
    counts = [len(targets) for targets in found]
    return ImportEdges(
        np.repeat(np.arange(len(found)), counts).astype(np.int64),
        np.array([target for targets in found for target in targets], np.int64),
    )


def _resolved(
    tree: Tree,
    languages: Sequence[str],
    statements: Sequence[tuple[int, str]],
    resolvers: Mapping[str, Resolver],
) -> list[Rows]:
    known: dict[tuple[str, str, str], Rows] = {}
    found: list[Rows] = []
    for row, text in statements:
        language = languages[row]
        resolver = resolvers.get(language)
        if resolver is None:
            found.append(())
            continue
        path = tree.paths[row]
        key = (language, path if language == "rust" else path[: path.rfind("/") + 1], text)
        targets = known.get(key)
        if targets is None:
            targets = known[key] = resolver(tree, path, text)
        found.append(tuple(target for target in targets if target != row))
    return found


def _through_facades(
    paths: Sequence[str],
    languages: Sequence[str],
    files: Sequence[int],
    texts: Sequence[str],
    exported: Sequence[str],
    found: Sequence[Rows],
) -> list[Rows]:
    """Replace a file that passes an imported name on by the one that it has it from."""
    origins: dict[tuple[int, str], int] = {}
    for file, text, names, targets in zip(files, texts, exported, found, strict=True):
        if len(targets) == 1:
            passed = names.split()
            if not passed and paths[file].endswith("__init__.py"):
                passed = imported_names(text, languages[file])
            for name in passed:
                origins.setdefault((file, name), targets[0])
    if not origins:
        return list(found)
    through: list[Rows] = []
    for file, text, targets in zip(files, texts, found, strict=True):
        names_in = imported_names(text, languages[file]) if len(targets) == 1 else []
        passed_on = [origins.get((targets[0], name)) for name in names_in] if names_in else []
        if any(origin is not None for origin in passed_on):
            kept = {targets[0] if origin is None else origin for origin in passed_on} - {file}
            through.append(tuple(sorted(kept)))
        else:
            through.append(targets)
    return through


def imported_names(text: str, language: str) -> list[str]:
    """Return the names that a statement imports, where it lists them."""
    if language == "python":
        return text.partition(" import ")[2].replace(",", " ").split()
    if language == "rust":
        return [name.rpartition("::")[2] for name in modules.braced(text, "::")]
    return []
