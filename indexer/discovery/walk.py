"""Walking a folder that git does not know, by the rules that git would apply.

Version control's data, caches and virtual environments are left out too: without git nobody has said that
they are not the project's own.
"""

import os
from collections.abc import Callable

from indexer.discovery.collect import Collector, problem_of
from indexer.discovery.files import SkipReason
from indexer.discovery.ignore import IgnoreTree
from indexer.discovery.names import IGNORE_FILE, TOOL_FOLDER_MARKS, TOOL_FOLDERS, VERSION_CONTROL
from indexer.errors import RootError


def walk(
    collector: Collector, start: str, git_ignore: IgnoreTree, list_repository: Callable[[str], bool]
) -> None:
    """Collect the files below a folder; links are not followed.

    :param start: relative to the collector's root: "" or ending in '/'.
    :param git_ignore: the ``.gitignore`` rules, for paths relative to the collector's root.
    :param list_repository: collects a nested repository in a better way; False when it cannot.
    :raises RootError: the root itself cannot be listed.
    """
    pending = [start]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(collector.base + folder) as entries:
                found = list(entries)
        except OSError as error:
            if not folder:
                raise RootError(f"{collector.base}: {problem_of(error)}; check its permissions") from error
            collector.skip(folder, SkipReason.UNREADABLE, problem_of(error))
            continue
        names = {entry.name for entry in found}
        if folder != start and ".git" in names and list_repository(folder):
            continue
        if folder != start:
            git_ignore.enter(folder, ".gitignore" in names)
            collector.enter(folder, IGNORE_FILE in names)
        marks = names & TOOL_FOLDER_MARKS
        if folder and marks:
            collector.ignore(folder, f"holds {min(marks)}")
            continue
        for entry in found:
            if entry.name != ".git":  # in a submodule or linked work tree it is a file
                _visit(collector, entry, folder + entry.name, git_ignore, pending)


def _visit(
    collector: Collector, entry: "os.DirEntry[str]", path: str, git_ignore: IgnoreTree, pending: list[str]
) -> None:
    is_folder = entry.is_dir(follow_symlinks=False)
    if is_folder and entry.name in VERSION_CONTROL:
        return
    if is_folder and entry.name in TOOL_FOLDERS:
        collector.ignore(f"{path}/", "a tool's folder")
        return
    rule = git_ignore.ignored_by(path, is_folder)
    if rule is not None:
        collector.ignore(f"{path}/" if is_folder else path, rule)
    elif collector.excludes(path, is_folder):
        pass
    elif is_folder:
        pending.append(f"{path}/")
    else:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # deleted since the folder was read
        except OSError as error:
            collector.skip(path, SkipReason.UNREADABLE, problem_of(error))
            return
        collector.add(path, status)
