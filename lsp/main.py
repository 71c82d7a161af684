"""Running a server on a pair of streams: standard input and output, or one TCP connection for debugging."""

import asyncio
import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import BinaryIO

from lsprotocol import types

from lsp import memory
from lsp.handling import Handling
from lsp.logs import log_to_file
from lsp.server import AssistServer
from lsp.transport import MessageReader, MessageWriter, Received

_LOG = logging.getLogger(__name__)

_MESSAGES_AHEAD = 256
"""So many messages are read before the first of them is handled; a flood waits in the pipe."""
_SWITCH_S = 0.001
"""How long a thread that works may keep the event loop waiting for Python's lock."""


def serve_stdio(log_file: Path | None) -> int:
    """Serve on standard input and output until the client ends it; the exit code."""
    log_to_file(log_file)
    # What a library prints must not get between messages, and what a program that is started reads must not be one.
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, sys.stdin.fileno())
    os.close(null)
    return asyncio.run(serve(source, sink))


def serve_tcp(port: int, log_file: Path | None, listening: Callable[[int], None]) -> int:
    """Serve the first client that connects to a port of this machine; the exit code.

    :param port: 0 takes a free one.
    :param listening: called with the port when a client may connect.
    """
    log_to_file(log_file)
    with socket.create_server(("127.0.0.1", port)) as server:
        listening(server.getsockname()[1])
        connection, _ = server.accept()
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not connection.recv(16, socket.MSG_PEEK).lower().startswith(b"content-"):
            _LOG.error("what connected is no language client")  # a web page, for instance
            return 1
        return asyncio.run(serve(connection.makefile("rb"), connection.makefile("wb")))


async def serve(source: BinaryIO, sink: BinaryIO) -> int:
    """Serve one client until it is done or gone; the exit code."""
    memory.prepare()
    sys.setswitchinterval(_SWITCH_S)
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    def end_soon(code: int) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(end, code)

    server = AssistServer()
    writer = MessageWriter(sink, lambda: end_soon(1))
    server.protocol.connect(writer)
    server.protocol.on_exit = end
    changes = Handling(types.TEXT_DOCUMENT_DID_CHANGE)
    ahead = BoundedSemaphore(_MESSAGES_AHEAD)

    def take(message: Received, read_s: float) -> None:
        began_s = time.perf_counter()
        try:
            server.protocol.receive(message)
        except Exception:
            _LOG.exception("a message could not be handled")
        finally:
            ahead.release()
        if isinstance(message, dict) and message.get("method") == types.TEXT_DOCUMENT_DID_CHANGE:
            changes.ended(read_s, began_s)

    def deliver(message: Received, read_s: float) -> None:
        ahead.acquire()
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(take, message, read_s)

    reader = MessageReader(source)

    def input_ended() -> None:
        end_soon(1 if server.protocol.has_begun else 0)

    Thread(target=reader.run, args=(deliver, input_ended), name="reader", daemon=True).start()
    code = await ended
    await server.session.close()
    writer.close()
    changes.report()
    return code
