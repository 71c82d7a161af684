"""Asks git for changes, without letting the repository run anything.

A repository is data, its own configuration too: hooks, file system monitors, pagers, signature programs, external
diff and text conversion programs and clean filters are all switched off, and nothing is fetched.
"""

import re
import subprocess
from pathlib import Path

from assistant.errors import AssistError
from indexer.discovery.git import safe_command, safe_environment, without_filters

_TIMEOUT_S = 30.0
_MAX_BYTES = 2_000_000
"""No prompt holds more."""

_OPTIONS = ("-c", "log.showSignature=false", "-c", "diff.submodule=short")
_DIFF_OPTIONS = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",  # a file is judged by its path: what a renamed one held belongs to the former
    "--no-color",
    "--ignore-submodules=all",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
_REVISION = re.compile(r"[\w.@^~/{}:+-]{1,200}")


class GitError(AssistError):
    """Git is missing, the folder is no work tree, or there is no such revision."""


def uncommitted_changes(root: Path) -> str:
    """Return the difference between the last commit and the files below a folder; empty if there is none.

    :raises GitError: if git cannot tell.
    """
    _require_work_tree(root)
    base = "HEAD" if _succeeds(root, "rev-parse", "--verify", "--quiet", "HEAD") else _empty_tree(root)
    return _run(root, "diff", *_DIFF_OPTIONS, "--relative", base, "--", ".")


def commit(root: Path, revision: str) -> str:
    """Return the message and the changes of a commit.

    :raises GitError: if there is no such commit.
    """
    if not _REVISION.fullmatch(revision) or revision.startswith("-"):
        raise GitError(f"{revision!r} is no revision; name a commit, branch or tag")
    _require_work_tree(root)
    if not _succeeds(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"):
        raise GitError(f"no commit {revision} in {root}; `git log --oneline` lists the commits")
    text_format = "--format=commit %H%nDate: %ad%n%n%B"
    # A merge's combined diff would not name each file as any other does.
    options = (*_DIFF_OPTIONS, "--diff-merges=first-parent", text_format, "--relative")
    return _run(root, "show", *options, "--end-of-options", revision)


def _require_work_tree(root: Path) -> None:
    if not _succeeds(root, "rev-parse", "--is-inside-work-tree"):
        raise GitError(
            f"{root} is no git work tree, or git does not trust it; `git -C {root} status` tells more"
        )


def _empty_tree(root: Path) -> str:
    return _run(root, "hash-object", "-t", "tree", "--stdin").strip()


def _succeeds(root: Path, *arguments: str) -> bool:
    return _call(root, *arguments).returncode == 0


def _run(root: Path, *arguments: str) -> str:
    result = _call(root, *arguments)
    if result.returncode != 0:
        reason = result.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise GitError(f"git {arguments[0]} failed in {root}: {reason or 'no reason given'}")
    return result.stdout[:_MAX_BYTES].decode("utf-8", "replace")


def _call(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = safe_command(*_OPTIONS, *arguments)
    if command is None:
        raise GitError("git is not installed, so there are no changes to look at")
    environment = without_filters(str(root), safe_environment())
    try:
        return subprocess.run(
            command,
            cwd=root,
            env=environment,
            input=b"",
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GitError(f"git gave no answer within {_TIMEOUT_S:.0f} s in {root}") from error
    except OSError as error:
        raise GitError(f"git cannot be run in {root}: {error.strerror}") from error
