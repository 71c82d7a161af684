"""A forward proxy that records what passes it: CONNECT tunnels and requests with a whole address.

    python -m tests.servers.proxy [USER:PASSWORD]

With credentials given, a request without them is answered 407. ``GET /_record`` returns what passed.
"""

from __future__ import annotations

import asyncio
import base64
import sys
from urllib.parse import urlsplit

from tests.servers.http1 import Exchange, serve

record: list[dict[str, str]] = []
credentials = f"Basic {base64.b64encode(sys.argv[1].encode()).decode()}" if len(sys.argv) > 1 else ""


async def answer(exchange: Exchange) -> None:
    request = exchange.request
    if request.target == "/_record":
        await exchange.json(200, record)
        return
    exchange.keep = False
    record.append({"method": request.method, "target": request.target})
    if credentials and request.headers.get("proxy-authorization") != credentials:
        await exchange.json(407, {"error": "who are you?"})
        return
    tunnel = request.method == "CONNECT"
    parts = urlsplit(f"//{request.target}" if tunnel else request.target)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    if tunnel:
        await exchange.head(200, {})
    else:
        lines = [
            f"{request.method} {parts.path} HTTP/1.1",
            *(f"{k}: {v}" for k, v in request.headers.items()),
        ]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + request.body)
    await asyncio.gather(_pump(exchange.reader, writer), _pump(reader, exchange.writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


if __name__ == "__main__":
    serve(answer)
