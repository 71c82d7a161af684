"""The real server and a client that may send any bytes at all."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.lsp.editor import PATIENCE_S, ROOT, environment


def frame(message: object) -> bytes:
    """A message with its header."""
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class Raw:
    """A running server and its streams."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.seen: list[dict[str, Any]] = []

    @classmethod
    @asynccontextmanager
    async def started(cls, home: Path) -> AsyncIterator[Raw]:
        """Run a server until the end of the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "assistant", "lsp"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment(home),
            cwd=ROOT,
            limit=2**26,
        )
        try:
            yield cls(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    def send_bytes(self, data: bytes) -> None:
        """Send anything."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def send(self, message: object) -> None:
        """Send a message."""
        self.send_bytes(frame(message))

    def close_input(self) -> None:
        """End what the server reads."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def receive(self) -> dict[str, Any]:
        """Return the next message."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            header = await self.process.stdout.readuntil(b"\r\n\r\n")
            length = int(header.split(b":")[1])
            message: dict[str, Any] = json.loads(await self.process.stdout.readexactly(length))
        self.seen.append(message)
        return message

    async def answer(self, message_id: str | int | None) -> dict[str, Any]:
        """Return the answer with an id, passing over what is none."""
        while True:
            message = await self.receive()
            if "method" not in message and message["id"] == message_id:
                return message

    async def request(self, message_id: str | int, method: str, params: object = None) -> dict[str, Any]:
        """Send a request and return its answer."""
        message = {"jsonrpc": "2.0", "id": message_id, "method": method}
        self.send(message if params is None else {**message, "params": params})
        return await self.answer(message_id)

    async def initialize(self, **params: object) -> dict[str, Any]:
        """Begin."""
        given = {"processId": None, "rootUri": None, "capabilities": {}, **params}
        answer = await self.request("begin", "initialize", given)
        self.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        return answer
