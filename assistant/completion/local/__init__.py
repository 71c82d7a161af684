"""Completion without a model: what is very probably written next, from the repository itself.

:class:`LocalCompleter` is one repository's. Those of all workspaces, kept in step with their indexes, are in
:mod:`assistant.completion.local.completers`, which is apart because it needs the engine.
"""

from assistant.completion.local.completer import LocalCompleter
from assistant.completion.local.corpus import RepositoryFile

__all__ = ["LocalCompleter", "RepositoryFile"]
