"""Running a recipe for an editor: planned in a thread, sent in the loop of the model clients, its result for a client.

The target is the text of the editor, saved or not. A change becomes a proposal; nothing here changes a file.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.consent import agreed
from lsp.editing import Editing
from lsp.errors import ErrorCode, LspError
from lsp.events import checked_event, checked_of
from lsp.hits import lines_range
from lsp.protocol.answers import (
    AnswerEvent,
    ContextEvent,
    Passage,
    TextEvent,
    ThinkingEvent,
)
from lsp.protocol.places import Selection
from lsp.protocol.recipes import RecipeFinding, RecipeOutcome, RecipeResult, RecipeRunParams
from lsp.session import Session
from lsp.streaming import EventStream
from lsp.tasks import CancelToken
from lsp.text import TextSnapshot
from lsp.workspaces import Namer

if TYPE_CHECKING:
    from assistant.backends import BackendConfig
    from assistant.engine import Engine
    from assistant.models import Models
    from assistant.recipes.events import ContextGiven, Finished, RecipeEvent
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


class RecipeRunner:
    """Runs the recipes of a session."""

    def __init__(self, session: Session, editing: Editing) -> None:
        self._session = session
        self._editing = editing

    async def run(self, params: RecipeRunParams, tell: Callable[[AnswerEvent], None]) -> RecipeResult:
        """Run a recipe.

        :param tell: gets each event as it comes, on the event loop.
        :raises AssistError: if the recipe, its target or a parameter cannot be used, or the model does not answer.
        """
        session = self._session
        chosen = self._chosen(params)
        settings = session.settings
        await session.require_indexes((chosen.root,))

        def work(engine: Engine, token: CancelToken) -> Ready:
            models = session.holder.models(offline=settings.offline)
            name = params.backend or ("" if params.model else settings.chat.backend)
            config = models.choose(name, params.model or ("" if params.backend else settings.chat.model))
            token.check()
            return _prepared(engine, models, config, params, chosen)

        with session.overlay.pinned():
            ready = await session.in_thread(work)
            if ready.plan is None or ready.config is None:
                assert ready.facts is not None
                text = "\n".join(ready.facts.lines)
                return RecipeResult(RecipeOutcome.FACTS, text, notes=(ready.facts.missing,))
            await agreed(session, ready.models, ready.config, ready.plan.prepared)
            finished = await self._sent(ready.models, ready.config, ready.plan, tell)
            return await self._told(finished, ready.config, ready.plan, chosen)

    def _chosen(self, params: RecipeRunParams) -> Chosen:
        """Take down what the recipe works on.

        :raises LspError: if the selection is in no open document of a folder, or no folder is open.
        """
        workspaces = self._session.workspaces
        if params.selection is None:
            return Chosen(workspaces.chosen([params.folder] if params.folder else None)[0])
        return chosen_in(self._session, params.selection)

    async def _sent(
        self, models: Models, config: BackendConfig, plan: RecipePlan, tell: Callable[[AnswerEvent], None]
    ) -> Finished:
        shown = _Shown(config, plan, self._session.workspaces.namer())
        events = EventStream(tell)

        def send(event: RecipeEvent) -> None:
            if (told := shown.event(event)) is not None:
                events.send(told)

        try:
            return await self._session.models.run(_streamed(models, config, plan, send))
        finally:
            events.close()  # the last events go before the answer

    async def _told(
        self, finished: Finished, config: BackendConfig, plan: RecipePlan, chosen: Chosen
    ) -> RecipeResult:
        from assistant.backends.addresses import shown_url
        from assistant.recipes.events import Change, Explained, Found, Message, Refused

        notes = (*plan.notes, *finished.notes)
        result, namer, root = finished.result, self._session.workspaces.namer(), plan.workspace.root
        sent = f"{plan.prepared.manifest.summary()} to {shown_url(config.url)}"
        made = functools.partial(RecipeResult, backend=config.name, model=config.model, sent=sent)
        if isinstance(result, Explained):
            return made(
                RecipeOutcome.ANSWER, finished.answer, notes=notes, citations=checked_of(result.summary)
            )
        if isinstance(result, Found):
            found = tuple(
                RecipeFinding(
                    namer.uri(root, item.path),
                    item.path,
                    lines_range(item.start_line, item.end_line),
                    item.text,
                )
                for item in result.findings.kept
            )
            return made(RecipeOutcome.FINDINGS, result.findings.remark, found, notes=notes)
        if isinstance(result, Message):
            return made(RecipeOutcome.MESSAGE, result.text, notes=(*notes, *result.problems))
        if isinstance(result, Refused):
            return made(RecipeOutcome.REFUSED, finished.answer, notes=(*notes, result.reason))
        assert isinstance(result, Change)
        change = result.change
        snapshot = chosen.snapshot if chosen.path == change.path else None
        edit = await self._editing.propose(
            root, change.path, change.old, change.new or "", snapshot, result.diff, result.command, notes
        )
        return made(RecipeOutcome.EDIT, finished.answer, edit=edit, notes=notes)


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


def _prepared(
    engine: Engine, models: Models, config: BackendConfig | None, params: RecipeRunParams, chosen: Chosen
) -> Ready:
    from assistant.recipes.gathering import Workspace
    from assistant.recipes.library import load_library
    from assistant.recipes.run import plan_recipe, values_of
    from assistant.recipes.without_model import known_facts
    from assistant.settings import rules_for

    root, settings = chosen.root, engine.settings
    recipe = load_library(root, settings.config_file.parent).get(params.recipe)
    workspace = Workspace(root, engine.searcher([root]), rules_for(root, settings), root)
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


async def _streamed(
    models: Models, config: BackendConfig, plan: RecipePlan, send: Callable[[RecipeEvent], None]
) -> Finished:
    """Send a plan and pass on what happens; runs in the loop of the model clients."""
    from assistant.recipes.events import Finished
    from assistant.recipes.run import stream_recipe

    backend = await asyncio.to_thread(models.open, config)
    finished: Finished | None = None
    try:
        async with aclosing(stream_recipe(plan, backend)) as events:
            async for event in events:
                finished = event if isinstance(event, Finished) else finished
                send(event)
    finally:
        await backend.aclose()
    assert finished is not None
    return finished


class _Shown:
    """Makes what the client is told of what happens."""

    def __init__(self, config: BackendConfig, plan: RecipePlan, namer: Namer) -> None:
        self._config, self._plan, self._namer = config, plan, namer

    def event(self, event: RecipeEvent) -> AnswerEvent | None:
        """Return what the client is told of an event; None for the end, which is the request's answer."""
        from assistant.recipes import events

        match event:
            case events.ContextGiven():
                return self._context(event)
            case events.Thinking():
                return ThinkingEvent(event.text)
            case events.Written():
                return TextEvent(event.text)
            case _:
                return checked_event(event, self._namer)

    def _context(self, event: ContextGiven) -> ContextEvent:
        from assistant.context.tokens import estimate_tokens

        items = [passage.item for passage in self._plan.gathered.passages]
        root = self._plan.workspace.root
        passages = tuple(
            Passage(
                item.path,
                item.start_line,
                item.end_line,
                estimate_tokens(item.text),
                item.origin,
                self._namer.uri(root, item.path) if item.path and item.start_line else None,
            )
            for item in items
        )
        left_out = tuple(f"{item.path or 'a passage'} ({item.reason})" for item in event.manifest.left_out)
        return ContextEvent(
            self._plan.recipe.name,
            self._config.name,
            event.model,
            event.endpoint,
            passages,
            left_out,
            dict(event.manifest.redacted),
        )
