"""What git knows of a change: diffs and the subjects of earlier commits. Runs nothing that the repository names.

A repository's configuration may name programs for diffs, text conversion, content filters, signatures, hooks and file
monitors; each call switches them off. No call takes a lock or refreshes the index, and none uses the network.
"""

import os

from assistant.recipes.errors import RecipeError
from indexer.discovery.git import run_safely, safe_environment, without_filters

_TIMEOUT_S = 60.0
_MAX_DIFF_BYTES = 20_000_000
_OPTIONS = ("--literal-pathspecs", "-c", "core.quotePath=on", "-c", "log.showSignature=false")
_DIFF_OPTIONS = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--ignore-submodules=all",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames",
    "--unified=3",
    "--inter-hunk-context=0",
)


def staged_diff(folder: str) -> str:
    """Return what is staged, as a diff.

    :raises RecipeError: if git cannot tell.
    """
    return _diff(folder, "diff", "--cached")


def staged_content(folder: str, path: str) -> bytes | None:
    """Return a file as it is staged; None if it is not, or git cannot tell.

    :param folder: the top of the work tree.
    :param path: relative to it.
    """
    return _run(folder, "cat-file", "blob", f":{path}")


def committed_content(folder: str, path: str) -> bytes | None:
    """Return a file as it is in the last commit; None if it is not, or git cannot tell.

    :param path: relative to the folder, which may lie anywhere in the work tree.
    """
    return _run(folder, "cat-file", "blob", f"HEAD:./{path}")


def working_diff(folder: str) -> str:
    """Return what differs from the last commit, staged or not; new files count once they are added.

    :raises RecipeError: if git cannot tell.
    """
    if _run(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return staged_diff(folder)
    return _diff(folder, "diff", "HEAD")


def revision_diff(folder: str, revision: str) -> str:
    """Return the diff against a revision, or of a range such as ``main...``.

    :raises RecipeError: if there is no such revision.
    """
    _check_revision(revision)
    return _diff(folder, "diff", "--end-of-options", revision)


def commit_diff(folder: str, revision: str = "HEAD") -> str:
    """Return the message and the diff of one commit, a merge's against its first parent.

    :raises RecipeError: if there is no such commit.
    """
    _check_revision(revision)
    return _diff(
        folder, "show", "--format=%h %s%n%n%b", "--diff-merges=first-parent", "--end-of-options", revision
    )


def subjects(folder: str, count: int = 60) -> list[str]:
    """Return the first lines of the last commits' messages, newest first, merges left out; none without history."""
    output = _run(folder, "log", "--no-merges", f"--max-count={count}", "--format=%s", "--no-show-signature")
    return [line for line in _text(output or b"").split("\n") if line.strip()]


def has_changes(folder: str, path: str) -> bool | None:
    """Tell whether a tracked file differs from the last commit; None if git does not track it or cannot tell."""
    if _run(folder, "ls-files", "--error-unmatch", "--", path) is None:
        return None
    output = _run(folder, "diff", *_DIFF_OPTIONS, "--name-only", "HEAD", "--", path)
    return None if output is None else bool(output.strip())


def top_of(folder: str) -> str | None:
    """Return the top folder of the work tree around a folder; None if there is none."""
    output = _run(folder, "rev-parse", "--show-toplevel")
    return None if output is None else os.fsdecode(output).removesuffix("\n")


def _check_revision(revision: str) -> None:
    if not revision or revision.startswith("-") or not revision.isprintable():
        raise RecipeError(f'"{revision}" is no revision; name a commit, a branch or a range such as main...')


def _diff(folder: str, command: str, *arguments: str) -> str:
    output = _run(folder, command, *_DIFF_OPTIONS, *arguments, "--")
    if output is None:
        if top_of(folder) is None:
            raise RecipeError(f"{folder} is no git repository, so there is no diff; name one with --repo")
        named = "" if arguments[-1].startswith("-") else f': "{arguments[-1]}"'
        raise RecipeError(f"git has no such diff{named}; check the revision with `git log`")
    if len(output) > _MAX_DIFF_BYTES:
        raise RecipeError(f"the diff has {len(output):,} bytes; name a smaller one with --diff or --staged")
    return _text(output)


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")


def _environment(folder: str) -> dict[str, str]:
    kept = safe_environment()
    index = os.environ.get("GIT_INDEX_FILE", "")
    if index and os.path.realpath(os.path.dirname(os.path.join(os.getcwd(), index))) == _git_folder(folder):
        # What a hook of a partial commit (`git commit FILE`) is to look at stands in an index of its own.
        kept["GIT_INDEX_FILE"] = os.path.join(os.getcwd(), index)
    return kept


def _git_folder(folder: str) -> str:
    return os.path.realpath(os.path.join(folder, ".git"))


def _run(folder: str, *arguments: str) -> bytes | None:
    """Run git and return what it printed; None when it is missing, fails or takes too long."""
    environment = _environment(folder)
    if arguments[0] in ("diff", "show"):
        environment = without_filters(folder, environment)
    return run_safely(folder, environment, *arguments, options=_OPTIONS, timeout_s=_TIMEOUT_S)
