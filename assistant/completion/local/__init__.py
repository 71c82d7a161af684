"""Completion without a model: what is very probably written next, from the repository itself.

:class:`LocalCompleter` is one repository's; :class:`LocalCompleters` keeps those of all workspaces up to date.
"""

from assistant.completion.local.completer import LocalCompleter
from assistant.completion.local.corpus import RepositoryFile

__all__ = ["LocalCompleter", "RepositoryFile"]
