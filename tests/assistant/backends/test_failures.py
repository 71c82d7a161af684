"""Every failure becomes one exception that names the backend, says what happened, and what to do."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from assistant.backends import BackendConfig, BackendError, EnvironmentKey, make_backend, plain_client
from assistant.backends.errors import (
    AuthenticationError,
    BackendTimeoutError,
    ContextTooLongError,
    ModelNotFoundError,
    ProtocolError,
    QuotaError,
    RateLimitedError,
    RequestRefusedError,
    ServerDownError,
    UnsupportedError,
)
from assistant.errors import AssistError
from tests.assistant.backends.support import BETWEEN, HELLO, ask, backend_for, run
from tests.servers.launch import RunningServer
from tests.servers.wire import PIECES

CHATS = ("openai", "anthropic", "ollama")


@pytest.mark.parametrize("flavour", CHATS)
@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        ("status:401", AuthenticationError, "401, it wants a key; name where it is with key_env"),
        ("status:403", AuthenticationError, "403, it wants a key"),
        ("status:400", RequestRefusedError, '400, it refused the request'),
        ("status:422", RequestRefusedError, "422"),
        ("status:402", QuotaError, "402, the account has no credit left"),
        ("status:404", UnsupportedError, '404, nothing of that kind at this address; check "kind", and "url"'),
        ("status:413", ContextTooLongError, "413, the request is too large; send less context"),
        ("status:429", RateLimitedError, "429, too many requests"),
        ("status:500", ServerDownError, "500, the server failed"),
        ("status:503", ServerDownError, "503, the server failed"),
        ("status:529", RateLimitedError, "529, too many requests or overloaded"),
        ("status:307", ProtocolError, '307, it redirects, which is not followed; set "url"'),
        ("too-long", ContextTooLongError, "400, the prompt is too long for \"too-long\"; send less context"),
        ("unknown", ModelNotFoundError, '404, it has no model "unknown"; `assist models` lists'),
        ("html", ProtocolError, 'it answered with a web page instead of a model\'s stream; check "kind" and "url"'),
        ("malformed", ProtocolError, "it sent something that is no JSON"),
        ("short", ServerDownError, "the answer broke off"),
        ("endless-line", ProtocolError, "it sent more than 16 MiB without an end of line"),
    ],
)  # fmt: skip
def test_what_a_server_does_wrong(
    server: RunningServer, flavour: str, model: str, kind: type[BackendError], words: str
) -> None:
    with pytest.raises(BackendError) as caught:
        ask(backend_for(server, flavour, model, max_retries=0))
    assert type(caught.value) is kind
    assert isinstance(caught.value, AssistError)
    message = str(caught.value)
    assert message.startswith(f'backend "work" at {server.url}')
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize("flavour", CHATS)
def test_a_refused_key_is_named_by_its_place(server: RunningServer, flavour: str) -> None:
    key = EnvironmentKey("WORK_LLM_KEY")
    config = backend_for(server, flavour, "status:401", key=key)._config  # type: ignore[attr-defined]
    with pytest.raises(
        AuthenticationError, match=r"401, the key from \$WORK_LLM_KEY was refused; put a valid one"
    ):
        ask(make_backend(config, plain_client, {"WORK_LLM_KEY": "sk-1234567890"}))


def test_a_used_up_account_is_not_a_passing_limit(server: RunningServer) -> None:
    with pytest.raises(QuotaError, match="no credit left"):
        ask(backend_for(server, "openai", "broke:quota"))
    assert len(server.requests("broke:quota")) == 1


def test_ollama_tells_how_to_get_a_model(server: RunningServer) -> None:
    with pytest.raises(ModelNotFoundError, match="`ollama pull unknown:7b` fetches it"):
        ask(backend_for(server, "ollama", "unknown:7b"))


def test_ollama_models_without_insert_cannot_fill_in(server: RunningServer) -> None:
    with pytest.raises(UnsupportedError, match=r'"no-insert" cannot do this here'):
        ask(backend_for(server, "ollama", "no-insert"), BETWEEN)


@pytest.mark.parametrize("flavour", CHATS)
@pytest.mark.parametrize("model", ["error-mid", "cut:5"])
def test_what_came_before_a_failure_is_delivered(server: RunningServer, flavour: str, model: str) -> None:
    texts: list[str] = []

    async def read() -> None:
        backend = backend_for(server, flavour, model)
        try:
            async for delta in backend.chat(HELLO):
                texts.append(delta.text)
        finally:
            await backend.aclose()

    with pytest.raises(BackendError):
        run(read())
    assert texts
    assert texts == list(PIECES[: len(texts)])


@pytest.mark.parametrize("flavour", ["bad", "bad-ollama"])
def test_a_list_of_models_that_is_none(server: RunningServer, flavour: str) -> None:
    async def work() -> None:
        backend = backend_for(server, flavour, "plain")
        try:
            await backend.models()
        finally:
            await backend.aclose()

    with pytest.raises(ProtocolError, match="its list of models is none"):
        run(work())


@pytest.mark.parametrize(
    ("kind", "remedy"), [("ollama", "run: ollama serve"), ("openai", "start the server")]
)
def test_a_server_that_is_not_there(kind: str, remedy: str) -> None:
    with closing(socket.socket()) as silent:
        # Bound but not listening: no one else can take the port meanwhile.
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServerDownError, match=f"no connection; {remedy}"):
            ask(make_backend(BackendConfig("home", kind, url, "m", max_retries=0), plain_client))


def test_a_name_that_leads_nowhere() -> None:
    config = BackendConfig("far", "openai", "http://nowhere.invalid", "m", max_retries=0)
    with pytest.raises(ServerDownError, match="no connection; check the address and the network"):
        ask(make_backend(config, plain_client))


@pytest.mark.parametrize("model", ["silent", "stall"])
@pytest.mark.parametrize("flavour", CHATS)
def test_silence_ends_in_a_time_out(server: RunningServer, flavour: str, model: str) -> None:
    name = f"{model}:{flavour}-timeout"
    with pytest.raises(BackendTimeoutError, match=r"nothing came for 0\.2 s; .* raise read_timeout_s"):
        ask(backend_for(server, flavour, name, read_timeout_s=0.2))
    server.wait_until_gone(name)
    assert len(server.requests(name)) == 1


def test_a_server_that_takes_no_connection() -> None:
    with (
        closing(socket.socket()) as listener,
        closing(socket.socket()) as first,
        closing(socket.socket()) as second,
    ):
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # Its queue full, Linux lets further callers wait.
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = BackendConfig("busy", "openai", url, "m", connect_timeout_s=0.2, max_retries=0)
        with pytest.raises(BackendTimeoutError, match=r"no connection within 0\.2 s"):
            ask(make_backend(config, plain_client))
