"""Recipes: prompts with declared context, as files; what becomes of an answer, a checked change of a file among it.

``load_library`` finds them, ``resolve_target`` what they work on, ``plan_recipe`` puts together what is sent,
``stream_recipe`` sends it and yields events, ``apply_change`` writes a change that the user asked to be written.
"""

from assistant.recipes.errors import (
    ApplyError,
    EditError,
    RecipeError,
    RecipeFileError,
    TargetError,
    UnknownRecipeError,
)
from assistant.recipes.library import Library, load_library
from assistant.recipes.model import Mode, Origin, Recipe

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
