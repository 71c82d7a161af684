"""The client against a real model server: llama.cpp with a tiny model made on the spot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from assistant.backends import (
    Backend,
    BackendConfig,
    Candidate,
    ChatRequest,
    CompletionRequest,
    Message,
    Usage,
    discover,
    make_backend,
    plain_client,
    test_backend,
)
from assistant.backends.errors import BackendTimeoutError, ContextTooLongError, ServerDownError
from tests.assistant.backends.support import ask, run
from tests.servers.llama import LlamaServer, NotHereError, obtain, write_model

pytestmark = pytest.mark.slow

WINDOW = 32_768
HELLO = (Message("user", "Hello"),)
# A random model would end its answer at any moment.
ON_AND_ON = {"ignore_eos": True}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    try:
        root = obtain()
    except NotHereError as error:
        pytest.skip(str(error))
    model = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    write_model(model)
    server = LlamaServer(root, model, WINDOW)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _backend(llama: LlamaServer, **settings: Any) -> Backend:
    settings = {"request": ON_AND_ON, "max_retries": 0, **settings}
    return make_backend(BackendConfig("local", "openai", f"{llama.url}/v1", "tiny", **settings), plain_client)


def _generates_within(llama: LlamaServer, expected: bool, seconds: float) -> bool:
    deadline_s = time.monotonic() + seconds
    while llama.generating() is not expected:
        if time.monotonic() > deadline_s:
            return False
    return True


def test_a_chat_streams_token_by_token(llama: LlamaServer) -> None:
    answer = ask(_backend(llama), ChatRequest(HELLO, max_tokens=20, temperature=0.5))
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 20
    assert answer.usage.prompt_tokens > 0
    assert answer.finish_reason == "length"
    assert answer.pieces > 10


def test_a_text_completion(llama: LlamaServer) -> None:
    answer = ask(_backend(llama), CompletionRequest("once upon", max_tokens=12))
    assert answer.text
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 12


def test_filling_in_goes_through_infill(llama: LlamaServer) -> None:
    # Both sides count as prompt, so the request went where a suffix is understood.
    short = ask(_backend(llama), CompletionRequest("def a", "b", max_tokens=8))
    long = ask(_backend(llama), CompletionRequest("def a", "b" * 50, max_tokens=8))
    assert short.text
    assert short.usage is not None
    assert long.usage is not None
    assert (short.usage.completion_tokens, short.finish_reason) == (8, "length")
    assert long.usage.prompt_tokens > short.usage.prompt_tokens + 20


def test_a_prompt_that_is_too_long(llama: LlamaServer) -> None:
    question = ChatRequest((Message("user", "word " * WINDOW),))
    with pytest.raises(ContextTooLongError, match="the prompt is too long"):
        ask(_backend(llama), question)


def test_models_and_the_window(llama: LlamaServer) -> None:
    async def work() -> None:
        backend = _backend(llama)
        models = await backend.models()
        await backend.aclose()
        assert len(models) == 1
        assert backend.context_window == WINDOW

    run(work())


def test_it_is_discovered(llama: LlamaServer) -> None:
    (found,) = run(discover([Candidate("something", "openai", f"{llama.url}/v1")], plain_client, 10))
    assert (found.label, len(found.models)) == ("llama.cpp", 1)


def test_the_probe_sees_that_random_text_fills_nothing_in(llama: LlamaServer) -> None:
    async def work() -> None:
        backend = _backend(llama)
        report = await test_backend(backend)
        await backend.aclose()
        assert (report.answered, report.streaming, report.problems) == (True, True, ())
        assert (report.fill_in_the_middle, report.context_window) == ("ignored", WINDOW)
        assert report.usage is not None
        assert report.usage.completion_tokens == 64

    run(work())


@pytest.mark.parametrize("way", ["aclose", "cancel"])
@pytest.mark.parametrize(
    "request_",
    [ChatRequest(HELLO), CompletionRequest("once"), CompletionRequest("def a", "b")],
    ids=["chat", "completion", "infill"],
)
def test_the_server_stops_generating_within_a_second(
    llama: LlamaServer, request_: ChatRequest | CompletionRequest, way: str
) -> None:
    async def read(backend: Backend, begun: asyncio.Event) -> None:
        stream = backend.chat(request_) if isinstance(request_, ChatRequest) else backend.complete(request_)
        async with aclosing(stream) as deltas:
            async for _ in deltas:
                begun.set()
                if way == "aclose":
                    return

    async def work() -> None:
        backend = _backend(llama)
        begun = asyncio.Event()
        task = asyncio.create_task(read(backend, begun))
        await begun.wait()
        if way == "cancel":
            assert llama.generating()
            task.cancel()
        await asyncio.wait({task})
        stopped = await asyncio.to_thread(_generates_within, llama, False, 1.0)
        await backend.aclose()
        assert stopped

    run(work())


def test_left_alone_it_generates_for_more_than_a_second(llama: LlamaServer) -> None:
    async def work() -> None:
        backend = _backend(llama)
        async with aclosing(backend.chat(ChatRequest(HELLO))) as deltas:
            await anext(deltas)
            assert not await asyncio.to_thread(_generates_within, llama, False, 1.0)
        await backend.aclose()

    run(work())


def test_a_frozen_server_ends_in_a_time_out(llama: LlamaServer) -> None:
    async def work() -> None:
        backend = _backend(llama, read_timeout_s=0.5)
        deltas = backend.chat(ChatRequest(HELLO))
        await anext(deltas)
        llama.freeze()
        try:
            with pytest.raises(BackendTimeoutError, match=r"nothing came for 0\.5 s"):
                await _exhaust(deltas)
        finally:
            llama.thaw()
        assert await asyncio.to_thread(_generates_within, llama, False, 10.0)
        await backend.aclose()

    run(work())


async def _exhaust(deltas: Any) -> None:
    async for _ in deltas:
        pass


def test_the_same_backend_reconnects_after_a_restart(llama: LlamaServer) -> None:
    question = ChatRequest(HELLO, max_tokens=5)

    async def usage(backend: Backend) -> Usage | None:
        return [delta async for delta in backend.chat(question)][-1].usage

    async def work() -> None:
        backend = _backend(llama)
        before = await usage(backend)
        await asyncio.to_thread(llama.stop)
        with pytest.raises(ServerDownError, match="start the server"):
            await usage(backend)
        await asyncio.to_thread(llama.start)
        assert await usage(backend) == before
        await backend.aclose()

    run(work())


def test_a_server_that_stops_in_the_middle_of_an_answer(llama: LlamaServer) -> None:
    async def work() -> None:
        backend = _backend(llama)
        deltas = backend.chat(ChatRequest(HELLO))
        await anext(deltas)
        await asyncio.to_thread(llama.stop)
        try:
            with pytest.raises(ServerDownError, match="the connection was lost"):
                await _exhaust(deltas)
        finally:
            await asyncio.to_thread(llama.start)
        await backend.aclose()

    run(work())
