"""Which folders a command works on."""

from collections.abc import Sequence
from pathlib import Path

from assistant.errors import NoIndexError


def roots_of(repos: Sequence[Path]) -> list[Path]:
    """Return the folders that a command works on, each once.

    :raises NoIndexError: if none is named and the current folder is no place to index.
    """
    if repos:
        return list(dict.fromkeys(repo.expanduser().resolve() for repo in repos))
    here = Path.cwd().resolve()
    for candidate in (here, *here.parents):
        if (candidate / ".git").exists():
            return [candidate]
    home = Path.home()
    if here == home or here in home.parents:
        raise NoIndexError(
            f"{here} lies in no repository and is too wide to index by accident; "
            "go to a project's folder, or name one with --repo"
        )
    return [here]
