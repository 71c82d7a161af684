"""What can go wrong with a corpus, as far as the user can do something about it."""

from assistant.errors import AssistError


class CorpusError(AssistError):
    """A corpus cannot be read, found or written; the message says what to do."""


class ArchiveError(CorpusError):
    """An archive that cannot be read, or that unpacks to more than it should."""


class CorpusBusyError(CorpusError):
    """Another process is changing the corpora."""
