"""What an import statement means, per language: its text as it is written to the files of the same tree.

Each resolver gets the tree, the importing file's path and the statement's text, and returns rows of files: none for
what comes from elsewhere (the standard library, other packages) and for what could be several things.
"""

import re
from collections.abc import Callable, Iterator

from indexer.graph.tree import Rows, Tree, joined

Resolver = Callable[[Tree, str, str], Rows]

_SOURCE_ROOTS = frozenset({"", "src", "lib", "python"})
_SCRIPT_ENDINGS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".d.ts")
_WRITTEN_FOR = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""An ending that is imported -> those of the sources that it is made of."""
MOST_IN_PACKAGE = 40
"""Files of a package at most for which importing it says that each of them is used."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def python(tree: Tree, path: str, text: str) -> Rows:
    """Resolve ``a.b``, ``..a import b, c``; names that are modules themselves stand for themselves."""
    module, _, listed = text.partition(" import ")
    names = [name for name in listed.replace(" ", "").split(",") if name and name != "*"]
    bare = module.lstrip(".")
    below = bare.replace(".", "/")
    if level := len(module) - len(bare):
        base = joined(_folder(path), "../" * (level - 1) + below)
        return () if base is None else _python_at(tree, names, lambda tail: _python_file(tree, base, tail))
    if not below:
        return ()
    return _python_at(tree, names, lambda tail: _python_absolute(tree, path, below + tail))


def _python_at(tree: Tree, names: list[str], at: Callable[[str], Rows]) -> Rows:
    found = [at(f"/{name}") for name in names]
    modules = tuple(row for rows in found for row in rows)
    return modules if names and all(found) else (*modules, *at(""))


def _python_file(tree: Tree, base: str, tail: str) -> Rows:
    stem = f"{base}{tail}".lstrip("/")
    inits = (f"{stem}/__init__.py", f"{stem}/__init__.pyi") if stem else ("__init__.py",)
    return tree.first((f"{stem}.py", f"{stem}.pyx", *inits))


def _python_absolute(tree: Tree, path: str, below: str) -> Rows:
    """Find a module below a folder that is no package itself; a lone name only in a usual root or beside a script."""
    near = _folder(path)
    for suffix in (f"{below}.py", f"{below}/__init__.py"):
        if "/" not in below:
            roots = sorted(_SOURCE_ROOTS if f"{near}/__init__.py" in tree.rows else {*_SOURCE_ROOTS, near})
            rows: Rows = tree.first(f"{root}/{suffix}".lstrip("/") for root in roots)
            if not rows and suffix.endswith("/__init__.py"):
                rows = tree.ending(suffix, near)
        else:
            rows = tree.ending(suffix, near)
        if rows and not _within_package(tree, tree.paths[rows[0]], suffix):
            return rows
    return ()


def _within_package(tree: Tree, path: str, suffix: str) -> bool:
    """Tell whether a file's path goes on above what is imported, in a package that would have to be named too."""
    return path.endswith(suffix) and f"{path.removesuffix(suffix)}__init__.py" in tree.rows


def script(tree: Tree, path: str, text: str) -> Rows:
    """Resolve ``./a``, ``../a.js``, ``@/a`` and packages of the same tree, for JavaScript and TypeScript."""
    if text.startswith("."):
        base = joined(_folder(path), text)
        return () if base is None else tree.first(_script_files(base))
    if text.startswith(("@/", "~/")):
        root, found, _ = path.partition("src/")
        return tree.first(_script_files(f"{root}{found}{text[2:]}"))
    parts = text.split("/")
    count = 2 if text.startswith("@") else 1
    name, inside = parts[count - 1 : count], "/".join(parts[count:])
    folder = tree.folder_ending(f"packages/{name[0]}", _folder(path)) if name else None
    if folder is None or f"{folder}/package.json" not in tree.rows:
        return ()
    return tree.first(
        file
        for root in ("src/", "", "lib/")
        for file in _script_files(f"{folder}/{root}{inside}".rstrip("/"))
    )


def _script_files(base: str) -> Iterator[str]:
    yield base
    for written, sources in _WRITTEN_FOR.items():
        if base.endswith(written):
            yield from (base.removesuffix(written) + source for source in sources)
    yield from (base + ending for ending in _SCRIPT_ENDINGS)
    yield from (f"{base}/index{ending}".lstrip("/") for ending in _SCRIPT_ENDINGS)


def include(tree: Tree, path: str, text: str) -> Rows:
    """Resolve an included file: beside the importer first, else the nearest whose path ends so."""
    beside = joined(_folder(path), text)
    if beside is not None and beside in tree.rows:
        return (tree.rows[beside],)
    plain = joined("", text.lstrip("./"))
    return tree.ending(plain, _folder(path)) if plain else ()


def jvm(tree: Tree, path: str, text: str) -> Rows:
    """Resolve ``com.acme.Reader``, members of it, and ``com.acme.{Reader, Writer}``."""
    rows: list[int] = []
    for name in braced(text.replace("=>", " as "), "."):
        parts = [part for part in name.removeprefix("_root_.").split(".") if part not in ("*", "_", "")]
        for end in range(len(parts), max(1, len(parts) - 3), -1):
            if not parts[end - 1][:1].isupper():
                continue
            found = _jvm_type(tree, path, "/".join(parts[:end]))
            if found:
                rows += found
                break
    return tuple(rows)


def _jvm_type(tree: Tree, path: str, below: str) -> Rows:
    near = _folder(path)
    for ending in (".java", ".kt", ".scala"):
        if found := tree.ending(below + ending, near):
            return found
    short = "/".join(below.split("/")[-2:])
    return tree.ending(f"{short}.kt", near) if path.endswith(".kt") else ()


def namespace(tree: Tree, path: str, text: str) -> Rows:
    r"""Resolve a type of PHP (``Acme\\Base\\Thing``), whose namespace may begin above its folders."""
    parts = text.strip("\\").split("\\")
    near = _folder(path)
    if len(parts) == 1:
        return include(tree, path, text)
    for start in range(len(parts) - 1):
        if found := tree.ending("/".join(parts[start:]) + ".php", near):
            return found
    return ()


def ruby(tree: Tree, path: str, text: str) -> Rows:
    """Resolve ``require_relative "a"`` and ``require "acme/a"``."""
    file = text if text.endswith(".rb") else f"{text}.rb"
    beside = joined(_folder(path), file)
    if beside is not None and beside in tree.rows:
        return (tree.rows[beside],)
    return tree.ending(f"lib/{file}", _folder(path)) or (
        tree.ending(file, _folder(path)) if "/" in file and not file.startswith(".") else ()
    )


def elixir(tree: Tree, path: str, text: str) -> Rows:
    """Resolve ``Acme.Base.Thing`` to ``lib/acme/base/thing.ex``."""
    rows: list[int] = []
    for name in braced(text, "."):
        below = _CAMEL.sub("_", name.replace(".", "/")).lower()
        rows += tree.ending(f"lib/{below}.ex", _folder(path))
    return tuple(rows)


def dotted(ending: str) -> Resolver:
    """Return a resolver of ``A.B.C`` to ``A/B/C`` with this ending."""

    def resolve(tree: Tree, path: str, text: str) -> Rows:
        below = text.replace(".", "/")
        near = _folder(path)
        return tree.ending(f"{below}{ending}", near) or tree.ending(f"{below}/init{ending}", near)

    return resolve


def braced(text: str, separator: str) -> Iterator[str]:
    """Yield the names that nested braces stand for, without what they are renamed to.

    >>> list(braced("a::{b, c::{self, D as E}}", "::"))
    ['a::b', 'a::c', 'a::c::D']
    """
    head, brace, rest = text.partition("{")
    if not brace:
        name = text.partition(" as ")[0].strip()
        if name:
            yield name.removesuffix(f"{separator}self")
        return
    depth, start = 0, 0
    inner = rest[: rest.rfind("}")] if "}" in rest else rest
    for position, character in enumerate(inner + ","):
        if character == "," and depth == 0:
            if part := inner[start:position].strip():
                yield from braced(head.strip() + part, separator)
            start = position + 1
        depth += (character == "{") - (character == "}")
