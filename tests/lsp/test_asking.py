"""Questions and chats, without a model and with a real server: ``assist/ask``, ``assist/chat``, ``assist/context``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types

from tests.lsp.editor import Editor, editing
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

CITING = "Connections are kept by `ConnectionPool` [src/pool.py:4-12]. See [src/none.py:1-2]."


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(
    tmp_path_factory: pytest.TempPathFactory, shop: Path, server: RunningServer
) -> AsyncIterator[Editor]:
    home = tmp_path_factory.mktemp("home")
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(
        f'[backends.local]\nkind = "openai"\nurl = "{server.url}/v1"\nmodel = "{model_that_says(CITING)}"\n'
    )
    async with editing(home, shop) as started:
        await started.ready()
        yield started


def texts(events: list[dict[str, Any]]) -> str:
    return "".join(event.get("text", "") for event in events if event["kind"] not in ("thinking",))


async def test_without_a_model_the_index_answers(editor: Editor, shop: Path) -> None:
    params = {"question": "where is the pool of connections?", "backend": "none", "partialResultToken": "a-0"}
    answer = await editor.request("assist/ask", params)
    assert answer["found"]
    assert "backend" not in answer
    assert answer["passages"][0]["uri"] == (shop / "src/pool.py").as_uri()
    assert [event["kind"] for event in editor.streamed["a-0"]] == ["passages", "text"]
    assert texts(editor.streamed["a-0"]) == answer["answer"]


async def test_a_models_answer_streams_with_checked_citations(editor: Editor, shop: Path) -> None:
    params = {"question": "where is the pool of connections?", "partialResultToken": "a-1"}
    answer = await editor.request("assist/ask", params)
    events = editor.streamed["a-1"]
    assert events[0]["kind"] == "context"
    assert any(item["path"] == "src/pool.py" for item in events[0]["passages"])
    assert texts(events) == answer["answer"] == CITING
    (true,) = (event for event in events if event["kind"] == "citation")
    assert true["uri"] == (shop / "src/pool.py").as_uri()
    assert true["range"] == {"start": {"line": 3, "character": 0}, "end": {"line": 12, "character": 0}}
    (untrue,) = (event for event in events if event["kind"] == "untrueCitation")
    assert untrue["reason"] == "no such file"
    assert answer["checked"] == {"checked": 2, "true": 1, "untrue": 1, "flagged": 0}
    assert answer["backend"] == "local"


async def test_unsaved_text_is_what_a_model_is_given(
    editor: Editor, shop: Path, server: RunningServer
) -> None:
    with editor.opened(shop / "src/pool.py", "class ConnectionPool:\n    unsaved_attribute = 1\n"):
        await editor.request("assist/ask", {"question": "what is ConnectionPool for?"})
    sent = server.requests(model_that_says(CITING))[-1]["body"]["messages"][-1]["content"]
    assert "unsaved_attribute" in sent


async def test_the_context_is_shown_and_nothing_is_sent(editor: Editor, server: RunningServer) -> None:
    before = len(server.record())
    context = await editor.request("assist/context", {"question": "where is the pool of connections?"})
    assert len(server.record()) == before
    assert context["backend"] == "local"
    assert "class ConnectionPool" in context["messages"][-1]["content"]
    assert any(item["path"] == "src/pool.py" for item in context["passages"])


async def test_a_selection_is_what_is_open_now(editor: Editor, shop: Path) -> None:
    with editor.opened(shop / "src/parser.py", "one = 1\ntwo = 2\nthree = 3\n") as uri:
        span = {"start": {"line": 1, "character": 2}, "end": {"line": 2, "character": 0}}
        params = {"question": "what does @selection do?", "selection": {"uri": uri, "range": span}}
        context = await editor.request("assist/context", params)
    assert {"path": "src/parser.py", "startLine": 2, "endLine": 2}.items() <= context["passages"][0].items()
    assert "two = 2" in context["messages"][-1]["content"]


async def test_a_chat_remembers_is_saved_and_deleted(
    editor: Editor, server: RunningServer, shop: Path
) -> None:
    chat = await editor.request("assist/chat/create", {})
    assert chat["turns"] == []
    one = {"chatId": chat["chatId"], "question": "where is the pool of connections?"}
    await editor.request("assist/chat/turn", one)
    await editor.request("assist/chat/turn", {**one, "question": "and who gives them back?"})
    sent = server.requests(model_that_says(CITING))[-1]["body"]["messages"]
    assert [message["content"] for message in sent[1:3]] == ["where is the pool of connections?", CITING]
    history = await editor.request("assist/chat/history", {"chatId": chat["chatId"]})
    assert [turn["question"] for turn in history["turns"]] == [one["question"], "and who gives them back?"]
    (saved,) = (await editor.request("assist/chat/history", {}))["chats"]
    assert saved["folders"] == [shop.as_uri()]
    again = await editor.request("assist/chat/create", {"resume": chat["chatId"]})
    assert len(again["turns"]) == 2
    await editor.request("assist/chat/delete", {"chatId": chat["chatId"]})
    assert (await editor.request("assist/chat/history", {}))["chats"] == []
    with pytest.raises(Exception, match="no chat"):
        await editor.request("assist/chat/turn", one)


async def test_an_open_chat_goes_on_with_whom_is_named(editor: Editor) -> None:
    chat = await editor.request("assist/chat/create", {})
    asked = {"chatId": chat["chatId"], "question": "where is the pool of connections?"}
    assert (await editor.request("assist/chat/turn", asked))["backend"] == "local"
    again = await editor.request("assist/chat/create", {"resume": chat["chatId"], "backend": "none"})
    assert (again["chatId"], again.get("backend"), len(again["turns"])) == (chat["chatId"], None, 1)
    assert (await editor.request("assist/chat/turn", asked)).get("backend") is None
    await editor.request("assist/chat/delete", {"chatId": chat["chatId"]})


async def test_cancelling_closes_the_connection_to_the_model(editor: Editor, server: RunningServer) -> None:
    params = {"question": "where is the pool of connections?", "model": "stall", "partialResultToken": "c-1"}
    protocol: Any = editor.client.protocol
    waiting = asyncio.ensure_future(protocol.send_request_async("assist/ask", params, msg_id="cancel-me"))
    await editor.until(lambda: any(event["kind"] == "text" for event in editor.streamed.get("c-1", [])))
    editor.client.cancel_request(types.CancelParams("cancel-me"))
    await asyncio.to_thread(server.wait_until_gone, "stall")
    with pytest.raises(Exception, match="cancelled"):
        await waiting


async def test_stopping_keeps_what_was_said(editor: Editor, server: RunningServer) -> None:
    chat = await editor.request("assist/chat/create", {"backend": "local", "model": "stall:stop"})
    params = {"chatId": chat["chatId"], "question": "where is it?", "partialResultToken": "s-1"}
    waiting = asyncio.ensure_future(editor.request("assist/chat/turn", params))
    await editor.until(lambda: any(event["kind"] == "text" for event in editor.streamed.get("s-1", [])))
    with pytest.raises(Exception, match="answering already"):
        await editor.request("assist/chat/turn", params)
    assert await editor.request("assist/chat/stop", {"chatId": chat["chatId"]}) == {"stopped": True}
    with pytest.raises(Exception, match="cancelled"):
        await waiting
    assert await editor.request("assist/chat/stop", {"chatId": chat["chatId"]}) == {"stopped": False}
    again = await editor.request("assist/chat/create", {"resume": chat["chatId"]})
    assert [turn["complete"] for turn in again["turns"]] == [False]
    await editor.request("assist/chat/delete", {"chatId": chat["chatId"]})


async def test_models_are_listed(editor: Editor, server: RunningServer) -> None:
    models = await editor.request("assist/models", {})
    (local,) = models["backends"]
    assert (local["name"], local["local"], local["allowed"]) == ("local", True, True)
    assert models["chat"] == "local"


async def test_mistakes_are_told_with_what_to_do(editor: Editor) -> None:
    for params, message in (
        ({"question": "a?", "backend": "lokal"}, 'did you mean "local"?'),
        ({"question": "what is @src/none.py?", "backend": "local"}, "no such file"),
        ({"question": "?", "selection": {"uri": "file:///x", "range": _SPAN}}, "is not open"),
    ):
        with pytest.raises(Exception, match=message.replace("?", r"\?")):
            await editor.request("assist/ask", params)


_SPAN = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
