"""What a diff adds, as texts to check with the lines that are new: what is staged, uncommitted, or since a revision."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from assistant.cli.console import printable
from assistant.cli.roots import roots_of
from assistant.copies.targets import Target, may_be_checked
from assistant.recipes.diffs import parse_diff
from assistant.recipes.git import revision_diff, staged_content, staged_diff, working_diff
from indexer.discovery import DiscoveryRules, SkippedFile, Source, judge_bytes, read_source


def require_repository(repo: Path | None) -> None:
    """Make sure that git can tell what has changed.

    :raises click.UsageError: if the folder lies in no repository.
    """
    (top,) = roots_of([repo] if repo else [])
    if not any((folder / ".git").exists() for folder in (top, *top.parents)):
        raise click.UsageError(
            f"{printable(str(top))} is no git repository, so nothing tells what has changed; "
            "name files or folders to check, or a repository with --repo"
        )


def staged(top: Path, only: Sequence[str], rules: DiscoveryRules) -> Iterator[Target | SkippedFile]:
    """Return the files with staged changes, as they are staged, and the lines that are added.

    :param top: the repository's top folder.
    :param only: paths relative to it; all if there is none.
    :raises RecipeError: if git cannot tell.
    """
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
    for path, added in _added(revision_diff(str(top), revision), only):
        yield _target(path, read_source(top, path, rules), added)


def uncommitted(top: Path, rules: DiscoveryRules) -> Iterator[Target | SkippedFile]:
    """Return the files that differ from the last commit, staged or not, and the lines that are added.

    :raises RecipeError: if git cannot tell.
    """
    for path, added in _added(working_diff(str(top)), ()):
        yield _target(path, read_source(top, path, rules), added)


def _added(diff: str, only: Sequence[str]) -> Iterator[tuple[str, dict[int, str]]]:
    """Return the files of a diff that may hold code with what is added to them, by line.

    Of a file that git takes for binary (UTF-16 is) nothing is known: it comes without lines.
    """
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
