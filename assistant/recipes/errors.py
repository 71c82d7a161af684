"""What can go wrong with a recipe, as one tree.

::

    AssistError
    └── RecipeError
        ├── RecipeFileError      a recipe's file cannot be used: names the file and the line
        ├── UnknownRecipeError   no recipe has that name
        ├── TargetError          what the recipe is to work on cannot be found
        ├── EditError            a model's answer cannot be turned into a change of the file
        └── ApplyError           a change is not written
"""

from assistant.errors import AssistError


class RecipeError(AssistError):
    """Base of everything that recipes raise; one line that says what is wrong and what to do."""


class RecipeFileError(RecipeError):
    """A recipe's file cannot be used.

    :param file: the file as the user knows it.
    :param line: 1-based.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line


class UnknownRecipeError(RecipeError):
    """No recipe has that name."""


class TargetError(RecipeError):
    """The file, the lines or the symbol that a recipe is to work on cannot be found."""


class EditError(RecipeError):
    """An answer holds no change, or one that does not fit the file in exactly one place."""


class ApplyError(RecipeError):
    """A change is not written: the file changed, is ignored, or lies outside the repository."""
