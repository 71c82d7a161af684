"""The texts to check: files at paths, and below folders. What git says has changed is told by the command line."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.discovery import DiscoveryRules, SkippedFile, read_source
from indexer.languages import LanguageKind, language_of


@dataclass(frozen=True, slots=True)
class Target:
    """A text to check.

    :ivar path: relative to the root where it lies in it, with forward slashes; else absolute.
    :ivar lines: those that are new; None for all.
    """

    path: str
    text: str
    lines: Collection[int] | None = None


def may_be_checked(path: str) -> bool:
    """Tell from its name whether a file holds code; one without a suffix may."""
    return language_of(path).kind is LanguageKind.CODE or "." not in os.path.basename(path)[1:]


def whole_files(root: Path, paths: Iterable[Path], rules: DiscoveryRules) -> Iterator[Target | SkippedFile]:
    """Read files, and what folders hold; git's ignored files below a folder are left out.

    :param root: what paths are shown relative to.
    """
    for path in paths:
        if path.is_dir():
            from indexer.discovery import list_files

            for found in list_files(path, rules).files:
                if may_be_checked(found.path):
                    yield _read(root, path, found.path, rules)
        else:
            yield _read(root, path.parent, path.name, rules)


def _read(root: Path, folder: Path, name: str, rules: DiscoveryRules) -> Target | SkippedFile:
    shown = shown_path(root, folder / name)
    source = read_source(folder, name, rules)
    if isinstance(source, SkippedFile):
        return SkippedFile(shown, source.reason, source.detail)
    return Target(shown, source.text.decode("utf-8", "replace"))


def shown_path(root: Path, path: Path) -> str:
    """Return a path relative to the root, with forward slashes, if it lies in it."""
    absolute = Path(os.path.abspath(path))
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()
