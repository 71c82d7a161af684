"""Whoever stops reading closes the connection, and the server sees it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from assistant.backends import Backend, Delta
from assistant.errors import AssistError
from tests.assistant.backends.support import BETWEEN, HELLO, backend_for, run
from tests.servers.launch import RunningServer
from tests.servers.wire import TEXT

CHATS = ("openai", "anthropic", "ollama")


async def _read_until_cancelled(deltas: AsyncGenerator[Delta, None], begun: asyncio.Event) -> None:
    async with aclosing(deltas):
        async for _ in deltas:
            begun.set()


@pytest.mark.parametrize("flavour", CHATS)
def test_closing_the_iterator_closes_the_connection(server: RunningServer, flavour: str) -> None:
    model = f"never:close-{flavour}"

    async def work() -> None:
        backend = backend_for(server, flavour, model)
        deltas = backend.chat(HELLO)
        assert (await anext(deltas)).text
        await deltas.aclose()
        # While the backend is still open: it is the stream's end that closes.
        await asyncio.to_thread(server.wait_until_gone, model)
        await backend.aclose()

    run(work())


@pytest.mark.parametrize("flavour", CHATS)
@pytest.mark.parametrize("model", ["never", "stall"])
def test_cancelling_the_task_closes_the_connection(server: RunningServer, flavour: str, model: str) -> None:
    name = f"{model}:cancel-{flavour}"

    async def work() -> None:
        backend = backend_for(server, flavour, name)
        begun = asyncio.Event()
        task = asyncio.create_task(_read_until_cancelled(backend.chat(HELLO), begun))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_until_gone, name)
        await backend.aclose()

    run(work())


def test_cancelling_before_the_first_word(server: RunningServer) -> None:
    model = "silent:cancel"

    async def work() -> None:
        backend = backend_for(server, "openai", model)
        task = asyncio.create_task(_read_until_cancelled(backend.chat(HELLO), asyncio.Event()))
        async with asyncio.timeout(15):
            while not await asyncio.to_thread(server.requests, model):
                pass
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_until_gone, model)
        await backend.aclose()

    run(work())


def test_cancelling_a_fill_in(server: RunningServer) -> None:
    model = "never:fill-in"

    async def work() -> None:
        backend = backend_for(server, "suffix", model, fill_in_the_middle="suffix")
        async with aclosing(backend.complete(BETWEEN)) as deltas:
            await anext(deltas)
        await asyncio.to_thread(server.wait_until_gone, model)
        await backend.aclose()

    run(work())


def test_cancelling_while_waiting_to_try_again(server: RunningServer) -> None:
    model = "fail:503:9:20"

    async def work() -> None:
        backend = backend_for(server, "openai", model)
        task = asyncio.create_task(_read_until_cancelled(backend.chat(HELLO), asyncio.Event()))
        async with asyncio.timeout(15):
            while not await asyncio.to_thread(server.requests, model):
                pass
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await backend.aclose()

    run(work())
    assert len(server.requests(model)) == 1


def test_the_backend_is_usable_after_a_cancellation(server: RunningServer) -> None:
    async def text(backend: Backend) -> str:
        return "".join([delta.text async for delta in backend.chat(HELLO)])

    async def work() -> None:
        backend = backend_for(server, "openai", "plain:after", request={})
        other = backend_for(server, "openai", "never:after")
        for _ in range(20):
            async with aclosing(other.chat(HELLO)) as deltas:
                await anext(deltas)
        assert await text(backend) == TEXT
        await backend.aclose()
        await other.aclose()

    run(work())


def test_closing_the_backend_in_the_middle_of_a_stream(server: RunningServer) -> None:
    model = "never:shut"

    async def work() -> None:
        backend = backend_for(server, "openai", model)
        deltas = backend.chat(HELLO)
        await anext(deltas)
        await backend.aclose()
        with pytest.raises(AssistError):
            await _read_until_cancelled(deltas, asyncio.Event())

    run(work())
    server.wait_until_gone(model)
