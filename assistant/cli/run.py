"""``assist run``: a recipe on a file, a definition, some lines or a diff."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.asking import model_options
from assistant.cli.command import Command, colour_option, json_option, repo_option

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.recipes.library import Library


@click.command(
    name="run",
    cls=Command,
    examples=(
        ("assist run --list", "The recipes, yours and this repository's among them"),
        ("assist run explain src/pdf.py:120", "The definition around a line"),
        ("assist run test PdfReader.parse", "Tests for a method, as a diff of its test file"),
        ('assist run edit src/pdf.py:40-88 "read the file in pieces"', "A change, as a diff"),
        ("assist run --apply fix src/pdf.py:40 < error.txt -i -", "Repair an error and write the change"),
        ("assist run --staged review", "Defects in what is staged"),
        ("assist run --diff main... review", "Defects in a branch"),
        ("assist run commit-message", "A message for what is staged"),
        ('assist run ask-the-docs "how do I add a backend?"', "An answer from the documentation"),
    ),
)
@click.argument("recipe", required=False, metavar="RECIPE")
@click.argument("words", nargs=-1, metavar="[FILE[:LINES]] [INSTRUCTION...]")
@click.option(
    "--list", "lists", is_flag=True, help="List the recipes, and which of them take the place of others."
)
@click.option(
    "--instruction", "-i", metavar="TEXT", default="", help="What to do; - reads it from standard input."
)
@click.option("--param", "params", metavar="NAME=VALUE", multiple=True, help="A parameter of the recipe.")
@click.option("--staged", is_flag=True, help="Work on what is staged instead of the work tree's changes.")
@click.option(
    "--diff", "revision", metavar="REV", default="", help="Work on the diff against a revision or of a range."
)
@click.option(
    "--apply", "applies", is_flag=True, help="Write the change to the file; without it nothing is written."
)
@repo_option
@model_options
@click.option("--show-context", is_flag=True, help="Print everything that goes to the model.")
@click.option("--dry-run", is_flag=True, help="Send nothing; print what would be sent.")
@json_option
@colour_option
def command(
    recipe: str | None,
    words: tuple[str, ...],
    lists: bool,
    instruction: str,
    params: tuple[str, ...],
    staged: bool,
    revision: str,
    applies: bool,
    repos: tuple[Path, ...],
    backend: str,
    model: str,
    offline: bool,
    show_context: bool,
    dry_run: bool,
    as_json: bool,
    colour: str,
) -> int:
    """Run a recipe: explain, test, docstring, smell, fix, edit, review, commit-message, ask-the-docs, or your own.

    The target is FILE, FILE:LINE (the definition around it), FILE:START-END, the name of a symbol, or - for standard
    input. A change is shown as a diff; only --apply writes it. Recipes of your own are Markdown files in the folder
    recipes of your configuration folder, those of a repository lie in .assist/recipes. Exit code 1 means that the
    model's answer could not be used, or that findings were reported.
    """
    if staged and revision:
        raise click.UsageError("--staged and --diff exclude each other; give one of them")
    from assistant.cli.common import make_engine
    from assistant.cli.roots import roots_of

    if lists or recipe is None:
        if recipe is None and not lists:
            raise click.UsageError("there is no recipe; name one, or list them with --list")
        from assistant.recipes.library import load_library

        engine = make_engine()
        return _list(load_library(roots_of(repos)[0], engine.settings.config_file.parent), as_json=as_json)
    from assistant.cli.recipes import Request, run_recipe

    request = Request(
        recipe=recipe,
        words=words,
        instruction=instruction,
        params=params,
        staged=staged,
        revision=revision,
        applies=applies,
        backend=backend,
        model=model,
        offline=offline,
        shows_context=show_context,
        is_dry_run=dry_run,
        as_json=as_json,
        colour=colour,
    )
    return run_recipe(request, repos)


def _list(library: "Library", *, as_json: bool) -> int:
    import json

    from assistant.cli.console import output, printable

    if as_json:
        rows = [
            {
                "name": item.recipe.name,
                "description": item.recipe.description,
                "mode": item.recipe.mode.value,
                "origin": item.recipe.origin.value,
                "file": item.recipe.file,
                "shadows": [other.file for other in item.shadows],
            }
            for item in library.listed()
        ]
        click.echo(json.dumps({"recipes": rows, "problems": [str(problem) for problem in library.problems]}))
        return 0
    console = output()
    width = max((len(item.recipe.name) for item in library.listed()), default=0)
    for item in library.listed():
        origin = (
            ""
            if item.recipe.file.startswith("builtin/")
            else f"  ({item.recipe.origin.value}: {item.recipe.file})"
        )
        instead = f", instead of {', '.join(other.file for other in item.shadows)}" if item.shadows else ""
        name = console.paint(item.recipe.name.ljust(width), "name")
        about = printable(
            f"{item.recipe.description}{origin.removesuffix(')')}{instead}" + ")" * bool(origin)
        )
        console.write(f"{name}  {about}")
    for problem in library.problems:
        click.echo(f"note: {printable(str(problem))}", err=True)
    return 0
