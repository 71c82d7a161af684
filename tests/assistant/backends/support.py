"""Makes backends for the test server, and reads what they stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

from assistant.backends import (
    Backend,
    BackendConfig,
    ChatRequest,
    CompletionRequest,
    Delta,
    Message,
    Usage,
    make_backend,
    plain_client,
)
from tests.servers.launch import RunningServer

T = TypeVar("T")
FLAVOURS = {
    "openai": ("openai", "/openai/v1"),
    "vllm": ("openai", "/vllm/v1"),
    "openrouter": ("openai", "/openrouter/v1"),
    "llama": ("openai", "/llama/v1"),
    "mistral": ("openai", "/mistral/v1"),
    "ignores": ("openai", "/ignores/v1"),
    "lmstudio": ("openai", "/lmstudio/v1"),
    "suffix": ("openai", "/suffix/v1"),
    "bad": ("openai", "/bad/v1"),
    "anthropic": ("anthropic", "/anthropic/v1"),
    "ollama": ("ollama", "/ollama"),
    "bad-ollama": ("ollama", "/bad"),
}
HELLO = ChatRequest((Message("system", "Be brief."), Message("user", "Hello")), max_tokens=64)
BETWEEN = CompletionRequest("def f(a):\n    ", "\n    return orchard_yield\n", max_tokens=32)


@dataclass(frozen=True)
class Answer:
    text: str
    reasoning: str
    usage: Usage | None
    finish_reason: str | None
    pieces: int


def config_for(server: RunningServer, flavour: str, model: str, **settings: Any) -> BackendConfig:
    kind, path = FLAVOURS[flavour]
    quick = {"retry_delay_s": 0.01, "read_timeout_s": 15.0}
    return BackendConfig("work", kind, server.url + path, model, **{**quick, **settings})


def backend_for(server: RunningServer, flavour: str, model: str, **settings: Any) -> Backend:
    return make_backend(config_for(server, flavour, model, **settings), plain_client)


async def collect(deltas: AsyncGenerator[Delta, None]) -> Answer:
    """Read a stream to its end, and check that it has the form that every stream has."""
    async with aclosing(deltas):
        seen = [delta async for delta in deltas]
    assert all(delta.text or delta.reasoning for delta in seen[:-1])
    assert all(delta.finish_reason is None for delta in seen[:-1])
    last = seen[-1]
    assert last.finish_reason
    text, reasoning = "".join(delta.text for delta in seen), "".join(delta.reasoning for delta in seen)
    return Answer(text, reasoning, last.usage, last.finish_reason, len(seen) - 1)


async def _asked(backend: Backend, request: ChatRequest | CompletionRequest) -> Answer:
    try:
        if isinstance(request, ChatRequest):
            return await collect(backend.chat(request))
        return await collect(backend.complete(request))
    finally:
        await backend.aclose()


def ask(backend: Backend, request: ChatRequest | CompletionRequest = HELLO) -> Answer:
    """Put one question to a backend and close it."""
    return run(_asked(backend, request))


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)
