"""A turn from the index to a checked answer, against a server that says what it is told to."""

import asyncio
from collections.abc import Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from assistant.context import estimate_tokens
from assistant.conversation import (
    ContextGiven,
    Event,
    Finished,
    Ground,
    History,
    NothingFound,
    Subject,
    Turn,
    answer,
    history_budget,
    plan_turn,
    stream_turn,
)
from assistant.conversation.events import FlaggedIdentifier, Text, TrueCitation, UntrueCitation
from assistant.engine import Engine
from assistant.models import Models
from assistant.privacy import OfflineError
from assistant.settings import Settings
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer

QUESTION = "how does TCPConnector open a connection?"


class Talk:
    """One conversation about the repository with one model."""

    def __init__(self, engine: Engine, root: Path, home: Path, url: str, model: str, **settings: Any) -> None:
        table = {"work": {"kind": "openai", "url": url, "model": model, "max_retries": 0}}
        self.models = Models(
            Settings(home / "cache", home / "config" / "config.toml", backends=table),
            home / "state",
            {},
            offline=settings.pop("offline", False),
        )
        config = self.models.choose()
        assert config is not None
        self.backend = self.models.open(config)
        self.ground = Ground(engine.searcher([root]), self.models.gate, engine.embedder, **settings)
        self.history = History(history_budget(None))

    async def ask(self, question: str) -> list[Event]:
        async with aclosing(answer(question, self.history, self.ground, self.backend)) as events:
            return [event async for event in events]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def closing() -> Any:
            try:
                return await work
            finally:
                await self.backend.aclose()

        return asyncio.run(closing())


@pytest.fixture
def talk(acme: Path, acme_engine: Engine, tmp_path: Path, server: RunningServer) -> Any:
    def make(model: str, **settings: Any) -> Talk:
        return Talk(acme_engine, acme, tmp_path, f"{server.url}/openai/v1", model, **settings)

    return make


def test_the_answer_streams_and_its_citations_are_checked(talk: Any, acme: Path) -> None:
    line = 1 + (acme / "src/net/tcp.py").read_text().splitlines().index(
        "    def connect(self) -> socket.socket:"
    )
    said = (
        f"`TCPConnector.connect` opens it [src/net/tcp.py:{line}-{line + 2}]. "
        "So does `open_sesame_now` [src/net/nowhere.py:3-4]."
    )
    model = model_that_says(said)
    conversation = talk(model)
    events = conversation.run(conversation.ask(QUESTION))
    assert isinstance(events[0], ContextGiven)
    assert isinstance(events[-1], Finished)
    pieces = [event for event in events if not isinstance(event, ContextGiven | Finished)]
    assert "".join(piece.text for piece in pieces) == said == events[-1].answer
    assert [event.path for event in events if isinstance(event, TrueCitation)] == ["src/net/tcp.py"]
    assert [event.reason for event in events if isinstance(event, UntrueCitation)] == ["no such file"]
    assert [event.identifier for event in events if isinstance(event, FlaggedIdentifier)] == [
        "open_sesame_now"
    ]
    assert (events[-1].summary.checked, events[-1].summary.true) == (2, 1)
    assert sum(isinstance(event, Text) for event in events) > 2


def test_what_is_shown_is_what_is_sent(talk: Any, server: RunningServer) -> None:
    model = model_that_says("Yes.", "shown")
    conversation = talk(model)
    plan = plan_turn(QUESTION, conversation.history, conversation.ground)

    async def send() -> None:
        async with aclosing(stream_turn(plan, conversation.backend)) as events:
            async for _ in events:
                pass

    conversation.run(send())
    (request,) = server.requests(model)
    assert request["body"]["messages"] == [
        {"role": message.role, "content": message.content} for message in plan.messages
    ]
    assert all(message.content in plan.as_text() for message in plan.messages)
    assert "src/net/tcp.py" in plan.as_text()
    assert plan.as_text().rstrip().endswith(QUESTION)


def test_a_follow_up_is_searched_with_the_turn_before(talk: Any, server: RunningServer) -> None:
    model = model_that_says("It is `retry_with_backoff` [src/net/retry.py:6-14].", "No one.")
    conversation = talk(model)

    async def work() -> list[Event]:
        await conversation.ask("what retries a call that fails?")
        events: list[Event] = await conversation.ask("and who calls it?")
        return events

    events = conversation.run(work())
    assert events[0].query == "who calls retry_with_backoff?"
    messages = server.requests(model)[-1]["body"]["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[1]["content"] == "what retries a call that fails?"
    assert messages[3]["content"].endswith("and who calls it?")


def test_nothing_found_is_told_to_the_model_and_to_the_user(talk: Any, server: RunningServer) -> None:
    model = model_that_says("Not in this repository.")
    conversation = talk(model)
    events = conversation.run(conversation.ask("how does the ZorblaxTeleporter warp quuxly?"))
    (nothing,) = [event for event in events if isinstance(event, NothingFound)]
    assert nothing.statement.startswith("Not found.")
    system, user = server.requests(model)[-1]["body"]["messages"]
    assert "found nothing in the repository" in system["content"]
    assert user["content"] == "how does the ZorblaxTeleporter warp quuxly?"


def test_a_small_window_is_not_overrun(talk: Any) -> None:
    conversation = talk("plain")
    for number in range(30):
        conversation.history.add(Turn(f"q {number}?", "tea " * 200, Subject("")))
    for window in (2_000, 4_000, 8_000):
        plan = plan_turn(QUESTION, conversation.history, conversation.ground, window)
        sent = sum(estimate_tokens(message.content) for message in plan.messages)
        assert sent <= window * 3 // 4
        assert plan.messages[-1].content.endswith(QUESTION)


def test_two_hundred_turns_send_no_more_than_twenty(talk: Any, server: RunningServer) -> None:
    model = model_that_says("It opens them, as `TCPConnector` does [src/net/tcp.py:26-39]. " * 12)
    conversation = talk(model)

    async def work() -> None:
        for number in range(200):
            await conversation.ask(f"how does TCPConnector open connection number {number}?")

    conversation.run(work())
    sizes = [len(str(request["body"]["messages"])) for request in server.requests(model)]
    assert len(sizes) == 200
    assert max(sizes[100:]) <= 1.02 * max(sizes[:20])
    assert len(conversation.history) <= 60


def test_cancelling_closes_the_connection_and_the_turn_is_remembered(
    talk: Any, server: RunningServer
) -> None:
    model = "never:conversation"
    conversation = talk(model)

    async def work() -> None:
        begun = asyncio.Event()

        async def read() -> None:
            async with aclosing(
                answer(QUESTION, conversation.history, conversation.ground, conversation.backend)
            ) as events:
                async for event in events:
                    if isinstance(event, Text):
                        begun.set()

        task = asyncio.create_task(read())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.wait_until_gone, model)

    conversation.run(work())
    (turn,) = conversation.history.turns
    assert not turn.complete
    assert turn.answer


def test_offline_sends_nothing(talk: Any, server: RunningServer) -> None:
    model = "plain:offline"
    conversation = talk(model, offline=True)
    with pytest.raises(OfflineError):
        conversation.run(conversation.ask(QUESTION))
    assert server.requests(model) == []


def test_a_secret_is_redacted_in_the_question_and_in_the_turn_before(
    talk: Any, server: RunningServer
) -> None:
    secret = "pa55-" + "x7Kq" * 5
    model = model_that_says("Use another.", "Yes.")
    conversation = talk(model)

    async def work() -> None:
        await conversation.ask(f'is password = "{secret}" used by TCPConnector?')
        await conversation.ask("and why does TCPConnector need it?")

    conversation.run(work())
    assert len(server.requests(model)) == 2
    assert all(secret not in str(request) for request in server.requests(model))
