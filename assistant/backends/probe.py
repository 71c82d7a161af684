"""Tries a backend with one small question, and finds out whether it can fill in the middle by having it do so.

Many servers take a suffix and ignore it, so the answer decides: the text after the cursor uses a name that nothing
before it hints at, and only a model that saw it can define that name.
"""

import time
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal

from assistant.backends.errors import BackendError, UnsupportedError
from assistant.backends.messages import Backend, ChatRequest, CompletionRequest, Message, ModelInfo, Usage

FillIn = Literal["yes", "ignored", "no", "unknown"]
"""``ignored``: it answers, but not with regard to what follows the cursor; ``unknown``: the call failed."""

_QUESTION = "Count from one to ten in words, separated by spaces."
_NAME = "orchard_yield"
MIDDLE = CompletionRequest(
    prefix="def harvest(trees, apples_per_tree):\n    ",
    suffix=f"\n    return {_NAME}\n\n\nprint(harvest(3, 4))\n",
    max_tokens=48,
    temperature=0.0,
)
"""What a trial of fill-in-the-middle asks."""

PROBE_TEXTS = (_QUESTION, MIDDLE.prefix, MIDDLE.suffix)
"""Every text that a trial sends, for whoever has to allow it."""


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What a trial of a backend showed."""

    name: str
    endpoint: str
    model: str
    answered: bool
    """Whether the chat call brought an answer."""
    first_token_s: float | None = None
    total_s: float | None = None
    streaming: bool = False
    """Whether the answer came in more than one piece."""
    usage: Usage | None = None
    context_window: int | None = None
    fill_in_the_middle: FillIn = "unknown"
    offered: tuple[str, ...] = ()
    """The models that the server lists; empty if it lists none."""
    problems: tuple[str, ...] = field(default=())
    """What failed, each with what to do."""


async def test_backend(backend: Backend) -> ProbeReport:
    """Ask a backend for its models, a short answer and a fill-in, and report; what fails is part of the report."""
    problems: list[str] = []
    offered: list[ModelInfo] = []
    try:
        offered = await backend.models()
    except UnsupportedError:
        pass  # Many servers have no list; the question below tells whether the address is right.
    except BackendError as error:
        problems.append(str(error))
    chat = await _chat(backend, problems)
    fill_in = await _fill_in(backend, problems) if chat.answered else "unknown"
    return ProbeReport(
        name=backend.name,
        endpoint=backend.endpoint,
        model=backend.model,
        answered=chat.answered,
        first_token_s=chat.first_token_s,
        total_s=chat.total_s,
        streaming=chat.pieces > 1,
        usage=chat.usage,
        context_window=backend.context_window,
        fill_in_the_middle=fill_in,
        offered=tuple(model.id for model in offered),
        problems=tuple(dict.fromkeys(problems)),
    )


# pytest would take it for a test where it is imported.
test_backend.__test__ = False  # type: ignore[attr-defined]


@dataclass(slots=True)
class _Chat:
    pieces: int = 0
    answered: bool = False
    first_token_s: float | None = None
    total_s: float | None = None
    usage: Usage | None = None


async def _chat(backend: Backend, problems: list[str]) -> _Chat:
    chat = _Chat()
    started_s = time.perf_counter()
    try:
        async with aclosing(
            backend.chat(ChatRequest((Message("user", _QUESTION),), max_tokens=64))
        ) as deltas:
            async for delta in deltas:
                if delta.text or delta.reasoning:
                    chat.pieces += 1
                    chat.first_token_s = chat.first_token_s or time.perf_counter() - started_s
                chat.usage = delta.usage or chat.usage
        chat.total_s = time.perf_counter() - started_s
        chat.answered = chat.pieces > 0
        if not chat.answered:
            problems.append(
                f'backend "{backend.name}" at {backend.endpoint}: the answer was empty; check "model"'
            )
    except BackendError as error:
        problems.append(str(error))
    return chat


async def _fill_in(backend: Backend, problems: list[str]) -> FillIn:
    try:
        return await try_fill_in(backend)
    except BackendError as error:
        problems.append(str(error))
        return "unknown"


async def try_fill_in(backend: Backend, request: CompletionRequest = MIDDLE) -> FillIn:
    """Find out whether a backend fills in the middle.

    :param request: :data:`MIDDLE`, or the same as one prompt in a template that the model may know.
    :raises BackendError: if the server fails; not if it cannot do it, which is ``no``.
    """
    text = ""
    try:
        async with aclosing(backend.complete(request)) as deltas:
            async for delta in deltas:
                text += delta.text
    except UnsupportedError:
        return "no"
    return "yes" if _defines_name(text) else "ignored"


def _defines_name(text: str) -> bool:
    line = next((line for line in text.splitlines() if _NAME in line), "")
    return line.partition(_NAME)[2].lstrip()[:1] in ("=", "+", ":")
