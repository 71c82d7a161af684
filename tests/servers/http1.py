"""As much of HTTP/1.1 as test servers need, with the bytes in their hands: no framework would send half a character."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Exchange:
    """One request and the wires to answer it."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    keep: bool = field(default=True)
    """Whether the connection serves another request afterwards."""

    async def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers.items())]
        await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def whole(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        length = {"Content-Type": kind, "Content-Length": str(len(body))}
        await self.head(status, {**length, **(headers or {})})
        await self.send(body)

    async def json(self, status: int, data: object, headers: dict[str, str] | None = None) -> None:
        await self.whole(status, json.dumps(data).encode(), "application/json", headers)

    async def until_gone(self) -> None:
        self.keep = False
        try:
            while await self.reader.read(1024):
                pass
        except ConnectionError:
            pass

    def abort(self) -> None:
        self.keep = False
        self.writer.transport.abort()


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read a request, or return None at the connection's end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)


def serve(answer: Callable[[Exchange], Awaitable[None]], tls: ssl.SSLContext | None = None) -> None:
    """Serve on a free loopback port until standard input ends; the port is the first line on standard output."""
    asyncio.run(_serve(answer, tls))


async def _serve(answer: Callable[[Exchange], Awaitable[None]], tls: ssl.SSLContext | None) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_request(reader):
                exchange = Exchange(request, reader, writer)
                await answer(exchange)
                if not exchange.keep:
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, ssl=tls, limit=2**22)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    # The parent holds the other end: its death, however it comes, ends this process too.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    sys.exit(0)
