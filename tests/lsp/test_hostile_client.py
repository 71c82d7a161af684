"""Whatever is sent: a proper error or silence, and the server lives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.lsp.raw import Raw, frame

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARSE, INVALID, NO_METHOD, BAD_PARAMS, NOT_INITIALIZED, FAILED = (
    -32700,
    -32600,
    -32601,
    -32602,
    -32002,
    -32803,
)
URI = "file:///somewhere/a.py"
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Raw]:
    async with Raw.started(tmp_path_factory.mktemp("home")) as running:
        await running.initialize()
        yield running


async def _lives(server: Raw) -> None:
    answer = await server.request("alive", "assist/models", {})
    assert answer["result"]["backends"] == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Content-Length: 9\r\n\r\nnot json!", PARSE),
        (b'Content-Length: 7\r\n\r\n{"a": \xff', PARSE),
        (b"Content-Length: 3\r\nContent-Type: text/plain; charset=latin-1\r\n\r\n\xe9\xe9\xe9", PARSE),
        (b"garbage without end\r\nmore\r\n\r\n" + frame([]), INVALID),
        (b"Content-Length: -5\r\n\r\nContent-Length: abc\r\n\r\n" + frame(None), INVALID),
        (b"Content-Length: 100000\x00\r\n" + frame("text"), INVALID),
        (frame({"id": 1, "method": "shutdown"}), INVALID),
        (frame({"jsonrpc": "1.0", "id": 1, "method": "shutdown"}), INVALID),
        (frame({"jsonrpc": "2.0", "id": [1], "method": "shutdown"}), INVALID),
        (frame({"jsonrpc": "2.0", "id": True, "method": "shutdown"}), INVALID),
        (b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000, PARSE),
        (b"x" * 100_000 + b"\r\n" + frame(17), INVALID),
        (b"Content-Length: 6001\r\n\r\n" + b"9" * 6001, PARSE),
    ],
)
async def test_what_is_no_message_is_answered_with_an_error_without_id(
    server: Raw, data: bytes, code: int
) -> None:
    server.send_bytes(data)
    assert (await server.answer(None))["error"]["code"] == code
    await _lives(server)


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no/such/method", {}, NO_METHOD),
        ("$/unknown", {}, NO_METHOD),
        ("assist/search", None, BAD_PARAMS),
        ("assist/search", [1, 2], BAD_PARAMS),
        ("assist/search", {"query": None}, BAD_PARAMS),
        ("assist/search", {"query": "a", "folders": "b"}, BAD_PARAMS),
        ("assist/search", {"query": "a"}, FAILED),
        ("assist/ask", {"question": {"a": {}}}, BAD_PARAMS),
        ("assist/chat/turn", {"chatId": "none", "question": "a"}, FAILED),
        ("assist/chat/stop", {"chatId": "../../etc/passwd"}, FAILED),
        ("assist/chat/delete", {"chatId": "../../etc/passwd"}, FAILED),
        ("assist/chat/history", {"chatId": "../../etc/passwd"}, FAILED),
        ("textDocument/documentSymbol", {"textDocument": 5}, BAD_PARAMS),
        ("textDocument/documentSymbol", {}, BAD_PARAMS),
        ("workspace/symbol", {}, BAD_PARAMS),
        ("workspace/executeCommand", {"command": "rm -rf"}, BAD_PARAMS),
        ("initialize", {"capabilities": {}, "processId": None, "rootUri": None}, INVALID),
    ],
)
async def test_requests_that_do_not_fit_get_the_fitting_error(
    server: Raw, method: str, params: object, code: int
) -> None:
    answer = await server.request(7, method, params)
    assert answer["error"]["code"] == code, answer
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "no/such/notification", "params": {"a": 1}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "nothing"}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest"},
        {"jsonrpc": "2.0", "method": "$/progress", "params": 5},
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": URI}}},
        {
            "jsonrpc": "2.0",
            "method": "textDocument/didClose",
            "params": {"textDocument": {"uri": "not open"}},
        },
        {"jsonrpc": "2.0", "method": "textDocument/didSave", "params": {"textDocument": {"uri": "not open"}}},
        {
            "jsonrpc": "2.0",
            "method": "workspace/didChangeWatchedFiles",
            "params": {"changes": [{"uri": 1, "type": 9}]},
        },
        {
            "jsonrpc": "2.0",
            "method": "workspace/didChangeConfiguration",
            "params": {"settings": {"assist": [1]}},
        },
        {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": "none"}},
        {"jsonrpc": "2.0", "id": "never asked", "result": {}},
        {"jsonrpc": "2.0", "id": 99, "error": {"code": 1, "message": "x"}},
        {"jsonrpc": "2.0", "id": 99, "error": "text"},
    ],
)
async def test_notifications_and_answers_that_do_not_fit_are_passed_over(
    server: Raw, message: dict[str, object]
) -> None:
    server.send(message)
    await _lives(server)


async def test_edits_that_do_not_fit_leave_the_text_as_the_protocol_says(server: Raw) -> None:
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "def one():\n    pass\n"}
    server.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    far = {"start": {"line": 10**6, "character": 10**6}, "end": {"line": 2 * 10**6, "character": 0}}
    changes = [
        {"range": far, "text": "def two():\n    pass\n"},
        {
            "range": {"start": {"line": 0, "character": 900}, "end": {"line": 0, "character": 4}},
            "text": "uno():",
        },
    ]
    given = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": changes}
    server.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": given})
    wrong = {
        "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}},
        "text": "x",
    }
    given = {"textDocument": {"uri": URI, "version": 3}, "contentChanges": [wrong]}
    server.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": given})
    answer = await server.request(8, "textDocument/documentSymbol", {"textDocument": {"uri": URI}})
    assert [item["name"] for item in answer["result"]] == ["uno", "two"]
    server.send(
        {
            "jsonrpc": "2.0",
            "method": "textDocument/didOpen",
            "params": {"textDocument": {**item, "text": "def x(): 0"}},
        }
    )
    answer = await server.request(9, "textDocument/documentSymbol", {"textDocument": {"uri": URI}})
    assert [item["name"] for item in answer["result"]] == ["x"]


async def test_a_large_document_and_a_larger_message(server: Raw) -> None:
    text = "x = 1\n" * 200_000
    item = {"uri": "file:///big.py", "languageId": "python", "version": 1, "text": text}
    server.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}})
    await _lives(server)
    length = 300 * 2**20
    server.send_bytes(b"Content-Length: %d\r\n\r\n" % length)
    for _ in range(300):
        server.send_bytes(b" " * 2**20)
        assert server.process.stdin is not None
        await server.process.stdin.drain()
    assert (await server.answer(None))["error"]["code"] == INVALID
    await _lives(server)


async def test_a_truncated_message_ends_with_the_input(tmp_path: Path) -> None:
    async with Raw.started(tmp_path) as server:
        await server.initialize()
        server.send_bytes(b'Content-Length: 500\r\n\r\n{"jsonrpc"')
        server.close_input()
        assert await server.process.wait() == 1


async def test_two_requests_with_one_id_are_answered_each(server: Raw) -> None:
    message = {"jsonrpc": "2.0", "id": "twin", "method": "assist/models", "params": {}}
    server.send(message)
    server.send(message)
    answers = [await server.answer("twin"), await server.answer("twin")]
    errors = [answer["error"]["code"] for answer in answers if "error" in answer]
    assert errors in ([], [INVALID])  # the second is refused if the first is still at work


async def test_order_is_enforced(tmp_path: Path) -> None:
    async with Raw.started(tmp_path) as server:
        early = await server.request(1, "assist/search", {"query": "a"})
        assert early["error"]["code"] == NOT_INITIALIZED
        server.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        bad = await server.request(2, "initialize", {"capabilities": 5})
        assert bad["error"]["code"] == BAD_PARAMS
        await server.initialize()
        assert (await server.request(3, "shutdown"))["result"] is None
        late = await server.request(4, "assist/search", {"query": "a"})
        assert late["error"]["code"] == INVALID
        server.send({"jsonrpc": "2.0", "method": "exit"})
        assert await server.process.wait() == 0


async def test_cancelled_requests_are_answered_so(server: Raw) -> None:
    message = {"jsonrpc": "2.0", "id": "c", "method": "assist/models", "params": {"discover": True}}
    server.send_bytes(
        frame(message) + frame({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": "c"}})
    )
    assert (await server.answer("c"))["error"]["code"] == -32800
    await _lives(server)
