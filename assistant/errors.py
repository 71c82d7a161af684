"""Errors that the user can do something about. Each message says what is wrong and what to do.

AssistError
├── QueryError     the query cannot be understood
├── NoIndexError   there is nothing to search
└── SettingsError  a settings file cannot be used

:mod:`indexer.errors` and :mod:`indexer.embedding.errors` hold what indexing and models add to these.
"""


class AssistError(Exception):
    """Base of every error that is shown to the user as one line, without a traceback."""


class QueryError(AssistError):
    """A query that cannot be understood: an unknown filter, an invalid regular expression."""


class NoIndexError(AssistError):
    """There is nothing to search: the folder is missing or has no index."""


class SettingsError(AssistError):
    """A settings file or variable that cannot be used."""
