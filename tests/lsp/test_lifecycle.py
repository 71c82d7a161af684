"""Beginning, settings, folders, files, the end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from lsprotocol import types

from tests.lsp.editor import PATIENCE_S, ROOT, capabilities, edit, editing, environment
from tests.lsp.raw import Raw, frame


@pytest.mark.parametrize("encoding", list(types.PositionEncodingKind))
@pytest.mark.slow
@pytest.mark.asyncio
async def test_the_clients_encoding_is_taken_and_text_stays_equal(
    tmp_path: Path, shop: Path, encoding: types.PositionEncodingKind
) -> None:
    client = capabilities(general=types.GeneralClientCapabilities(position_encodings=["latin-1", encoding]))
    async with editing(tmp_path / "home", shop, client_capabilities=client) as editor:
        assert editor.result is not None
        assert editor.result.capabilities.position_encoding == encoding
        await editor.ready()
        uri = editor.open(shop / "src/pool.py", "é😀 = 'needle'\r\n")
        units = {"utf-8": 6, "utf-16": 3, "utf-32": 2}[encoding.value]
        editor.change(uri, 2, edit((0, units), (0, units), "漢"))
        found = await editor.request("assist/search", {"query": '"needle"'})
        (line,) = found["results"][0]["lines"]
        assert line["text"] == "é😀漢 = 'needle'"
        start = line["matches"][0]["start"]
        assert start == {"utf-8": 13, "utf-16": 8, "utf-32": 7}[encoding.value]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_settings_are_pulled_read_again_and_wrong_ones_reported(tmp_path: Path, shop: Path) -> None:
    settings = {"search": {"limit": "many"}, "index": {"enabeld": False}}
    async with editing(tmp_path / "home", shop, settings=settings) as editor:
        await editor.until(lambda: len(editor.messages) == 2)
        assert "assist.search.limit must be a whole number from 1 to 200" in editor.messages[0]
        assert "did you mean assist.index.enabled?" in editor.messages[1]
        assert "workspace/didChangeConfiguration" in editor.registered
        await editor.ready()
        editor.settings = {"search": {"limit": 1}, "offline": True}
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await editor.until(lambda: editor.statuses[-1]["state"] == "offline")
        found = await editor.request("assist/search", {"query": "pool connection document"})
        assert len(found["results"]) == 1


@pytest.mark.slow
@pytest.mark.asyncio
async def test_folders_come_and_go(tmp_path: Path, shop: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "teapot.py").write_text("class Teapot:\n    pass\n")
    async with editing(tmp_path / "home", shop) as editor:
        await editor.ready()
        folder = types.WorkspaceFolder(other.as_uri(), "other")
        event = types.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        await editor.ready()
        found = await editor.request("assist/search", {"query": "Teapot"})
        assert found["results"][0]["uri"] == (other / "teapot.py").as_uri()
        status = await editor.request("assist/index/status")
        assert [item["uri"] for item in status["folders"]] == [shop.as_uri(), other.as_uri()]
        event = types.WorkspaceFoldersChangeEvent(added=[], removed=[folder])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        found = await editor.request("assist/search", {"query": '"class Teapot"'})
        assert found["results"] == []


@pytest.mark.parametrize("by_client", [True, False])
@pytest.mark.slow
@pytest.mark.asyncio
async def test_files_changed_outside_are_indexed(tmp_path: Path, by_client: bool) -> None:
    root = tmp_path / "work"
    root.mkdir()
    (root / "one.py").write_text("def one():\n    pass\n")
    client = capabilities() if by_client else capabilities(workspace=types.WorkspaceClientCapabilities())
    async with editing(tmp_path / "home", root, client_capabilities=client) as editor:
        await editor.ready()
        status = await editor.request("assist/index/status")
        assert status["watchedBy"] == ("client" if by_client else "server")
        (root / "two.py").write_text("class Teapot:\n    pass\n")
        if by_client:
            event = types.FileEvent((root / "two.py").as_uri(), types.FileChangeType.Created)
            editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        await editor.until(lambda: sum("indexed" in line for line in editor.logged) == 2)
        found = await editor.request("assist/search", {"query": "Teapot"})
        assert found["results"][0]["path"] == "two.py"


@pytest.mark.slow
@pytest.mark.asyncio
async def test_indexing_is_shown_and_can_be_stopped_and_taken_up(tmp_path: Path) -> None:
    root = tmp_path / "work"
    root.mkdir()
    for number in range(400):
        body = "".join(f"def f{number}_{part}(x):\n    return x + {part}\n\n\n" for part in range(60))
        (root / f"m{number}.py").write_text(body)
    async with editing(tmp_path / "home", root) as editor:
        await editor.until(lambda: any(item["kind"] == "begin" for item in _values(editor.streamed)))
        (token,) = editor.streamed
        assert editor.streamed[token][0]["title"] == "Indexing work"
        editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await editor.until(lambda: editor.streamed[token][-1]["kind"] == "end")
        status = await editor.request("assist/index/status")
        assert status["folders"][0]["state"] == "stopped"
        assert status["folders"][0]["files"] == 0
        status = await editor.request("assist/index/refresh")
        assert status["folders"][0]["state"] == "current"
        assert status["folders"][0]["files"] == 400


def _values(streamed: dict[str | int, list[dict[str, object]]]) -> list[dict[str, object]]:
    return [value for values in streamed.values() for value in values]


@pytest.mark.asyncio
async def test_ends_with_its_parent_though_the_pipe_stays_open(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec("sleep", "600")
    async with Raw.started(tmp_path) as server:
        await server.initialize(processId=parent.pid)
        parent.kill()
        await parent.wait()
        assert await asyncio.wait_for(server.process.wait(), PATIENCE_S) == 1


@pytest.mark.asyncio
async def test_ends_when_its_input_ends(tmp_path: Path) -> None:
    async with Raw.started(tmp_path) as server:
        await server.initialize()
        server.close_input()
        assert await asyncio.wait_for(server.process.wait(), PATIENCE_S) == 1


@pytest.mark.asyncio
async def test_exit_without_shutdown_is_a_failure(tmp_path: Path) -> None:
    async with Raw.started(tmp_path) as server:
        await server.initialize()
        server.send({"jsonrpc": "2.0", "method": "exit"})
        assert await asyncio.wait_for(server.process.wait(), PATIENCE_S) == 1


@pytest.mark.slow
@pytest.mark.asyncio
async def test_the_indexing_process_ends_with_the_server(tmp_path: Path, shop: Path) -> None:
    async with editing(tmp_path / "home", shop) as editor:
        await editor.ready()
        process = editor.client._server
        assert process is not None
        (child,) = _children(process.pid)
    await _gone(child)


def test_tcp_serves_one_client_and_no_web_page(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "assistant", "lsp", "--tcp", "0"]
    for first, code in ((b"POST / HTTP/1.1\r\n", 1), (frame({"jsonrpc": "2.0", "method": "exit"}), 1)):
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, env=environment(tmp_path), cwd=ROOT, text=True
        ) as process:
            assert process.stderr is not None
            port = int(process.stderr.readline().rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(first)
                assert process.wait(PATIENCE_S) == code


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children()]


async def _gone(pid: int) -> None:
    try:
        await asyncio.to_thread(psutil.Process(pid).wait, PATIENCE_S)
    except psutil.NoSuchProcess:
        return
    assert not psutil.pid_exists(pid)


@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_search_waits_for_the_first_index(tmp_path: Path, shop: Path) -> None:
    async with editing(tmp_path / "home", shop) as editor:
        found = await editor.request("assist/search", {"query": "ConnectionPool"})
        assert found["results"][0]["name"] == "ConnectionPool"


@pytest.mark.slow
@pytest.mark.asyncio
async def test_without_indexing_the_message_says_so(tmp_path: Path, shop: Path) -> None:
    async with editing(tmp_path / "home", shop, settings={"index": {"enabled": False}}) as editor:
        await editor.until(lambda: bool(editor.statuses))
        with pytest.raises(Exception, match="no index for"):
            await editor.request("assist/search", {"query": "ConnectionPool"})
        await editor.ready()
        assert (await editor.request("assist/search", {"query": "ConnectionPool"}))["results"]


@pytest.mark.slow
@pytest.mark.asyncio
async def test_a_killed_indexing_process_is_started_again(tmp_path: Path, shop: Path) -> None:
    async with editing(tmp_path / "home", shop) as editor:
        await editor.ready()
        process = editor.client._server
        assert process is not None
        (child,) = _children(process.pid)
        psutil.Process(child).kill()
        await _gone(child)
        (shop / "new.py").write_text("class Samovar:\n    pass\n")
        await editor.until_indexed()
        found = await editor.request("assist/search", {"query": "Samovar"})
        (shop / "new.py").unlink()
        assert found["results"][0]["path"] == "new.py"
