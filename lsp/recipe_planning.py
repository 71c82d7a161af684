"""What a recipe for an editor works on, and what would be sent for it. Nothing is sent here.

The target is the text of the editor, saved or not.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.errors import ErrorCode, LspError
from lsp.protocol.places import Selection
from lsp.protocol.recipes import RecipeRunParams
from lsp.session import Session
from lsp.text import TextSnapshot

if TYPE_CHECKING:
    from assistant.backends import BackendConfig
    from assistant.copies.check import CopyChecker
    from assistant.engine import Engine
    from assistant.models import Models
    from assistant.recipes.gathering import Workspace
    from assistant.recipes.model import Recipe
    from assistant.recipes.run import RecipePlan
    from assistant.recipes.targets import Spot, Target
    from assistant.recipes.without_model import KnownFacts


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a recipe is to work on, taken before anything is awaited."""

    root: Path
    path: str = ""
    snapshot: TextSnapshot | None = None
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A recipe that is ready to be sent, or what is known without a model."""

    models: Models
    config: BackendConfig | None
    plan: RecipePlan | None
    facts: KnownFacts | None


def chosen_in(session: Session, selection: Selection) -> Chosen:
    """Take down a selection of an open document.

    :raises LspError: if there is none.
    """
    snapshot = session.snapshot(selection.uri)
    place = session.workspaces.locate(selection.uri)
    if place is None:
        raise LspError(f"{selection.uri} lies in no folder of the workspace; open its folder")
    ends = (selection.range.start, selection.range.end)
    first, last = sorted(ends, key=lambda end: (end.line, end.character))
    end = last.line - (last.character == 0 and last.line > first.line)
    limit = max(0, len(snapshot.lines) - 1 - (not snapshot.lines[-1] and len(snapshot.lines) > 1))
    lines = (min(max(first.line, 0), limit) + 1, min(max(end, 0), limit) + 1)
    return Chosen(place.folder.root, place.path, snapshot, lines)


def prepared(
    engine: Engine,
    models: Models,
    config: BackendConfig | None,
    params: RecipeRunParams,
    chosen: Chosen,
    checker: CopyChecker | None,
) -> Ready:
    """Put together what would be sent, or what is known without a model. For a thread.

    :param checker: checks the code of answers that are shown; the lines of a change are checked as a proposal.
    """
    from assistant.recipes.gathering import Workspace
    from assistant.recipes.library import load_library
    from assistant.recipes.model import Mode
    from assistant.recipes.run import plan_recipe, values_of
    from assistant.recipes.without_model import known_facts
    from assistant.settings import rules_for

    root, settings = chosen.root, engine.settings
    recipe = load_library(root, settings.config_file.parent).get(params.recipe)
    copies = checker if recipe.mode is Mode.ANSWER else None
    workspace = Workspace(root, engine.searcher([root]), rules_for(root, settings), root, copies)
    target = _target(params, recipe, chosen, workspace)
    given = dict(params.parameters or {})
    if params.instruction and params.instruction.strip():
        if "instruction" not in recipe.parameters:
            raise LspError(f'the recipe "{recipe.name}" takes no instruction; leave it out', ErrorCode.FAILED)
        given["instruction"] = params.instruction
    if config is None:
        values = values_of(recipe, given, target)
        return Ready(models, None, None, known_facts(recipe, target, values, workspace))
    plan = plan_recipe(
        recipe,
        target,
        given,
        workspace,
        models.gate,
        window=config.context_window,
        diff_source=_diff_source(params),
    )
    return Ready(models, config, plan, None)


def _target(params: RecipeRunParams, recipe: Recipe, chosen: Chosen, workspace: Workspace) -> Target | None:
    from assistant.recipes.targets import open_target, resolve_target

    if not recipe.needs_target:
        return None
    if chosen.snapshot is not None:
        return open_target(chosen.path, chosen.snapshot.text, chosen.lines)
    if not params.target:
        return None
    return resolve_target(
        params.target,
        workspace.root,
        folder=workspace.folder,
        symbols=functools.partial(_spots, workspace),
        rules=workspace.rules,
    )


def _spots(workspace: Workspace, name: str) -> list[Spot]:
    from assistant.recipes.targets import Spot

    return [
        Spot(item.path, item.name_line, item.end_line, item.qualified_name)
        for item in workspace.source.snapshot.definitions_named(name)
        if item.kind not in ("section", "import", "declaration")
    ]


def _diff_source(params: RecipeRunParams) -> Callable[[str], str] | None:
    from assistant.recipes import git

    if params.staged and params.revision:
        raise LspError("staged and revision exclude each other; give one of them", ErrorCode.INVALID_PARAMS)
    if params.staged:
        return git.staged_diff
    return functools.partial(git.revision_diff, revision=params.revision) if params.revision else None
