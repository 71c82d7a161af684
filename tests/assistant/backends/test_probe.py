"""``test_backend`` reports what a server does, not what its model is called."""

from __future__ import annotations

import pytest

from assistant.backends import Backend, ProbeReport, Usage, test_backend
from tests.assistant.backends.support import backend_for, run
from tests.servers.launch import RunningServer
from tests.servers.wire import ANSWER_TOKENS, PROMPT_TOKENS, WINDOW


def _probe(backend: Backend) -> ProbeReport:
    async def work() -> ProbeReport:
        try:
            return await test_backend(backend)
        finally:
            await backend.aclose()

    return run(work())


@pytest.mark.parametrize(
    ("flavour", "expected"),
    [
        ("llama", "yes"),
        ("mistral", "yes"),
        ("suffix", "yes"),
        ("lmstudio", "yes"),
        ("ollama", "yes"),
        ("ignores", "ignored"),
        ("openai", "no"),
        ("anthropic", "no"),
    ],
)
def test_filling_in_is_found_by_doing_it(server: RunningServer, flavour: str, expected: str) -> None:
    report = _probe(backend_for(server, flavour, "plain"))
    assert report.fill_in_the_middle == expected
    assert report.answered
    assert report.streaming
    assert report.usage == Usage(PROMPT_TOKENS, ANSWER_TOKENS)


def test_the_report_of_a_good_server(server: RunningServer) -> None:
    report = _probe(backend_for(server, "ollama", "plain"))
    assert (report.name, report.endpoint, report.model) == ("work", f"{server.url}/ollama", "plain")
    assert (report.context_window, report.offered) == (WINDOW, ("plain:latest", "other:7b"))
    assert report.first_token_s is not None
    assert report.total_s is not None
    assert 0 < report.first_token_s <= report.total_s
    assert report.problems == ()


def test_a_server_that_does_not_stream(server: RunningServer) -> None:
    report = _probe(backend_for(server, "openai", "whole"))
    assert report.answered
    assert not report.streaming


def test_what_fails_is_reported_once(server: RunningServer) -> None:
    report = _probe(backend_for(server, "vllm", "status:401"))
    assert not report.answered
    assert report.fill_in_the_middle == "unknown"
    (problem,) = report.problems
    assert "401, it wants a key" in problem


def test_a_server_that_is_down_is_reported_not_raised() -> None:
    report = _probe(backend_for(RunningServer("http://127.0.0.1:9"), "openai", "m", max_retries=0))
    assert (report.answered, report.offered) == (False, ())
    assert len(report.problems) == 1
    assert "no connection; start the server" in report.problems[0]
