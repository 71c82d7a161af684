"""Running a recipe for an editor: planned in a thread, sent in the loop of the model clients, its result for a client.

A change becomes a proposal; nothing here changes a file.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from lsp.consent import agreed
from lsp.editing import Editing
from lsp.events import RecipeTold, checked_of
from lsp.hits import lines_range
from lsp.protocol.answers import AnswerEvent
from lsp.protocol.recipes import RecipeFinding, RecipeOutcome, RecipeResult, RecipeRunParams
from lsp.recipe_planning import Chosen, Ready, chosen_in, prepared
from lsp.session import Session
from lsp.streaming import EventStream
from lsp.suggestions import copy_notes
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.backends import BackendConfig
    from assistant.engine import Engine
    from assistant.models import Models
    from assistant.recipes.events import Finished, RecipeEvent
    from assistant.recipes.run import RecipePlan


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
        session.copies.roots = session.workspaces.roots
        await session.require_indexes((chosen.root,))

        def work(engine: Engine, token: CancelToken) -> Ready:
            models = session.holder.models(offline=settings.offline)
            name = params.backend or ("" if params.model else settings.chat.backend)
            config = models.choose(name, params.model or ("" if params.backend else settings.chat.model))
            token.check()
            checker = session.copies.checker() if config is not None else None
            return prepared(engine, models, config, params, chosen, checker)

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
        shown = RecipeTold(config, plan, self._session.workspaces.namer())
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
            citations, copies = checked_of(result.summary), copy_notes(finished.copies)
            return made(
                RecipeOutcome.ANSWER, finished.answer, notes=notes, citations=citations, copies=copies
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
