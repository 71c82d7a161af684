"""Completions of a real model server: llama.cpp with a tiny model made on the spot, which writes nonsense for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.completion import CompletionOptions
from assistant.completion.asking.ways import Form, find_way
from tests.assistant.completion.support import at, models_of, pipeline_of
from tests.servers.llama import LlamaServer, NotHereError, obtain, write_model

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]
_PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    try:
        root = obtain()
    except NotHereError as error:
        pytest.skip(str(error))
    model = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    write_model(model)
    server = LlamaServer(root, model, 32_768)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _table(llama: LlamaServer) -> dict[str, object]:
    # A random model would end its answer at any moment.
    return {"kind": "openai", "url": f"{llama.url}/v1", "model": "tiny", "request": {"ignore_eos": True}}


async def test_nonsense_passes_no_trial(llama: LlamaServer, tmp_path: Path) -> None:
    models = models_of(_table(llama), tmp_path)
    config = models.choose()
    assert config is not None
    backend = models.open(config)
    assert (await find_way(backend, config, models.gate)).form is Form.CHAT
    await backend.aclose()


async def test_cancelling_stops_the_model(llama: LlamaServer, tmp_path: Path) -> None:
    options = CompletionOptions(max_tokens=30_000, timeout_ms=600_000, look_ahead="never")
    pipeline = pipeline_of(_table(llama), tmp_path / "u", options)
    request = replace(at("import os\n\n\ndef greet(‸\n"), root=tmp_path)
    asking = asyncio.create_task(pipeline.complete(request))
    # Trials are short; what is at work for longer than they take is the completion.
    await _until(llama, True, tmp_path)
    asking.cancel()
    await pipeline.closed(tmp_path, "file.py")
    await pipeline.aclose()
    await _until(llama, False, tmp_path)


async def _until(llama: LlamaServer, working: bool, home: Path) -> None:
    """Return once the model is, or is not, at work; for work, on something longer than a trial."""
    until_s, seen = time.monotonic() + _PATIENCE_S, 0
    while time.monotonic() < until_s:
        slots = await asyncio.to_thread(llama.get, "/slots")
        busy = any(slot["is_processing"] for slot in slots)
        seen = max([0, *(_decoded(slot) for slot in slots if slot["is_processing"])])
        if busy is working and (not working or seen > 100):
            return
    raise AssertionError(f"the model is {'not ' if working else ''}at work; it wrote {seen} tokens")


def _decoded(slot: dict[str, object]) -> int:
    following = slot.get("next_token")
    if isinstance(following, list):
        following = following[0] if following else {}
    return int(following.get("n_decoded", 0)) if isinstance(following, dict) else 0
