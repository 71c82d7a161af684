"""The licence of one file of a tree: its tags and notice, REUSE, the nearest package or licence file, or nothing."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from assistant.copies.licences.expressions import all_of, normalise
from assistant.copies.licences.folder import folder_licence
from assistant.copies.licences.model import UNKNOWN_PART, Confidence, LicenceFinding, nothing
from assistant.copies.licences.reuse import (
    Annotation,
    Precedence,
    annotations_of,
    dep5_annotations,
    last_fitting,
)
from assistant.copies.licences.tags import noticed_licence, tagged_licence
from assistant.copies.licences.tree import FolderTree, Tree
from indexer.discovery import Role, role_of


class LicenceFinder:
    """Finds the licences of the files of one tree; what folders say is read once and remembered.

    :param package: What holds where nothing nearer says anything: the licence of the installed package.
    """

    def __init__(self, tree: Tree, package: LicenceFinding | None = None) -> None:
        self._tree = tree
        self._package = package
        self._folders: dict[str, LicenceFinding | None] = {}
        self._annotations: dict[str, list[Annotation]] = {}

    def of(self, path: str, text: str | None = None) -> LicenceFinding:
        """Return the licence of a file.

        :param path: Relative to the tree's root, with ``/``.
        :param text: The file's text; read from the tree if it is not given.
        """
        table = self._annotated(path)
        if table is not None and table.precedence is Precedence.OVERRIDE:
            return table.finding
        own = self._own(path, text)
        if own is None:
            return table.finding if table is not None else self._around(path)
        if table is not None and table.precedence is Precedence.AGGREGATE:
            joined = all_of([own.expression, table.finding.expression])
            least = min(own.confidence, table.finding.confidence)
            return LicenceFinding(joined, least, (*own.evidence, *table.finding.evidence), own.copyrights)
        return own

    def _own(self, path: str, text: str | None) -> LicenceFinding | None:
        beside = f"{path}.license"
        if PurePosixPath(beside).name in self._names(PurePosixPath(path).parent.as_posix()):
            tagged = tagged_licence(self._tree.read(beside) or "", beside)
            if tagged is not None:
                return tagged
        content = text if text is not None else self._tree.read(path) or ""
        return tagged_licence(content, path) or noticed_licence(content, path)

    def _names(self, folder: str) -> frozenset[str]:
        return frozenset(self._tree.names("" if folder == "." else folder))

    def _annotated(self, path: str) -> Annotation | None:
        for folder in _folders_above(path):
            if folder not in self._annotations:
                self._annotations[folder] = self._read_annotations(folder)
            found = last_fitting(self._annotations[folder], path)
            if found is not None:
                return found
        return None

    def _read_annotations(self, folder: str) -> list[Annotation]:
        name = f"{folder}/REUSE.toml" if folder else "REUSE.toml"
        text = self._tree.read(name)
        if text is not None:
            return annotations_of(text, folder, name)
        old = None if folder else self._tree.read(".reuse/dep5")
        return dep5_annotations(old) if old is not None else []

    def _around(self, path: str) -> LicenceFinding:
        for folder in _folders_above(path):
            if folder not in self._folders:
                self._folders[folder] = folder_licence(self._tree, folder)
            found = self._folders[folder]
            if found is not None:
                return _for_part(found, path[len(folder) :])
        if self._package is not None:
            return _for_part(self._package, path)
        return self._of_repository() or nothing("no tag, metadata or licence file")

    def _of_repository(self) -> LicenceFinding | None:
        """Return all licences of a REUSE repository whose tables leave a file out."""
        names = [name for name in self._tree.names("LICENSES") if name.endswith((".txt", ".md"))]
        known = [found for name in names if (found := normalise(name.rpartition(".")[0]))]
        if not known or len(known) < len(names):
            return None
        return LicenceFinding(all_of(known), Confidence.PROBABLE, ("LICENSES/: the texts kept there",))


def _for_part(finding: LicenceFinding, path: str) -> LicenceFinding:
    """Return what a licence says of a file: nothing sure of a vendored one, if parts are said to have others."""
    if not finding.has_other_parts or not role_of(path.lstrip("/")) & Role.VENDORED:
        return finding
    expression = all_of([finding.expression, UNKNOWN_PART])
    return replace(finding, expression=expression, confidence=Confidence.UNKNOWN)


def _folders_above(path: str) -> list[str]:
    """Return the folders that hold a path, the nearest first, the root (empty) last."""
    return ["" if str(parent) == "." else str(parent) for parent in PurePosixPath(path).parents]


def licence_of_file(
    path: Path, root: Path, text: str | None = None, package: LicenceFinding | None = None
) -> LicenceFinding:
    """Return the licence of one file under ``root``. For many files, keep a :class:`LicenceFinder`."""
    relative = path.relative_to(root) if path.is_absolute() else path
    return LicenceFinder(FolderTree(root), package).of(relative.as_posix(), text)
