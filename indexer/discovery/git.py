"""Asking git which files are in a work tree, without letting the repository run anything.

A repository is data: its configuration may name programs (``core.fsmonitor``, hooks, content filters, transports that
fetch missing objects), so every call switches them off, and no call takes a lock or refreshes the index.
Environment variables that would point git to another repository are dropped. Whoever else asks git starts it with
:func:`safe_command` and :func:`safe_environment`.
"""

import functools
import logging
import os
import re
import shutil
import subprocess

_log = logging.getLogger(__name__)

_TIMEOUT_S = 120.0  # listing 1 million files takes some 10 s on a cold disk; then a walk is the better answer

_SAFE_OPTIONS = (
    "--no-optional-locks",
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.quotePath=off",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip

# Which configuration and which exclude files the user's git reads stays as it is.
_KEPT_VARIABLES = frozenset(
    {
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CEILING_DIRECTORIES",
        "GIT_EXEC_PATH",
    }
)


_FILTER = re.compile(r"^filter\..*\.(?:clean|smudge|process)$", re.DOTALL | re.IGNORECASE)


def work_tree_top(root: str) -> str | None:
    """Return the innermost folder at or above ``root`` that has a ``.git``, as a real path; None without any.

    Tells nothing about whether git accepts it.
    """
    folder = os.path.realpath(root)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def list_paths(folder: str) -> list[str] | None:
    """List what git tracks below a folder and what is untracked but not ignored, once each, in no order.

    A submodule is listed as one path, a nested repository as one path that ends in '/'. Tracked files that
    were deleted are listed too.

    :return: paths relative to ``folder``; None when git is missing or refuses.
    """
    output = _run(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if output is None else list(dict.fromkeys(_split(output)))


def is_ignored(folder: str) -> bool:
    """Tell whether the repository around a folder ignores that folder."""
    return (
        _run(os.path.dirname(folder), "check-ignore", "-q", "--", f"./{os.path.basename(folder)}") is not None
    )


def list_ignored_paths(folder: str) -> list[tuple[str, str]]:
    """List what git ignores below a folder, with the ignore file and pattern.

    :return: (path relative to ``folder``, with a final '/' for a whole folder; for people: ".gitignore:
        *.log").
    """
    output = _run(folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
    if not output:
        return []
    explained = _run(folder, "check-ignore", "-z", "-v", "--stdin", stdin=output) or b""
    fields = _split(explained)
    details = {
        path: f"{source}: {pattern}"
        for source, pattern, path in zip(fields[0::4], fields[2::4], fields[3::4], strict=False)
    }
    return [(path, details.get(path, "git's ignore rules")) for path in _split(output)]


def _split(output: bytes) -> list[str]:
    return os.fsdecode(output).split("\0")[:-1]


@functools.lru_cache(maxsize=8)
def _git_program(search_path: str | None) -> str | None:
    return shutil.which("git", path=search_path)


def safe_command(*arguments: str) -> list[str] | None:
    """Return the command line of a git that runs nothing that the repository names; None without git.

    It is to be run with :func:`safe_environment`.
    """
    program = _git_program(os.environ.get("PATH"))
    return None if program is None else [program, *_SAFE_OPTIONS, *arguments]


def safe_environment() -> dict[str, str]:
    """Return the environment in which git asks nobody, fetches nothing and looks at no other repository."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    kept.update(GIT_ALLOW_PROTOCOL="none", GIT_NO_LAZY_FETCH="1", GIT_TERMINAL_PROMPT="0", LC_ALL="C")
    return kept


def without_filters(folder: str, environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which git runs no content filter: comparing a work tree would run those configured."""
    output = run_safely(folder, environment, "config", "--null", "--name-only", "--list")
    names = {name for name in os.fsdecode(output or b"").split("\0") if _FILTER.match(name)}
    settings = {name: "" for name in names} | {
        re.sub(r"\.[^.]*$", ".required", name): "false" for name in names
    }
    numbered: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return environment | numbered


def run_safely(
    folder: str,
    environment: dict[str, str],
    *arguments: str,
    options: tuple[str, ...] = (),
    stdin: bytes = b"",
    timeout_s: float = _TIMEOUT_S,
) -> bytes | None:
    """Run git in a folder and return what it printed; None when it is missing, fails or takes too long.

    :param environment: :func:`safe_environment`, with or without more.
    :param options: of git itself, before its command.
    """
    command = safe_command(*options, *arguments)
    if command is None:
        return None
    try:
        result = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=stdin,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        _log.warning("git %s gave no answer: %s", arguments[0], type(error).__name__)
        return None
    if result.returncode != 0:
        _log.debug("git %s: exit %d", arguments[0], result.returncode)
        return None
    return result.stdout


def _run(folder: str, *arguments: str, stdin: bytes = b"") -> bytes | None:
    return run_safely(folder, safe_environment(), *arguments, stdin=stdin)
