"""Rust: which file a ``use`` names. Modules are files below the crate's root, ``a/mod.rs`` or ``a.rs``."""

from indexer.graph.modules import braced
from indexer.graph.tree import Rows, Tree

_ROOTS = ("lib.rs", "main.rs")


def rust(tree: Tree, path: str, text: str) -> Rows:
    """Resolve the paths of a ``use``: the deepest module that each goes through."""
    rows: list[int] = []
    for name in braced(text, "::"):
        rows += _module(tree, path, [part for part in name.split("::") if part])
    return tuple(dict.fromkeys(rows))


def _module(tree: Tree, path: str, parts: list[str]) -> Rows:
    if not parts:
        return ()
    folder, _, name = path.rpartition("/")
    own = folder if name in ("mod.rs", *_ROOTS) else path.removesuffix(".rs")
    first, rest = parts[0], parts[1:]
    if first == "crate":
        root = _crate_root(tree, folder)
        return () if root is None else _walk(tree, root, rest)
    if first in ("self", "super"):
        base = own
        while first == "super":
            base = base.rpartition("/")[0]
            first, rest = (rest[0], rest[1:]) if rest[:1] == ["super"] else ("", rest)
        return _walk(tree, base, rest)
    if tree.first(_files(f"{own}/{first}".lstrip("/"))):
        return _walk(tree, own, parts)
    for spelled in (first, first.replace("_", "-")):
        if found := tree.ending(f"{spelled}/src/lib.rs", folder):
            return _walk(tree, tree.paths[found[0]].rpartition("/")[0], rest)
    return ()


def _walk(tree: Tree, base: str, parts: list[str]) -> Rows:
    """Go down through modules as far as there are files; what the last one holds is a name in it."""
    found: Rows = ()
    at = base
    for part in parts:
        at = f"{at}/{part}".lstrip("/")
        rows = tree.first(_files(at))
        if not rows:
            break
        found = rows
    return found or tree.first((*(f"{base}/{root}".lstrip("/") for root in _ROOTS), *_files(base)))


def _files(at: str) -> tuple[str, str]:
    return f"{at}.rs", f"{at}/mod.rs"


def _crate_root(tree: Tree, folder: str) -> str | None:
    while True:
        if any(f"{folder}/{root}".lstrip("/") in tree.rows for root in _ROOTS):
            return folder
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
