"""What may pass is tried again, as long as nothing has come yet; what the server asks for is heeded."""

from __future__ import annotations

import pytest

from assistant.backends import BackendError
from assistant.backends.errors import RateLimitedError, ServerDownError
from assistant.backends.failures import retry_after_s
from tests.assistant.backends.support import ask, backend_for
from tests.servers.launch import RunningServer
from tests.servers.wire import TEXT

CHATS = ("openai", "anthropic", "ollama")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("flavour", CHATS)
def test_passing_failures_are_tried_again(server: RunningServer, flavour: str, status: int) -> None:
    model = f"fail:{status}:2:0:{flavour}"
    assert ask(backend_for(server, flavour, model)).text == TEXT
    assert len(server.requests(model)) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_lasting_failures_are_not(server: RunningServer, status: int) -> None:
    model = f"fail:{status}:1"
    with pytest.raises(BackendError):
        ask(backend_for(server, "openai", model))
    assert len(server.requests(model)) == 1


def test_there_is_an_end_to_it(server: RunningServer) -> None:
    with pytest.raises(ServerDownError):
        ask(backend_for(server, "openai", "fail:503:9", max_retries=3))
    assert len(server.requests("fail:503:9")) == 4


def test_a_lost_connection_is_tried_again_before_the_first_word(server: RunningServer) -> None:
    for flavour in CHATS:
        assert ask(backend_for(server, flavour, f"cut-once:{flavour}")).text == TEXT
        assert len(server.requests(f"cut-once:{flavour}")) == 2


def test_an_error_in_the_stream_is_tried_again_before_the_first_word(server: RunningServer) -> None:
    with pytest.raises(RateLimitedError):
        ask(backend_for(server, "anthropic", "error-first:a"))
    assert len(server.requests("error-first:a")) == 3


@pytest.mark.parametrize("flavour", CHATS)
@pytest.mark.parametrize("model", ["error-mid", "cut:5"])
def test_nothing_is_tried_again_after_the_first_word(server: RunningServer, flavour: str, model: str) -> None:
    name = f"{model}:{flavour}-once"
    with pytest.raises(BackendError):
        ask(backend_for(server, flavour, name))
    assert len(server.requests(name)) == 1


def test_a_long_pause_is_left_to_the_user(server: RunningServer) -> None:
    with pytest.raises(RateLimitedError, match="the server asks to wait 3600 s; try again then") as caught:
        ask(backend_for(server, "openai", "fail:429:1:3600"))
    assert caught.value.retry_after_s == 3600
    assert len(server.requests("fail:429:1:3600")) == 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-4"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "soon", "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_how_long_a_server_asks_to_wait(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers) == expected
