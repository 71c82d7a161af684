"""Which way a model is asked is found by having it fill a hole, over real servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.backends import BackendError
from assistant.completion.asking.ways import Form, Way, find_way
from tests.assistant.completion.support import FILLED, models_of
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer

pytestmark = pytest.mark.asyncio


async def _way(table: dict[str, Any], home: Path) -> Way:
    models = models_of(table, home)
    config = models.choose()
    assert config is not None
    backend = models.open(config)
    try:
        return await find_way(backend, config, models.gate)
    finally:
        await backend.aclose()


@pytest.mark.parametrize(
    ("kind", "path"), [("openai", "mistral/v1"), ("ollama", "ollama"), ("openai", "llama/v1")]
)
async def test_a_server_that_takes_a_suffix_is_preferred(
    server: RunningServer, tmp_path: Path, kind: str, path: str
) -> None:
    table = {"kind": kind, "url": f"{server.url}/{path}", "model": "plain"}
    assert await _way(table, tmp_path) == Way(Form.SUFFIX)


async def test_a_suffix_that_is_ignored_leads_to_a_template(server: RunningServer, tmp_path: Path) -> None:
    # `/ignores` takes a suffix and goes on without it; the second answer is to a prompt in a template.
    model = model_that_says("return 1", FILLED)
    way = await _way({"kind": "openai", "url": f"{server.url}/ignores/v1", "model": model}, tmp_path)
    assert way.form is Form.TEMPLATE
    assert way.template is not None
    assert way.template.family == "Qwen-Coder"
    trial = server.requests(model)[-1]
    assert trial["body"]["prompt"].startswith("<|fim_prefix|>def harvest(")
    assert "suffix" not in trial["body"]


async def test_a_model_that_knows_no_template_is_told_what_to_do(
    server: RunningServer, tmp_path: Path
) -> None:
    model = model_that_says("I would define it.")
    way = await _way({"kind": "openai", "url": f"{server.url}/ignores/v1", "model": model}, tmp_path)
    assert way == Way(Form.CHAT)


async def test_a_dialect_without_completions_is_a_chat(server: RunningServer, tmp_path: Path) -> None:
    table = {"kind": "anthropic", "url": f"{server.url}/anthropic/v1", "model": "plain"}
    assert await _way(table, tmp_path) == Way(Form.CHAT)


async def test_what_the_user_configured_is_not_tried(server: RunningServer, tmp_path: Path) -> None:
    model = model_that_says("never asked about a way")
    url = f"{server.url}/mistral/v1"
    table = {"kind": "openai", "url": url, "model": model, "fill_in_the_middle": "fim"}
    assert await _way(table, tmp_path) == Way(Form.SUFFIX)
    assert server.requests(model) == []


async def test_a_server_that_fails_says_nothing_about_its_model(
    server: RunningServer, tmp_path: Path
) -> None:
    url = f"{server.url}/mistral/v1"
    table = {"kind": "openai", "url": url, "model": "status:401:way", "max_retries": 0}
    with pytest.raises(BackendError):
        await _way(table, tmp_path)
