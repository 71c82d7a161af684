"""What a well-behaved server sends arrives whole, in every dialect and however it is cut into pieces."""

from __future__ import annotations

import pytest

from assistant.backends import ChatRequest, CompletionRequest, Message, Usage
from assistant.backends.errors import UnsupportedError
from tests.assistant.backends.support import BETWEEN, HELLO, ask, backend_for, run
from tests.servers.launch import RunningServer
from tests.servers.wire import ANSWER_TOKENS, MIDDLE, PIECES, PROMPT_TOKENS, TEXT, WINDOW

CHATS = ("openai", "anthropic", "ollama")
USAGE = Usage(PROMPT_TOKENS, ANSWER_TOKENS)


@pytest.mark.parametrize("flavour", CHATS)
@pytest.mark.parametrize(
    "behaviour",
    ["plain", "split:1", "split:2", "split:3", "split:7", "split:1000", "comments", "crlf", "charset"],
)
def test_a_chat_arrives_whole(server: RunningServer, flavour: str, behaviour: str) -> None:
    if flavour == "ollama" and behaviour == "comments":
        pytest.skip("JSON lines have no comments")
    answer = ask(backend_for(server, flavour, behaviour))
    assert (answer.text, answer.usage, answer.finish_reason) == (TEXT, USAGE, "stop")
    assert answer.pieces == len(PIECES)


@pytest.mark.parametrize("flavour", CHATS)
def test_an_answer_that_is_not_streamed_is_taken_too(server: RunningServer, flavour: str) -> None:
    answer = ask(backend_for(server, flavour, "whole"))
    assert (answer.text, answer.usage, answer.finish_reason, answer.pieces) == (TEXT, USAGE, "stop", 1)


@pytest.mark.parametrize("flavour", CHATS)
def test_reasoning_is_kept_apart(server: RunningServer, flavour: str) -> None:
    answer = ask(backend_for(server, flavour, "thinks"))
    assert (answer.text, answer.reasoning) == (TEXT, "hm, yes")


def test_content_in_parts_is_joined(server: RunningServer) -> None:
    answer = ask(backend_for(server, "mistral", "parts"))
    assert (answer.text, answer.reasoning) == ("yes", "hm")


@pytest.mark.parametrize("flavour", ["openai", "ollama"])
def test_usage_may_be_missing(server: RunningServer, flavour: str) -> None:
    answer = ask(backend_for(server, flavour, "no-usage"))
    assert (answer.text, answer.usage) == (TEXT, None)


def test_the_done_mark_may_be_missing(server: RunningServer) -> None:
    assert ask(backend_for(server, "openai", "no-done")).text == TEXT


def test_a_response_that_does_not_end_after_its_last_frame_ends_here(server: RunningServer) -> None:
    for flavour in CHATS:
        assert ask(backend_for(server, flavour, "lingers", read_timeout_s=15)).text == TEXT


def test_one_connection_serves_request_after_request(server: RunningServer) -> None:
    async def work(flavour: str) -> None:
        backend = backend_for(server, flavour, f"plain:reuse-{flavour}")
        for _ in range(3):
            assert "".join([delta.text async for delta in backend.chat(HELLO)]) == TEXT
        await backend.aclose()

    for flavour in CHATS:
        run(work(flavour))
        ports = {seen["port"] for seen in server.requests(f"plain:reuse-{flavour}")}
        assert len(ports) == 1


def test_a_backend_works_in_a_second_event_loop(server: RunningServer) -> None:
    backend = backend_for(server, "openai", "plain")
    assert ask(backend).text == ask(backend).text == TEXT


REQUEST = ChatRequest(
    (Message("system", "A"), Message("user", "B"), Message("assistant", "C"), Message("user", "D")),
    max_tokens=5,
    temperature=0.5,
    stop=("\n\n", "END"),
)
TURNS = [
    {"role": "system", "content": "A"},
    {"role": "user", "content": "B"},
    {"role": "assistant", "content": "C"},
    {"role": "user", "content": "D"},
]


def test_an_openai_request(server: RunningServer) -> None:
    ask(backend_for(server, "openai", "plain:o", request={"reasoning_effort": "low"}), REQUEST)
    (seen,) = server.requests("plain:o")
    assert seen["target"] == "/openai/v1/chat/completions"
    assert seen["body"] == {
        "model": "plain:o",
        "messages": TURNS,
        "max_tokens": 5,
        "temperature": 0.5,
        "stop": ["\n\n", "END"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "reasoning_effort": "low",
    }
    assert "authorization" not in seen["headers"]


def test_an_anthropic_request(server: RunningServer) -> None:
    ask(backend_for(server, "anthropic", "plain:a"), REQUEST)
    (seen,) = server.requests("plain:a")
    assert seen["target"] == "/anthropic/v1/messages"
    assert seen["headers"]["anthropic-version"] == "2023-06-01"
    # A stop sequence of white space alone would be refused.
    assert seen["body"] == {
        "model": "plain:a",
        "system": "A",
        "messages": TURNS[1:],
        "max_tokens": 5,
        "temperature": 0.5,
        "stop_sequences": ["END"],
        "stream": True,
    }


def test_anthropic_always_gets_a_maximum(server: RunningServer) -> None:
    ask(backend_for(server, "anthropic", "plain:max"), ChatRequest((Message("user", "B"),)))
    assert server.requests("plain:max")[0]["body"]["max_tokens"] > 0


def test_an_ollama_request(server: RunningServer) -> None:
    settings = {"context_window": 4000, "request": {"keep_alive": "1h", "options": {"seed": 1}}}
    ask(backend_for(server, "ollama", "plain:l", **settings), REQUEST)
    (seen,) = server.requests("plain:l")
    assert seen["target"] == "/ollama/api/chat"
    options = {"num_predict": 5, "temperature": 0.5, "stop": ["\n\n", "END"], "num_ctx": 4000, "seed": 1}
    assert seen["body"] == {
        "model": "plain:l",
        "messages": TURNS,
        "stream": True,
        "options": options,
        "keep_alive": "1h",
    }


@pytest.mark.parametrize(
    ("flavour", "path"), [("openai", "/openai/v1/completions"), ("ollama", "/ollama/api/generate")]
)
def test_a_completion_without_suffix(server: RunningServer, flavour: str, path: str) -> None:
    model = f"plain:complete-{flavour}"
    assert ask(backend_for(server, flavour, model), CompletionRequest("once upon", max_tokens=9)).text == TEXT
    (seen,) = server.requests(model)
    assert (seen["target"], seen["body"]["prompt"]) == (path, "once upon")
    assert "suffix" not in seen["body"]


@pytest.mark.parametrize(
    ("flavour", "paths"),
    [
        ("llama", ["/llama/infill"]),
        ("mistral", ["/mistral/infill", "/mistral/v1/fim/completions"]),
        ("suffix", ["/suffix/infill", "/suffix/v1/fim/completions", "/suffix/v1/completions"]),
        ("lmstudio", ["/lmstudio/infill", "/lmstudio/v1/fim/completions", "/lmstudio/v1/completions"]),
        ("ollama", ["/ollama/api/generate"]),
    ],
)
def test_the_way_to_fill_in_is_found_once(server: RunningServer, flavour: str, paths: list[str]) -> None:
    async def work() -> list[str]:
        backend = backend_for(server, flavour, "plain")
        texts = []
        for _ in range(2):
            texts.append("".join([delta.text async for delta in backend.complete(BETWEEN)]))
        await backend.aclose()
        return texts

    before = len(server.record())
    assert run(work()) == [MIDDLE, MIDDLE]
    assert [seen["target"] for seen in server.record()[before:]] == [*paths, paths[-1]]


def test_infill_sends_both_sides_and_reports_usage(server: RunningServer) -> None:
    answer = ask(backend_for(server, "llama", "plain"), BETWEEN)
    body = server.record()[-1]["body"]
    assert (body["input_prefix"], body["input_suffix"], body["n_predict"]) == (
        BETWEEN.prefix,
        BETWEEN.suffix,
        32,
    )
    assert (answer.usage, answer.finish_reason) == (USAGE, "stop")


def test_the_way_to_fill_in_can_be_set(server: RunningServer) -> None:
    before = len(server.record())
    ask(backend_for(server, "suffix", "plain", fill_in_the_middle="suffix"), BETWEEN)
    assert [seen["target"] for seen in server.record()[before:]] == ["/suffix/v1/completions"]


@pytest.mark.parametrize(
    ("flavour", "settings"), [("openai", {}), ("anthropic", {}), ("llama", {"fill_in_the_middle": "none"})]
)
def test_who_cannot_fill_in_says_so(server: RunningServer, flavour: str, settings: dict[str, str]) -> None:
    with pytest.raises(UnsupportedError):
        ask(backend_for(server, flavour, "plain", **settings), BETWEEN)


def test_parameters_that_a_model_refuses_are_left_out_from_then_on(server: RunningServer) -> None:
    model = "picky:max_tokens:temperature:stop:stream_options"

    async def work() -> None:
        backend = backend_for(server, "openai", model)
        for _ in range(2):
            assert "".join([delta.text async for delta in backend.chat(REQUEST)]) == TEXT
        await backend.aclose()

    run(work())
    seen = server.requests(model)
    assert len(seen) == 6
    for request in seen[-2:]:
        assert set(request["body"]) == {"model", "messages", "stream", "max_completion_tokens"}
        assert request["body"]["max_completion_tokens"] == 5


@pytest.mark.parametrize(
    ("flavour", "model", "ids", "window"),
    [
        ("openai", "plain", ["plain", "whole"], None),
        ("vllm", "plain", ["plain"], WINDOW),
        ("openrouter", "plain", ["plain"], WINDOW),
        ("llama", "any name", ["m.gguf"], WINDOW),
        ("anthropic", "plain", ["plain"], WINDOW),
        ("ollama", "plain", ["plain:latest", "other:7b"], WINDOW),
        ("ollama", "absent", ["plain:latest", "other:7b"], None),
    ],
)
def test_models_and_the_context_window(
    server: RunningServer, flavour: str, model: str, ids: list[str], window: int | None
) -> None:
    async def work() -> None:
        backend = backend_for(server, flavour, model)
        assert backend.context_window is None
        models = await backend.models()
        await backend.aclose()
        assert [info.id for info in models] == ids
        assert backend.context_window == window

    run(work())


def test_the_configured_window_wins(server: RunningServer) -> None:
    async def work() -> None:
        backend = backend_for(server, "vllm", "plain", context_window=1000)
        await backend.models()
        await backend.aclose()
        assert backend.context_window == 1000

    run(work())
