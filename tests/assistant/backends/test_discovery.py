"""Local servers are found where they usually are, on this machine only, in no time."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from assistant.backends import Candidate, LocalServer, candidates, discover, plain_client
from tests.assistant.backends.support import run
from tests.servers.launch import RunningServer


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:9999", "http://127.0.0.1:9999"),
        ("localhost:1", "http://localhost:1"),
        (":7777", "http://127.0.0.1:7777"),
        ("[::]:5", "http://[::1]:5"),
        ("http://127.0.0.1", "http://127.0.0.1:80"),
        ("https://localhost:8443", "https://localhost:8443"),
        ("127.0.0.1:nonsense", "http://127.0.0.1:11434"),
    ],
)
def test_where_ollama_is_sought(host: str, url: str) -> None:
    assert candidates({"OLLAMA_HOST": host})[0] == Candidate("Ollama", "ollama", url)


@pytest.mark.parametrize("host", ["gpu.example", "10.0.0.7:11434", "https://ollama.example"])
def test_an_ollama_elsewhere_is_not_asked(host: str) -> None:
    assert [place.label for place in candidates({"OLLAMA_HOST": host})] == ["llama.cpp", "LM Studio", "vLLM"]


def test_what_runs_is_found_and_what_does_not_is_not(server: RunningServer) -> None:
    with closing(socket.socket()) as mute:
        # Accepts and never answers.
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        places = [
            Candidate("Ollama", "ollama", server.url),
            Candidate("mute", "openai", f"http://127.0.0.1:{mute.getsockname()[1]}/v1"),
            Candidate("LM Studio", "openai", f"{server.url}/v1"),
            Candidate("none", "openai", f"{server.url}/bad/v1"),
            Candidate("absent", "openai", f"{server.url}/absent/v1"),
            Candidate("vLLM", "openai", f"{server.url}/vllm/v1"),
        ]
        assert run(discover(places, plain_client)) == [
            LocalServer("Ollama", "ollama", server.url, ("plain:latest",)),
            LocalServer("llama.cpp", "openai", f"{server.url}/v1", ("m.gguf",)),
            LocalServer("vLLM", "openai", f"{server.url}/vllm/v1", ("plain",)),
        ]


def test_other_machines_are_not_asked() -> None:
    def refuse(config: object) -> None:
        raise AssertionError(f"a client was made for {config}")

    assert run(discover([Candidate("far", "openai", "http://192.0.2.1/v1")], refuse)) == []  # type: ignore[arg-type]
