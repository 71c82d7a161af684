"""What can go wrong while indexing or searching, as one tree of exceptions.

A message names the object and the user's next action. Bad source code is data, not an error: it never ends
up here.

IndexerError
├── RootError            the folder to index is missing or is no folder
├── ExcludePatternError  a configured exclude pattern cannot be read
├── IndexBusyError       another process is writing the index
├── IndexWriteError      the index cannot be written: full disk, no permission
└── CorruptIndexError    an index is damaged or of another format; the next update rebuilds it
"""

from pathlib import Path


class IndexerError(Exception):
    """Anything that this package raises on purpose; the message is meant for the user."""


class RootError(IndexerError):
    """The folder to index does not exist, is not a folder or cannot be listed."""


class ExcludePatternError(IndexerError):
    """A pattern in the ``exclude`` setting is not a valid gitignore pattern."""


class IndexBusyError(IndexerError):
    """Another process is writing the index."""


class IndexWriteError(IndexerError, OSError):
    """The index cannot be written; what was there before still answers.

    Also an :class:`OSError`, with its ``errno`` if that is known, for callers who handle any trouble with files.
    """

    def __init__(self, message: str, code: int | None = None, problem: str = "") -> None:
        """Take the whole message, and the system's words for the problem as ``strerror``."""
        super().__init__(message)
        self.errno = code
        self.strerror = problem or None

    def __str__(self) -> str:
        return str(self.args[0])


class CorruptIndexError(IndexerError):
    """An index is damaged or of another format version; it is rebuilt by the next update."""

    def __init__(self, folder: Path, problem: str) -> None:
        """Name the index directory and what is wrong with it.

        :param problem: a clause about the index, such as "its manifest is damaged".
        """
        super().__init__(f"index {folder}: {problem}; update it to build it anew")
        self.problem = problem
