"""Recipes: prompts with declared context, as files; what becomes of an answer, a checked change of a file among it.

``load_library`` finds them, ``resolve_target`` what they work on, ``plan_recipe`` puts together what is sent,
``stream_recipe`` sends it and yields events, ``apply_change`` writes a change that the user asked to be written.
"""

from typing import TYPE_CHECKING

from assistant.recipes.errors import (
    ApplyError,
    EditError,
    RecipeError,
    RecipeFileError,
    TargetError,
    UnknownRecipeError,
)
from assistant.recipes.model import Mode, Origin, Recipe

if TYPE_CHECKING:
    from assistant.recipes.library import Library, load_library

__all__ = [
    "ApplyError",
    "EditError",
    "Library",
    "Mode",
    "Origin",
    "Recipe",
    "RecipeError",
    "RecipeFileError",
    "TargetError",
    "UnknownRecipeError",
    "load_library",
]


def __getattr__(name: str) -> object:
    """Load the library when it is asked for: what only speaks with git does without."""
    if name in ("Library", "load_library"):
        from assistant.recipes import library

        return getattr(library, name)
    raise AttributeError(name)
