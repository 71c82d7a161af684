"""Which files of a repository may be sent: ignore rules, the user's and the repository's, on the path as it really is.

A path is judged as it is named and as it resolves: a link to ``~/.ssh`` or out of the repository is never followed.
"""

import os
from pathlib import Path

from assistant.privacy.private_files import private_reason
from assistant.privacy.settings import RepositoryPrivacy
from indexer.discovery import DiscoveryRules
from indexer.discovery.collect import Collector
from indexer.discovery.git import list_paths, work_tree_top
from indexer.discovery.ignore import IgnoreTree, exclude_patterns


class FileRules:
    """The rules of one repository, read once: make a new one for each thing that is sent.

    :param exclude: the user's patterns.
    :param asked: what the repository's own file asks for.
    :param trusted: whether what it widens holds.
    :raises ExcludePatternError: a pattern cannot be read.
    """

    def __init__(
        self, root: Path, exclude: tuple[str, ...], asked: RepositoryPrivacy, *, trusted: bool
    ) -> None:
        self._real = os.path.realpath(root)
        top = work_tree_top(self._real) or self._real
        offset = os.path.relpath(self._real, top).replace(os.sep, "/") + "/" if top != self._real else ""
        rules = DiscoveryRules(exclude=(*exclude, *asked.exclude))
        self._collector = Collector(self._real, rules, top, offset)
        self._all_out = self._collector.excludes_root()
        self._git = IgnoreTree(top, ".gitignore", offset)
        # A root that is itself ignored was named by the user: its files are judged by its own rules.
        if self._git.root_ignored_by() is not None:
            self._git = IgnoreTree(self._real, ".gitignore")
        included = exclude_patterns(asked.include) if trusted else None
        self._included = IgnoreTree(self._real, "", patterns=[(included, "include")]) if included else None

    def reason(self, path: str, *, mentioned: bool) -> str | None:
        """Return why a file is not sent, None if it may be.

        :param path: relative to the root, '/'-separated.
        :param mentioned: whether the user named this very file: git's ignore rules do not hold then.
        """
        real = os.path.realpath(os.path.join(self._real, path))
        inside = os.path.relpath(real, self._real).replace(os.sep, "/")
        if inside == ".." or inside.startswith("../") or os.path.isabs(inside):
            return "it lies outside of the repository"
        named = os.path.normpath(path).replace(os.sep, "/")
        for candidate in dict.fromkeys((named, inside)):
            found = private_reason(candidate) or self._ignored(candidate, mentioned=mentioned)
            if found:
                return found
        return None

    def _ignored(self, path: str, *, mentioned: bool) -> str | None:
        if self._all_out or self._collector.excludes(path, False):
            return "excluded by .assistignore or an exclude setting"
        if mentioned or (self._included and self._included.ignored_by(path, False)):
            return None
        rule = self._git.ignored_by(path, False)
        if rule is not None and not self._listed_by_git(path):
            return f"ignored by {rule}"
        return None

    def _listed_by_git(self, path: str) -> bool:
        """Tell whether git lists a file that matches an ignore rule, because it is tracked."""
        folder, name = os.path.split(os.path.join(self._real, path))
        return os.path.isdir(folder) and name in (list_paths(folder) or ())
