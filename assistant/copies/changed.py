"""Which files are to be checked, and which of their lines: all of them, or what a diff adds."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.discovery import DiscoveryRules, SkippedFile, Source, judge_bytes, read_source
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


def staged(top: Path, only: Sequence[str], rules: DiscoveryRules) -> Iterator[Target | SkippedFile]:
    """Return the files with staged changes, as they are staged, and the lines that are added.

    :param top: the repository's top folder.
    :param only: paths relative to it; all if there is none.
    :raises RecipeError: if git cannot tell.
    """
    from assistant.recipes.git import staged_content, staged_diff

    for path, added in _added(staged_diff(str(top)), only):
        found = read_source(top, path, rules)
        if isinstance(found, Source) and not _agrees(found, added):
            raw = staged_content(str(top), path)
            found = found if raw is None else judge_bytes(path, raw)
        yield _target(path, found, added)


def since(
    top: Path, revision: str, only: Sequence[str], rules: DiscoveryRules
) -> Iterator[Target | SkippedFile]:
    """Return the files that differ from a revision or in a range, as they are now, and the lines that are added.

    :raises RecipeError: if there is no such revision.
    """
    from assistant.recipes.git import revision_diff

    for path, added in _added(revision_diff(str(top), revision), only):
        yield _target(path, read_source(top, path, rules), added)


def uncommitted(top: Path, rules: DiscoveryRules) -> Iterator[Target | SkippedFile]:
    """Return the files that differ from the last commit, staged or not, and the lines that are added.

    :raises RecipeError: if git cannot tell.
    """
    from assistant.recipes.git import working_diff

    for path, added in _added(working_diff(str(top)), ()):
        yield _target(path, read_source(top, path, rules), added)


def _added(diff: str, only: Sequence[str]) -> Iterator[tuple[str, dict[int, str]]]:
    """Return the files of a diff that may hold code with what is added to them, by line.

    Of a file that git takes for binary (UTF-16 is) nothing is known: it comes without lines.
    """
    from assistant.recipes.diffs import parse_diff

    wanted = frozenset(only)
    for file in parse_diff(diff):
        if (wanted and file.path not in wanted) or not may_be_checked(file.path):
            continue
        added = {line.new_line: line.text for line in file.lines if line.mark == "+" and line.new_line}
        if added or file.status == "binary":
            yield file.path, added


def _target(path: str, found: Source | SkippedFile, added: dict[int, str]) -> Target | SkippedFile:
    if isinstance(found, SkippedFile):
        return found
    return Target(path, found.text.decode("utf-8", "replace"), frozenset(added) if added else None)


def _agrees(found: Source, added: dict[int, str]) -> bool:
    """Tell whether the lines that are staged stand in the work tree at the same place."""
    lines = found.text.decode("utf-8", "surrogateescape").split("\n")
    return all(
        number <= len(lines) and lines[number - 1].removesuffix("\r") == said
        for number, said in added.items()
    )
