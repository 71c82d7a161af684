"""The licences of sources and of single files in them: the seam to :mod:`assistant.copies.licences`.

A source says once where its licence is read (:class:`LicenceContext`); the worker processes look at each file's own tag
and nearest licence file, and note what differs from the source's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.copies.corpora.facts import Facts
from assistant.copies.licences.files import LicenceFinder
from assistant.copies.licences.folder import folder_licence, is_licence_file
from assistant.copies.licences.model import LicenceFinding, nothing
from assistant.copies.licences.tree import FolderTree, Tree

_MAX_EVIDENCE = 5
_MAX_COPYRIGHTS = 20
_MANIFESTS = frozenset({"METADATA", "PKG-INFO", "package.json", "Cargo.toml", "pom.xml", "pyproject.toml"})
_REUSE = frozenset({"REUSE.toml", "dep5"})


@dataclass(frozen=True, slots=True)
class LicenceContext:
    """Where the licences of a source's files are read. Small enough to be sent to worker processes.

    :param root: a folder on disk; empty if :attr:`texts` hold what there is.
    :param texts: the licence files, manifests and tables of a commit or an archive, by path.
    :param top: the folder, relative to the root, whose licence is the source's.
    :param package: what holds where nothing nearer to a file says anything.
    :param is_shared: whether the root is no package's own, as site-packages: then what lies there says nothing.
    """

    root: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    top: str = ""
    package: LicenceFinding | None = None
    is_shared: bool = False

    def finding(self) -> LicenceFinding:
        """Return the licence of the source as a whole."""
        if self.package is not None:
            return self.package
        return folder_licence(self._tree(), self.top) or nothing("no licence file or metadata at the top")

    def finder(self) -> LicenceFinder:
        """Return what finds the licences of single files."""
        return LicenceFinder(self._tree(), self.package)

    def _tree(self) -> Tree:
        tree: Tree = _Listed(FolderTree(Path(self.root))) if self.root else _TextTree(self.texts)
        return _WithoutTop(tree) if self.is_shared else tree


def says_licence(path: str) -> bool:
    """Tell from its name whether a file is one that a :class:`LicenceContext` wants among its texts."""
    folder, _, name = path.rpartition("/")
    return (
        is_licence_file(name)
        or name in _MANIFESTS
        or name in _REUSE
        or name.endswith(".license")
        or folder.rpartition("/")[2] == "LICENSES"
    )


def with_licence(facts: Facts, finding: LicenceFinding) -> Facts:
    """Return facts with a licence, as text for the store."""
    return replace(
        facts,
        licence=finding.expression,
        confidence=finding.confidence.name.lower(),
        evidence="; ".join(finding.evidence[:_MAX_EVIDENCE]),
        copyrights="\n".join(finding.copyrights[:_MAX_COPYRIGHTS]),
    )


class _Listed:
    """A tree whose folders are listed once, not once for each file in them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names: dict[str, list[str]] = {}

    def names(self, folder: str) -> Iterable[str]:
        if folder not in self._names:
            self._names[folder] = list(self._tree.names(folder))
        return self._names[folder]

    def read(self, path: str) -> str | None:
        return self._tree.read(path)


class _TextTree:
    """A tree of which only some files are known."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._names: dict[str, list[str]] = {}
        for path in texts:
            folder, _, name = path.rpartition("/")
            self._names.setdefault(folder, []).append(name)

    def names(self, folder: str) -> Iterable[str]:
        return self._names.get(folder, ())

    def read(self, path: str) -> str | None:
        return self._texts.get(path)


class _WithoutTop:
    """A tree whose top folder says nothing about what lies below it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def names(self, folder: str) -> Iterable[str]:
        return self._tree.names(folder) if folder else ()

    def read(self, path: str) -> str | None:
        return self._tree.read(path) if "/" in path else None
