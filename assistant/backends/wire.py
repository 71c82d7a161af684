"""Frames of a streamed answer: server-sent events, JSON lines, or one JSON object from a server that does not stream.

A frame is an event's name and a JSON object. What the object means is the dialect's business.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
from httpx_sse import EventSource

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""No frame of an answer is that large; more means a server that never ends its line."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event of a stream; ``[DONE]`` is a frame of that name without data."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)


class BadFrameError(ValueError):
    """The answer is not what a model server sends; says in what way, about "it"."""


DONE = "[DONE]"
WHOLE = "[WHOLE]"
"""The name of the one frame of an answer that was not streamed."""


async def read_frames(response: httpx.Response) -> AsyncGenerator[Frame, None]:
    """Read a response's frames as they come.

    :raises BadFrameError: for another content type, malformed JSON or an endless line.
    :raises httpx.HTTPError: if the connection fails.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        frames = _events(response)
    elif kind in ("application/x-ndjson", "application/jsonl", "application/json-lines"):
        frames = _json_lines(response)
    elif kind == "application/json" or kind.endswith("+json"):
        frames = _whole(response)
    else:
        raise BadFrameError(f"it answered with {_content(kind)} instead of a model's stream")
    async with aclosing(frames):
        async for frame in frames:
            yield frame


async def read_object(response: httpx.Response) -> dict[str, Any]:
    """Read a response that is one JSON object.

    :raises BadFrameError: if it is none.
    """
    return _object((await read_bounded(response, MAX_FRAME_BYTES)).decode("utf-8", "replace"))


async def read_bounded(response: httpx.Response, limit: int) -> bytes:
    """Read a response's body, at most about ``limit`` bytes of it."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > limit:
            break
    return bytes(body)


async def _events(response: httpx.Response) -> AsyncGenerator[Frame, None]:
    bounded = _Bounded(response)
    # Events are UTF-8 by their standard, whatever a proxy writes into the header.
    response.encoding = "utf-8"
    async with aclosing(EventSource(response).aiter_sse()) as events:
        async for event in events:
            bounded.taken = 0
            data = event.data.strip()
            if data == DONE:
                yield Frame(DONE)
            elif data:
                yield Frame(event.event, _object(data))


async def _json_lines(response: httpx.Response) -> AsyncGenerator[Frame, None]:
    parts: list[bytes] = []
    taken = 0
    async for piece in response.aiter_bytes():
        taken += len(piece)
        *lines, rest = piece.split(b"\n")
        for line in lines:
            parts.append(line)
            if whole := b"".join(parts).strip():
                yield Frame("", _object(whole.decode("utf-8", "replace")))
            parts.clear()
            taken = len(rest)
        parts.append(rest)
        if taken > MAX_FRAME_BYTES:
            raise _endless()
    if whole := b"".join(parts).strip():
        yield Frame("", _object(whole.decode("utf-8", "replace")))


async def _whole(response: httpx.Response) -> AsyncGenerator[Frame, None]:
    yield Frame(WHOLE, await read_object(response))


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrameError("it sent something that is no JSON") from None
    if not isinstance(value, dict):
        raise BadFrameError("it sent JSON that is no object")
    return value


def _content(kind: str) -> str:
    if kind == "text/html":
        return "a web page"
    return kind if kind and len(kind) < 60 and kind.isprintable() else "an unknown kind of content"


def _endless() -> BadFrameError:
    return BadFrameError(f"it sent more than {MAX_FRAME_BYTES // 1024 // 1024} MiB without an end of line")


class _Bounded(httpx.AsyncByteStream):
    """A response's stream that gives up when too much comes between two events."""

    def __init__(self, response: httpx.Response) -> None:
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        self._stream = stream
        self.taken = 0
        response.stream = self

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            self.taken += len(piece)
            if self.taken > MAX_FRAME_BYTES:
                raise _endless()
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
