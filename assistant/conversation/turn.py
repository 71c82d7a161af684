"""One turn: a question, what is found for it, what is sent, and the answer as it streams, checked.

Two steps, so that what would be sent can be looked at and agreed to before anything leaves: :func:`plan_turn` searches,
packs and prepares; :func:`stream_turn` sends exactly that and yields events. Nothing here talks to a user.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.answers.citations import CitationChecker, TrueCitation
from assistant.backends import Backend, ChatRequest, Message, Usage
from assistant.context import ContextItem, build_messages, estimate_tokens, shown
from assistant.context.render import marker_key, render_item
from assistant.conversation.events import ContextGiven, Event, Finished, NothingFound, Thinking
from assistant.conversation.follow_up import Subject, understood
from assistant.conversation.history import History, Turn
from assistant.conversation.material import Material, gather
from assistant.copies.answers import AnswerCopies
from assistant.privacy import EgressGate, FileOrigin, Part, Prepared, Prompt, Typed
from assistant.retrieval.search import Searcher
from indexer.embedding import Embedder

if TYPE_CHECKING:
    from assistant.copies.check import CopyChecker

UNKNOWN_WINDOW = 8_192
"""Tokens taken for granted where neither the configuration nor the server tells."""
_LONGEST_ANSWER = 2_048
_INSTRUCTION_TOKENS = 600
_SUBJECT_NAMES = 6


@dataclass(frozen=True, slots=True)
class Ground:
    """What a conversation stands on. Make a new one when the index has changed."""

    searcher: Searcher
    gate: EgressGate
    embedder: Embedder | None = None
    context_tokens: int = 4_000
    """Tokens of passages at most; less where the model's window is small."""
    copies: "CopyChecker | None" = None
    """Checks the code of answers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A turn that is ready to be sent: nothing else is."""

    question: str
    query: str
    """The question as retrieval understood it."""
    material: Material
    messages: tuple[Message, ...]
    """As they are sent: files left out, secrets redacted."""
    prepared: Prepared
    ground: Ground = field(repr=False)

    def as_text(self) -> str:
        """Return everything that is sent, message by message."""
        return shown(self.messages)


def history_budget(window: int | None) -> int:
    """Return how many tokens of earlier turns go with a question to a model with such a context window."""
    return min((window or UNKNOWN_WINDOW) // 4, 4_000)


def plan_turn(
    question: str,
    history: History,
    ground: Ground,
    window: int | None = None,
    mentioned: Sequence[ContextItem] = (),
) -> Plan:
    """Search for a question and prepare what is to be sent. Takes some ten milliseconds: call it in a thread.

    :param window: the model's context window in tokens; None if it is not known.
    :param mentioned: passages that the user asked for.
    :raises QueryError: for an empty question.
    :raises SettingsError: if a repository's ``assist.toml`` cannot be used: what it excludes is not known then.
    """
    query = understood(question, history.subjects)
    room = window or UNKNOWN_WINDOW
    past = history.messages(history_budget(window))
    fixed = _INSTRUCTION_TOKENS + estimate_tokens(question)
    fixed += sum(estimate_tokens(message.content) + 8 for message in past)
    budget = max(0, min(ground.context_tokens, room - min(room // 4, _LONGEST_ANSWER) - fixed))
    material = gather(ground.searcher, query, budget, embedder=ground.embedder, mentioned=mentioned)
    parts = [Part(build_messages(question, material.packed)[0].content, Prompt())]
    parts += [Part(message.content, Typed()) for message in past]
    parts += _last_message(question, material)
    prepared = ground.gate.prepare(parts)
    texts = [part.text for part in prepared.parts]
    messages = [Message("system", texts[0])]
    messages += [Message(old.role, text) for old, text in zip(past, texts[1:], strict=False)]
    messages.append(Message("user", "".join(texts[1 + len(past) :])))
    return Plan(question, query, material, tuple(messages), prepared, ground)


async def stream_turn(plan: Plan, backend: Backend) -> AsyncGenerator[Event, None]:
    """Send a plan and yield what happens; closing the generator, or cancelling its task, closes the connection.

    :param backend: one whose client is from the plan's gate.
    :raises BackendError: if the model does not answer.
    :raises PrivacyError: if it may not be sent.
    """
    ground, prepared = plan.ground, plan.prepared
    yield ContextGiven(plan.query, plan.material, prepared.manifest, backend.endpoint, backend.model)
    if not plan.material.found:
        yield NothingFound(plan.material.answer.statement)
    paths = [file.path for file in prepared.manifest.files]
    checker = CitationChecker(ground.searcher.sources, [prepared.text, plan.question], paths)
    copies = AnswerCopies(ground.copies)
    said: list[str] = []
    usage: Usage | None = None
    reason = "unknown"
    started_s = time.perf_counter()
    first_ms: float | None = None
    with ground.gate.sending(prepared):
        async with aclosing(backend.chat(ChatRequest(plan.messages))) as deltas:
            async for delta in deltas:
                if delta.reasoning:
                    yield Thinking(delta.reasoning)
                if delta.text:
                    first_ms = first_ms or 1000 * (time.perf_counter() - started_s)
                    said.append(delta.text)
                    for event in await copies.after(delta.text, checker.feed(delta.text)):
                        yield event
                usage, reason = delta.usage or usage, delta.finish_reason or reason
    for event in await copies.finish(checker.finish()):
        yield event
    elapsed_ms = 1000 * (time.perf_counter() - started_s)
    yield Finished(
        checker.summary,
        prepared.manifest,
        backend.endpoint,
        "".join(said),
        usage,
        reason,
        first_ms,
        elapsed_ms,
        tuple(copies.findings),
    )


async def answer(
    question: str, history: History, ground: Ground, backend: Backend, mentioned: Sequence[ContextItem] = ()
) -> AsyncGenerator[Event, None]:
    """Plan a turn, send it, and remember it in the history, interrupted or not.

    For callers that need not look at the plan first. Consent for a remote host must have been given.

    :raises AssistError: as :func:`plan_turn` and :func:`stream_turn`.
    """
    plan = await asyncio.to_thread(
        plan_turn, question, history, ground, backend.context_window, tuple(mentioned)
    )
    recorder = Recorder(plan)
    try:
        async with aclosing(stream_turn(plan, backend)) as events:
            async for event in events:
                recorder.see(event)
                yield event
    finally:
        history.add(recorder.turn())


class Recorder:
    """Makes the turn that is remembered from the events that were seen."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._said: list[str] = []
        self._cited: list[str] = []
        self._complete = False

    def see(self, event: Event) -> None:
        """Take an event of the turn."""
        if isinstance(event, Finished):
            self._complete = True
        elif isinstance(event, TrueCitation):
            self._cited += _names_at(self._plan, event)
        if not isinstance(event, ContextGiven | NothingFound | Thinking | Finished):
            self._said.append(event.text)

    def turn(self) -> Turn:
        """Return the turn as far as it came."""
        given = [passage.result.name for passage in self._plan.material.answer.passages]
        names = tuple(dict.fromkeys(name for name in (*self._cited, *given) if name))[:_SUBJECT_NAMES]
        subject = Subject(self._plan.query, names)
        return Turn(self._plan.question, "".join(self._said), subject, self._complete)


def _last_message(question: str, material: Material) -> list[Part]:
    """Return the parts of what ``build_messages`` makes the last message, so that each can be left out."""
    items = material.packed.items
    if not items:
        return [Part(question, Typed())]
    key = marker_key(items, question)
    passages = [Part(f"{render_item(item, key)}\n", _origin(item)) for item in items]
    return [*passages, Part("Question: ", Prompt()), Part(question, Typed())]


def _origin(item: ContextItem) -> FileOrigin | Typed:
    """Return where a passage comes from; one without a repository is what the user selected or named."""
    if item.root is None:
        return Typed()
    return FileOrigin(item.root, item.path, item.start_line, item.end_line)


def _names_at(plan: Plan, cited: TrueCitation) -> list[str]:
    """Return the names of the found places that a citation lies in."""
    return [
        passage.result.name
        for passage in plan.material.answer.passages
        if (passage.result.root, passage.result.path) == (cited.root, cited.path)
        and passage.result.start_line <= cited.end_line
        and cited.start_line <= passage.result.end_line
    ]
