"""A language client for benchmarks: the real `assist lsp`, requests in flight side by side, time-stamped answers."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

_LIMIT_BYTES = 2**26
ENDED = -1
"""The code of requests that a server did not live to answer."""
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True}},
    "window": {"workDoneProgress": True},
    "textDocument": {"inlineCompletion": {}, "completion": {}},
}


class RequestError(Exception):
    """A request was answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass
class Client:
    """A running server."""

    process: asyncio.subprocess.Process
    started_s: float
    waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    progress: dict[str, asyncio.Event] = field(default_factory=dict)
    sent: int = 0
    log: Path = Path()
    """Where the server's log goes."""
    has_ended: bool = False

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def start(self, method: str, params: object) -> tuple[int, asyncio.Future[Any]]:
        """Send a request; its id and what will have its result."""
        if self.has_ended:
            raise RequestError(ENDED, "the server has ended")
        self.sent += 1
        future = asyncio.get_running_loop().create_future()
        self.waiting[self.sent] = future
        self.send({"id": self.sent, "method": method, "params": params})
        return self.sent, future

    async def request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON
        """Send a request and wait for its result.

        :raises RequestError: if it is answered with an error.
        """
        return await self.start(method, params)[1]

    def cancel(self, number: int) -> None:
        """Take a request back."""
        self.notify("$/cancelRequest", {"id": number})

    def memory_mib(self) -> tuple[float, float]:
        """Resident memory of the server, and of the processes that it started."""
        top = psutil.Process(self.process.pid)
        beside = 0
        for child in top.children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it has just ended
                beside += child.memory_info().rss
        return top.memory_info().rss / 2**20, beside / 2**20

    def cpu_s(self) -> float:
        """Processor seconds that the server has used, without the processes that it started."""
        spent = psutil.Process(self.process.pid).cpu_times()
        return float(spent.user + spent.system)

    async def read(self) -> None:
        """Take messages in until the server ends."""
        stream = self.process.stdout
        assert stream is not None
        while True:
            try:
                header = await stream.readuntil(b"\r\n\r\n")
                message = json.loads(await stream.readexactly(int(header.split(b":")[1])))
            except (asyncio.IncompleteReadError, ConnectionError):
                self._end()
                return
            self._take(message)

    def _end(self) -> None:
        """Let nobody wait for a server that has ended."""
        self.has_ended = True
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(RequestError(ENDED, "the server has ended"))
        self.waiting.clear()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            future = self.waiting.pop(message["id"], None)
            if future is not None and not future.done():
                error = message.get("error")
                if error:
                    future.set_exception(RequestError(error["code"], error["message"]))
                else:
                    future.set_result(message["result"])
        elif "id" in message:
            result = [None] if message["method"] == "workspace/configuration" else None
            self.send({"id": message["id"], "result": result})
        elif message["method"] == "$/progress":
            event = self.progress.get(str(message["params"]["token"]))
            if event is not None and message["params"]["value"].get("kind") == "text":
                event.set()


@asynccontextmanager
async def client_of(
    command: Sequence[str], user: Path, root: Path
) -> AsyncIterator[tuple[Client, float, dict[str, Any]]]:
    """Run a server for a folder; also the seconds from its start to its answer to `initialize`, and that answer."""
    folders = {
        f"ASSIST_{name}_DIR": str(user / name.lower()) for name in ("CACHE", "CONFIG", "STATE", "DATA")
    }
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **folders},
        limit=_LIMIT_BYTES,
    )
    client = Client(process, started, log=user / "state" / "lsp.log")
    reading = asyncio.create_task(client.read())
    params = {
        "processId": os.getpid(),
        "rootUri": None,
        "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
        "capabilities": CAPABILITIES,
    }
    result = await client.request("initialize", params)
    took_s = time.perf_counter() - started
    client.notify("initialized", {})
    try:
        yield client, took_s, result
    finally:
        if not client.has_ended:
            await client.request("shutdown", None)
            client.notify("exit", None)
        await process.wait()
        reading.cancel()
