"""Finds recipes: those that come with assist, the user's own, and a repository's; says which one a name stands for.

A file that cannot be used spoils only its own recipe: it is reported in the list, and when it is asked for.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path

from assistant.recipes.errors import RecipeFileError, UnknownRecipeError
from assistant.recipes.files import MAX_RECIPE_BYTES, near, parse_recipe
from assistant.recipes.model import Origin, Recipe
from indexer.discovery import DiscoveryRules, Source, read_source

REPOSITORY_FOLDER = ".assist/recipes"
USER_FOLDER = "recipes"
"""Below the user's configuration folder."""

_SUFFIX = ".md"
_PRECEDENCE = (Origin.USER, Origin.REPOSITORY, Origin.BUILTIN)
_PREFIXES = {"user": Origin.USER, "repo": Origin.REPOSITORY, "builtin": Origin.BUILTIN}
_RULES = DiscoveryRules(max_file_bytes=MAX_RECIPE_BYTES)


@dataclass(frozen=True, slots=True)
class Listed:
    """A recipe as a list shows it."""

    recipe: Recipe
    shadows: tuple[Recipe, ...]
    """Recipes of the same name that it takes the place of."""


@dataclass(frozen=True, slots=True)
class Library:
    """All recipes that can be run."""

    recipes: tuple[Recipe, ...]
    problems: tuple[RecipeFileError, ...]
    """Files that cannot be used."""
    broken: frozenset[tuple[Origin, str]] = frozenset()
    """Origin and file name, without suffix, of those files."""

    def listed(self) -> list[Listed]:
        """Return every recipe that a bare name stands for, by name, with what it shadows."""
        by_name: dict[str, list[Recipe]] = {}
        for recipe in sorted(self.recipes, key=lambda recipe: _PRECEDENCE.index(recipe.origin)):
            by_name.setdefault(recipe.name, []).append(recipe)
        return [Listed(found[0], tuple(found[1:])) for _, found in sorted(by_name.items())]

    def get(self, name: str) -> Recipe:
        """Return the recipe that a name stands for; ``builtin:NAME``, ``repo:NAME`` and ``user:NAME`` choose one.

        :raises RecipeFileError: if the file of that recipe cannot be used.
        :raises UnknownRecipeError: if there is none.
        """
        prefix, colon, bare = name.rpartition(":")
        origins = (_PREFIXES[prefix],) if colon and prefix in _PREFIXES else _PRECEDENCE
        wanted = bare if len(origins) == 1 else name
        for origin in origins:
            for recipe in self.recipes:
                if recipe.origin is origin and recipe.name == wanted:
                    return recipe
            for problem in self.problems:
                if (origin, wanted) in self.broken and Path(problem.file).stem == wanted:
                    raise problem
        names = sorted({recipe.name for recipe in self.recipes if recipe.origin in origins})
        raise UnknownRecipeError(f'no recipe "{name}"{near(wanted, names)}')


def load_library(root: Path | None, config_dir: Path) -> Library:
    """Read all recipes. Files of one place are read in the order of their names; of two with one name the first counts.

    :param root: the repository; None for none.
    :param config_dir: the user's configuration folder, such as ``~/.config/assist``.
    """
    recipes: list[Recipe] = []
    problems: list[RecipeFileError] = []
    broken: set[tuple[Origin, str]] = set()
    seen: dict[tuple[Origin, str], str] = {}
    for origin, file, text in _texts(root, config_dir):
        stem = Path(file).stem
        try:
            if isinstance(text, RecipeFileError):
                raise text
            recipe = parse_recipe(text, file=file, origin=origin, default_name=stem)
            first = seen.setdefault((origin, recipe.name), file)
            if first != file:
                raise RecipeFileError(file, 1, f'"{recipe.name}" is already the name of {first}; rename one')
        except RecipeFileError as error:
            problems.append(error)
            broken.add((origin, stem))
        else:
            recipes.append(recipe)
    return Library(tuple(recipes), tuple(problems), frozenset(broken))


def _texts(root: Path | None, config_dir: Path) -> Iterator[tuple[Origin, str, str | RecipeFileError]]:
    for entry in sorted(
        package_files("assistant.recipes").joinpath("builtin").iterdir(), key=lambda e: e.name
    ):
        if entry.name.endswith(_SUFFIX):
            yield Origin.BUILTIN, f"builtin/{entry.name}", entry.read_text(encoding="utf-8")
    places = [(Origin.USER, config_dir, USER_FOLDER)]
    if root is not None:
        places.append((Origin.REPOSITORY, root, REPOSITORY_FOLDER))
    for origin, top, folder in places:
        for name in _names(top / folder):
            shown = f"{folder}/{name}" if origin is Origin.REPOSITORY else str(top / folder / name)
            yield origin, shown, _read(origin, top, f"{folder}/{name}", shown)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(
            name for name in os.listdir(folder) if name.endswith(_SUFFIX) and not name.startswith(".")
        )
    except OSError:
        return []


def _read(origin: Origin, top: Path, path: str, shown: str) -> str | RecipeFileError:
    """Read a recipe's file. Its text goes to a model: no link in a repository may lead out of it."""
    if origin is Origin.USER:
        real = (top / path).resolve()
        top, path = real.parent, real.name
    source = read_source(top, path, _RULES)
    if isinstance(source, Source):
        return source.text.decode("utf-8", "replace")
    return RecipeFileError(shown, 1, f"cannot be read: {source.reason.value}, {source.detail}")
