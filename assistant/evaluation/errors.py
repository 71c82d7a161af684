"""What can go wrong with an evaluation itself, as one tree; a model that fails is a failed case, not an error.

::

    AssistError
    └── SettingsError
        ├── CaseFileError              the case file cannot be used: names the file and the line
        └── SavedRunError              the run to compare with cannot be found or read
            └── NoEarlierRunError      there is no run yet
"""

from assistant.errors import SettingsError


class CaseFileError(SettingsError):
    """The case file cannot be used.

    :param file: the file as the user named it.
    :param line: 1-based.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line


class SavedRunError(SettingsError):
    """A saved run cannot be found or read."""


class NoEarlierRunError(SavedRunError):
    """The latest run is wanted, and there is none yet."""
