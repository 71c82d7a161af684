"""Messages in and out of byte streams: each end has a thread, so that neither a slow client nor a huge message blocks.

The reader takes any bytes: what is no message is reported and passed over up to the next header. Nothing here knows
what messages mean.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

MAX_MESSAGE_BYTES = 256 * 2**20
"""Larger ones are passed over: no editor sends them, and one would take gigabytes to parse."""
_MAX_HEADER_BYTES = 4_096
_PIECE_BYTES = 2**20
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no message."""

    problem: str
    is_parse_error: bool = True


Received = dict[str, Any] | list[Any] | str | float | bool | Unreadable | None


class MessageReader:
    """Reads messages from a stream until it ends. For one thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def run(self, deliver: Callable[[Received, float], None], ended: Callable[[], None]) -> None:
        """Deliver each message as it comes, then say that there are no more.

        :param deliver: called in this thread with a message and when its last byte had been read, on the clock of
            ``time.perf_counter``; may block to slow the client down.
        """
        try:
            while (length := self._header()) is not None:
                if length > MAX_MESSAGE_BYTES:
                    if not self._skip(length):
                        break
                    limit = MAX_MESSAGE_BYTES // 2**20
                    problem = f"a message of {length:,} bytes; at most {limit} MB are read"
                    deliver(Unreadable(problem, False), time.perf_counter())
                    continue
                body = self._stream.read(length)
                if len(body) < length:
                    break
                read_s = time.perf_counter()
                deliver(_parsed(body), read_s)
        except (OSError, ValueError) as error:  # the stream was closed under us
            _LOG.info("reading ended: %s", error)
        finally:
            ended()

    def _header(self) -> int | None:
        """Return the length of the next body; None at the end of the stream. What is no header is passed over."""
        length: int | None = None
        while line := self._stream.readline(_MAX_HEADER_BYTES):
            if match := _LENGTH.fullmatch(line):
                length = int(match.group(1))
            elif not line.strip() and length is not None:
                return length
        return None

    def _skip(self, length: int) -> bool:
        while length:
            piece = self._stream.read(min(length, _PIECE_BYTES))
            if not piece:
                return False
            length -= len(piece)
        return True


class MessageWriter:
    """Writes messages to a stream, in order, from a thread of its own: sending never waits for the client."""

    def __init__(self, stream: BinaryIO, failed: Callable[[], None]) -> None:
        """Begin to write.

        :param failed: called, in the thread, when the client is gone.
        """
        self._stream = stream
        self._failed = failed
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Send bytes, header included. From any thread."""
        self._queue.put(data)

    def close(self, patience_s: float = 2.0) -> None:
        """Send what is left, and end; give up on a client that does not read."""
        self._queue.put(None)
        self._thread.join(patience_s)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._stream.write(data)
                self._stream.flush()
            except (OSError, ValueError) as error:
                _LOG.info("writing ended: %s", error)
                self._failed()
                return


def framed(body: bytes) -> bytes:
    """Return a message with its header."""
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def _parsed(body: bytes) -> Received:
    try:
        message: Received = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"not JSON: {type(error).__name__}")
    return message
