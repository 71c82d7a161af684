"""The judgement of one path by its name and ``lstat``: a file to index, or one left out, and why."""

import os
import stat

from indexer.discovery.files import DiscoveryRules, FoundFile, SkippedFile, SkipReason
from indexer.discovery.ignore import IgnoreTree, exclude_patterns
from indexer.discovery.names import IGNORE_FILE, over_limit, skip_by_name


class Collector:
    """Collects the files of one listing; all paths are relative to its root.

    :param root: a real path.
    :param top: the folder at or above the root where ``.assistignore`` files begin to hold.
    :param offset: from ``top`` to the root: "" or ending in '/'.
    :raises ExcludePatternError: a pattern of ``rules`` cannot be read.
    """

    def __init__(self, root: str, rules: DiscoveryRules, top: str, offset: str) -> None:
        self.base = os.path.join(root, "")
        self.files: list[FoundFile] = []
        self.skipped: list[SkippedFile] = []
        self.ignored: list[SkippedFile] = []
        self._max_bytes = rules.max_file_bytes
        self._assist_ignore = IgnoreTree(top, IGNORE_FILE, offset)
        extra = exclude_patterns(rules.exclude)
        self._extra = IgnoreTree(root, "", patterns=[(extra, "exclude setting")]) if extra else None
        self._reported: set[str] = set()

    def enter(self, folder: str, has_rules: bool) -> None:
        """Say that a folder (ending in '/') was listed, and whether it holds an ``.assistignore``."""
        self._assist_ignore.enter(folder, has_rules)

    def skip(self, path: str, reason: SkipReason, detail: str) -> None:
        """Leave a path out."""
        self.skipped.append(SkippedFile(path, reason, detail))

    def ignore(self, path: str, detail: str) -> None:
        """Leave a path out by a rule that is none of assist's own."""
        self.ignored.append(SkippedFile(path, SkipReason.IGNORED, detail))

    def excludes_root(self) -> bool:
        """Tell, and report, whether an ``.assistignore`` above leaves the whole root out."""
        rule = self._assist_ignore.root_ignored_by()
        if rule is not None:
            self.skip("./", SkipReason.EXCLUDED, rule)
        return rule is not None

    def excludes(self, path: str, is_folder: bool) -> bool:
        """Tell, and report, whether a path is left out.

        When a folder above it is excluded, that folder is reported in its place, once.
        """
        rule = self._excluded_by(path, is_folder)
        if rule is None:
            return False
        shown = f"{path}/" if is_folder else path
        slash = path.find("/")
        while slash >= 0:
            if self._excluded_by(path[:slash], True) is not None:
                shown = path[: slash + 1]
                break
            slash = path.find("/", slash + 1)
        if shown not in self._reported:
            self._reported.add(shown)
            self.skip(shown, SkipReason.EXCLUDED, rule)
        return True

    def _excluded_by(self, path: str, is_folder: bool) -> str | None:
        rule = self._assist_ignore.ignored_by(path, is_folder)
        if rule is None and self._extra is not None:
            rule = self._extra.ignored_by(path, is_folder)
        return rule

    def add(self, path: str, status: os.stat_result) -> None:
        """Judge a path that is no folder and that no rule leaves out."""
        mode = status.st_mode
        if not stat.S_ISREG(mode):
            if stat.S_ISLNK(mode):
                self.skip(path, SkipReason.SYMLINK, self._link_detail(path))
            else:
                self.skip(path, SkipReason.SPECIAL, _special_detail(mode))
            return
        known = skip_by_name(path[path.rfind("/") + 1 :])
        if known is not None:
            self.skip(path, *known)
        elif status.st_size > self._max_bytes:
            self.skip(path, SkipReason.TOO_LARGE, over_limit(status.st_size, self._max_bytes))
        else:
            self.files.append(FoundFile(path, status.st_size, status.st_mtime_ns))

    def add_unreadable_rules(self) -> None:
        """Report the ``.assistignore`` files that could not be read: what they leave out is not left out."""
        for path, problem in self._assist_ignore.unreadable:
            self.skip(path, SkipReason.UNREADABLE, f"{problem}; its rules do not hold")

    def _link_detail(self, path: str) -> str:
        full_path = self.base + path
        try:
            is_folder = stat.S_ISDIR(os.stat(full_path).st_mode)
        except FileNotFoundError:
            return "leads nowhere"
        except OSError as error:
            return f"cannot be followed: {problem_of(error)}"
        if not os.path.join(os.path.realpath(full_path), "").startswith(self.base):
            return "leads out of the repository"
        return "a folder of the repository" if is_folder else "its target is indexed itself"


def problem_of(error: OSError) -> str:
    """Return the system's words for an error, without the path."""
    return error.strerror or type(error).__name__


def _special_detail(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a fifo"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"
