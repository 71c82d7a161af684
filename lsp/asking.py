"""One question, answered by a model or by the index: planned in a thread, streamed in the loop of the model clients.

What is common to ``assist/ask`` and a turn of a chat. Events go to the client as they come; cancelling the task that
waits closes the connection to the model.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.consent import agreed
from lsp.events import Told, checked_of
from lsp.hits import hits_of, stale, with_versions
from lsp.protocol.answers import Answer, AnswerEvent, NothingFoundEvent, PassagesEvent, TextEvent
from lsp.protocol.places import Selection
from lsp.session import Session
from lsp.streaming import EventStream
from lsp.suggestions import copy_notes
from lsp.tasks import CancelToken
from lsp.text import TextSnapshot

if TYPE_CHECKING:
    from assistant.answers import Answer as Found
    from assistant.backends import BackendConfig
    from assistant.context import ContextItem
    from assistant.conversation import Finished, Ground, History, Plan, Turn
    from assistant.copies.check import CopyChecker
    from assistant.engine import Engine
    from assistant.models import Models


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and by whom it is to be answered."""

    text: str
    roots: tuple[Path, ...]
    selection: Selected | None
    backend: str = ""
    model: str = ""
    always_model: bool = False
    """Whether a model answers what looks like a search, too."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection, with the text that it was made in."""

    selection: Selection
    snapshot: TextSnapshot
    root: Path | None
    path: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A question that is ready to be answered: by a model, with a plan, or it has been by the index."""

    models: Models
    config: BackendConfig | None
    plan: Plan | None
    found: Found | None
    query: str


class Asker:
    """Answers the questions of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def selected(self, selection: Selection | None) -> Selected | None:
        """Take the text of a selection as it is now.

        :raises LspError: if the document is not open.
        """
        if selection is None:
            return None
        snapshot = self._session.snapshot(selection.uri)
        place = self._session.workspaces.locate(selection.uri)
        if place is None:
            return Selected(selection, snapshot, None, selection.uri.rpartition("/")[2])
        return Selected(selection, snapshot, place.folder.root, place.path)

    async def plan(self, question: Question, history: History) -> Planned:
        """Search, and prepare what is to be sent; nothing is.

        :raises AssistError: if the question or a mention in it cannot be understood, or there is no such backend.
        """
        session = self._session
        settings = session.settings
        session.copies.roots = session.workspaces.roots
        await session.require_indexes(question.roots)

        def work(engine: Engine, token: CancelToken) -> Planned:
            models = session.holder.models(offline=settings.offline)
            name = question.backend or ("" if question.model else settings.chat.backend)
            config = models.choose(name, question.model or ("" if question.backend else settings.chat.model))
            if config is not None and not (question.always_model or question.backend or question.model):
                config = config if _is_question(question.text) else None
            token.check()
            checker = session.copies.checker() if config is not None else None
            return _planned(engine, models, config, question, history, checker)

        return await session.in_thread(work)

    async def answer(
        self,
        question: Question,
        history: History,
        tell: Callable[[AnswerEvent], None],
        remember: Callable[[Turn | None], None],
    ) -> Answer:
        """Answer a question.

        :param tell: gets each event as it comes.
        :param remember: gets the turn, complete or not, when it is over; None if it did not begin. Both are called on
            the event loop.
        """
        started = time.perf_counter()
        with self._session.overlay.pinned():
            try:
                planned = await self.plan(question, history)
                if planned.plan is not None:
                    assert planned.config is not None
                    await agreed(self._session, planned.models, planned.config, planned.plan.prepared)
            except BaseException:
                remember(None)
                raise
            if planned.plan is None:
                answer = await self._from_index(question, planned, tell, remember)
            else:
                answer = await self._from_model(planned, planned.plan, tell, remember)
        return replace(answer, ms=round(1000 * (time.perf_counter() - started), 1))

    async def _from_index(
        self,
        question: Question,
        planned: Planned,
        tell: Callable[[AnswerEvent], None],
        remember: Callable[[Turn | None], None],
    ) -> Answer:
        from assistant.conversation import Subject, Turn

        session, found = self._session, planned.found
        assert found is not None
        hits = hits_of(found.passages, session.workspaces.namer(), session.client.encoding)
        outdated = {id(hit) for hit in stale(hits, session.documents)}
        shown = with_versions((hit for hit in hits if id(hit) not in outdated), session.documents)
        tell(PassagesEvent(tuple(shown)) if found.found else NothingFoundEvent(found.statement))
        tell(TextEvent(found.statement))
        names = tuple(dict.fromkeys(item.result.name for item in found.passages if item.result.name))[:6]
        remember(Turn(question.text, found.statement if found.found else "", Subject(planned.query, names)))
        return Answer(found.statement, found.found, tuple(shown), found.notes, 0.0)

    async def _from_model(
        self,
        planned: Planned,
        plan: Plan,
        tell: Callable[[AnswerEvent], None],
        remember: Callable[[Turn | None], None],
    ) -> Answer:
        config = planned.config
        assert config is not None
        loop = asyncio.get_running_loop()
        session = self._session
        told = Told(config, session.workspaces.namer())

        events = EventStream(tell)

        def end(turn: Turn) -> None:
            loop.call_soon_threadsafe(remember, turn)

        streamed = _streamed(planned.models, config, plan, told, events.send, end)
        try:
            finished = await session.models.run(streamed)
        finally:
            events.close()  # the last events go before the answer
        return Answer(
            finished.answer,
            plan.material.found,
            (),
            (),
            0.0,
            config.name,
            config.model,
            checked_of(finished.summary),
            f"{finished.manifest.summary()} to {finished.endpoint}",
            finished.finish_reason,
            copy_notes(finished.copies),
        )


async def _streamed(
    models: Models,
    config: BackendConfig,
    plan: Plan,
    told: Told,
    send: Callable[[AnswerEvent], None],
    end: Callable[[Turn], None],
) -> Finished:
    """Send a plan and pass on what happens; runs in the loop of the model clients."""
    from assistant.conversation import Finished, Recorder, stream_turn

    recorder = Recorder(plan)
    finished: Finished | None = None
    try:
        backend = await asyncio.to_thread(models.open, config)
        try:
            async with aclosing(stream_turn(plan, backend)) as events:
                async for event in events:
                    recorder.see(event)
                    finished = event if isinstance(event, Finished) else finished
                    if (shown := told.event(event)) is not None:
                        send(shown)
        finally:
            await backend.aclose()
    finally:
        end(recorder.turn())
    assert finished is not None
    return finished


def _planned(
    engine: Engine,
    models: Models,
    config: BackendConfig | None,
    question: Question,
    history: History,
    copies: CopyChecker | None,
) -> Planned:
    from assistant.answers import answer
    from assistant.conversation import Ground, plan_turn, understood

    searcher = engine.searcher(question.roots)
    embedder = engine.shared_embedder()
    if config is None:
        query = understood(question.text, history.subjects)
        return Planned(models, None, None, answer(searcher, query, embedder=embedder), query)
    ground = Ground(searcher, models.gate, embedder, engine.settings.context_tokens, copies)
    mentioned = _mentioned(question, ground)
    plan = plan_turn(question.text, history, ground, config.context_window, mentioned)
    return Planned(models, config, plan, None, plan.query)


def _mentioned(question: Question, ground: Ground) -> list[ContextItem]:
    from assistant.context import MentionResolver, find_mentions
    from assistant.privacy import PageFetcher

    selection = _selection_item(question.selection) if question.selection else None
    resolver = MentionResolver(ground.searcher.sources, selection, PageFetcher(ground.gate).fetch)
    return [item for mention in find_mentions(question.text) for item in resolver.resolve(mention)]


def _selection_item(selected: Selected) -> ContextItem:
    """Return a selection as a passage: whole lines."""
    from assistant.context import ContextItem
    from assistant.context.mentions import MENTION_SCORE

    span, snapshot = selected.selection.range, selected.snapshot
    first, last = sorted((span.start.line, span.end.line))
    if last > first and span.end.character == 0:
        last -= 1
    last = min(last, len(snapshot.lines) - 1)
    text = "\n".join(snapshot.line(number) for number in range(first, last + 1))
    why = "you selected it"
    return ContextItem(
        selected.path, first + 1, last + 1, text, "selection", MENTION_SCORE, why, selected.root
    )


def _is_question(text: str) -> bool:
    from assistant.retrieval.intent import Intent, intent_of

    return intent_of(text) is Intent.QUESTION
