"""The files of a repository, by name and ``lstat`` only: git names them where it can, else a walk.

Both ways end in the same judgement of each file, and nest: a submodule or a repository inside another is
asked for its own files, and so is a repository that a walk meets.
"""

import operator
import os
import stat
from pathlib import Path

from indexer.discovery import git
from indexer.discovery.collect import Collector, problem_of
from indexer.discovery.files import DiscoveryRules, Listing, SkippedFile, SkipReason
from indexer.discovery.ignore import IgnoreTree, PatternList, read_lines
from indexer.discovery.walk import walk
from indexer.errors import RootError

_DEFAULT_RULES = DiscoveryRules()
_BY_PATH = operator.attrgetter("path")


def list_files(root: Path, rules: DiscoveryRules = _DEFAULT_RULES) -> Listing:
    """List the files to index below a folder, and those left out for a reason other than git's ignore rules.

    Opens no file but ignore files: a file that is listed may still turn out to be binary when it is read.

    :raises RootError: ``root`` is no folder that can be listed.
    :raises ExcludePatternError: a pattern of ``rules`` cannot be read.
    """
    lister = _Lister(root, rules)
    uses_git = lister.list_root()
    found = lister.collector
    return Listing(
        tuple(sorted(found.files, key=_BY_PATH)), tuple(sorted(found.skipped, key=_BY_PATH)), uses_git
    )


def list_ignored(root: Path, rules: DiscoveryRules = _DEFAULT_RULES) -> tuple[SkippedFile, ...]:
    """List what git's ignore rules leave out, and in a walk the folders of tools; whole folders as one entry.

    Together with ``Listing.skipped`` this is everything that is not indexed. Slow: for a report on demand.

    :raises RootError: ``root`` is no folder that can be listed.
    :raises ExcludePatternError: a pattern of ``rules`` cannot be read.
    """
    lister = _Lister(root, rules)
    lister.list_root()
    collector = lister.collector
    for prefix in lister.repositories:
        for path, detail in git.list_ignored_paths(collector.base + prefix):
            collector.ignore(prefix + path, detail)
    return tuple(sorted(collector.ignored, key=_BY_PATH))


class _Lister:
    """One listing. A ``prefix`` is a folder relative to the root: "" or ending in '/'."""

    def __init__(self, root: Path, rules: DiscoveryRules) -> None:
        root_path = os.path.realpath(root)
        if not os.path.isdir(root_path):
            raise RootError(f"{root}: no such folder; name the folder of a repository")
        self._top = git.work_tree_top(root_path)
        top = self._top or root_path
        self._offset = "" if top == root_path else f"{os.path.relpath(root_path, top).replace(os.sep, '/')}/"
        self.collector = Collector(root_path, rules, top, self._offset)
        self.repositories: list[str] = []  # prefixes whose files git named

    def list_root(self) -> bool:
        """Collect the files of the root; return whether git named them."""
        if self.collector.excludes_root():
            return self._top is not None
        uses_git = self._top is not None and self._list_repository("")
        if not uses_git:
            walk(self.collector, "", self._git_ignore(), self._list_repository)
        self.collector.add_unreadable_rules()
        return uses_git

    def _list_repository(self, prefix: str) -> bool:
        """Collect the files of a work tree or of a folder of one; False when git refuses."""
        folder = self.collector.base + prefix
        paths = git.list_paths(folder)
        if paths is None:
            return False
        if not (paths or prefix) and self._offset and git.is_ignored(folder.rstrip(os.sep)):
            return False  # an ignored folder that the user names is wanted nevertheless
        self.repositories.append(prefix)
        folders = []
        for path in paths:
            if not self.collector.excludes(prefix + path.rstrip("/"), path.endswith("/")) and self._add(
                prefix + path
            ):
                folders.append(path.rstrip("/") + "/")
        for path in folders:
            if not any(
                other.startswith(path) and other != path for other in paths
            ):  # else a file became a folder
                self._add_folder(prefix + path)
        return True

    def _add(self, path: str) -> bool:
        """Collect a file that git named; True when the path is a folder instead."""
        collector = self.collector
        try:
            status = os.lstat(collector.base + path)
        except (FileNotFoundError, NotADirectoryError):
            return False  # tracked, but deleted
        except OSError as error:
            collector.skip(path, SkipReason.UNREADABLE, problem_of(error))
            return False
        if stat.S_ISDIR(status.st_mode):
            return True
        collector.add(path, status)
        return False

    def _add_folder(self, prefix: str) -> None:
        """Collect a submodule or nested repository, which git names as one path."""
        collector = self.collector
        if collector.excludes(prefix.rstrip("/"), True):
            return
        is_repository = os.path.lexists(f"{collector.base}{prefix}.git")
        if not (is_repository and self._list_repository(prefix)):
            walk(collector, prefix, IgnoreTree(collector.base, ".gitignore"), self._list_repository)

    def _git_ignore(self) -> IgnoreTree:
        """Return the rules for a walk of the root: the work tree's, unless they leave the root itself out."""
        alone = IgnoreTree(self.collector.base, ".gitignore")
        if self._top is None:
            return alone
        try:
            patterns = PatternList(read_lines(os.path.join(self._top, ".git", "info", "exclude")))
        except OSError:
            patterns = PatternList(())
        around = IgnoreTree(self._top, ".gitignore", self._offset, [(patterns, ".git/info/exclude")])
        return alone if around.root_ignored_by() else around
