from pathlib import Path

import pytest

from assistant.recipes.errors import RecipeFileError, UnknownRecipeError
from assistant.recipes.library import load_library
from assistant.recipes.model import Origin

BUILT_IN = [
    "ask-the-docs",
    "commit-message",
    "docstring",
    "edit",
    "explain",
    "fix",
    "review",
    "smell",
    "test",
]


def write(folder: Path, name: str, prompt: str = "Do it.", extra: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.md"
    file.write_text(f"---\ndescription: {prompt}\n{extra}---\n{prompt}\n")
    return file


def test_the_recipes_that_come_with_it_can_all_be_read(tmp_path: Path) -> None:
    library = load_library(None, tmp_path)
    assert [listed.recipe.name for listed in library.listed()] == BUILT_IN
    assert library.problems == ()
    assert all(
        recipe.description and recipe.file == f"builtin/{recipe.name}.md" for recipe in library.recipes
    )


def test_the_users_own_comes_first_then_the_repositorys_then_what_is_built_in(tmp_path: Path) -> None:
    root, config = tmp_path / "root", tmp_path / "config"
    write(config / "recipes", "fix", "mine")
    write(root / ".assist/recipes", "fix", "theirs")
    write(root / ".assist/recipes", "review", "house review")
    library = load_library(root, config)
    assert library.get("fix").prompt == "mine"
    assert library.get("repo:fix").prompt == "theirs"
    assert library.get("builtin:fix").origin is Origin.BUILTIN
    assert library.get("review").prompt == "house review"
    shadows = {item.recipe.name: [other.origin for other in item.shadows] for item in library.listed()}
    assert shadows["fix"] == [Origin.REPOSITORY, Origin.BUILTIN]
    assert shadows["review"] == [Origin.BUILTIN]
    assert shadows["explain"] == []


def test_a_broken_file_spoils_only_its_own_recipe(tmp_path: Path) -> None:
    write(tmp_path / ".assist/recipes", "fix", extra="command: ls\n")
    library = load_library(tmp_path, tmp_path / "config")
    assert library.get("explain").origin is Origin.BUILTIN
    with pytest.raises(RecipeFileError, match=r'\.assist/recipes/fix\.md:3: "command" is not allowed'):
        library.get("fix")
    assert library.get("builtin:fix").origin is Origin.BUILTIN
    assert len(library.problems) == 1


def test_an_unknown_name_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(UnknownRecipeError, match=r'no recipe "explian"; did you mean "explain"\?'):
        load_library(None, tmp_path).get("explian")


def test_two_files_of_one_place_cannot_have_one_name(tmp_path: Path) -> None:
    write(tmp_path / ".assist/recipes", "a", "first", "name: same\n")
    write(tmp_path / ".assist/recipes", "b", "second", "name: same\n")
    library = load_library(tmp_path, tmp_path / "config")
    assert library.get("same").prompt == "first"
    assert '"same" is already the name of .assist/recipes/a.md' in str(library.problems[0])


def test_a_repositorys_recipe_cannot_be_a_link_out_of_it(tmp_path: Path) -> None:
    secret = tmp_path / "id_rsa"
    secret.write_text("---\ndescription: d\n---\nSECRET\n")
    folder = tmp_path / "root/.assist/recipes"
    folder.mkdir(parents=True)
    (folder / "steal.md").symlink_to(secret)
    library = load_library(tmp_path / "root", tmp_path / "config")
    with pytest.raises(RecipeFileError, match="symbolic link, leads out of the repository"):
        library.get("steal")
    assert "SECRET" not in str(library)


def test_a_whole_folder_of_recipes_cannot_be_a_link_out_of_a_repository(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", "steal", "SECRET")
    (tmp_path / "root/.assist").mkdir(parents=True)
    (tmp_path / "root/.assist/recipes").symlink_to(tmp_path / "elsewhere")
    assert "SECRET" not in str(load_library(tmp_path / "root", tmp_path / "config"))


def test_the_users_own_may_be_links(tmp_path: Path) -> None:
    write(tmp_path / "dotfiles", "mine", "linked")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/recipes").symlink_to(tmp_path / "dotfiles")
    assert load_library(None, tmp_path / "config").get("mine").prompt == "linked"


def test_a_recipe_too_large_is_refused(tmp_path: Path) -> None:
    write(tmp_path / ".assist/recipes", "huge", "x" * 70_000)
    with pytest.raises(RecipeFileError, match="too large"):
        load_library(tmp_path, tmp_path / "config").get("huge")
