"""What a model does, well or badly, in any dialect; a model's name chooses it, with arguments after colons."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from itertools import count

from tests.servers.http1 import Exchange
from tests.servers.wire import MIDDLE, PIECES, Anthropic, Dialect, Infill, Json, Ollama, OpenAI, sse

gone: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
calls: Counter[str] = Counter()


class Answer:
    """One answer in one dialect; the behaviours below are made of its steps."""

    def __init__(self, exchange: Exchange, dialect: Dialect, model: str, body: Json) -> None:
        self.exchange, self.dialect, self.model, self.body = exchange, dialect, model, body
        self.args = model.split(":")[1:]
        path = exchange.request.target
        between = ("suffix" in body or "input_suffix" in body) and not path.startswith("/ignores")
        self.texts = (MIDDLE[:9], MIDDLE[9:]) if between else PIECES

    async def begin(self, kind: str = "") -> None:
        await self.exchange.head(
            200, {"Content-Type": kind or self.dialect.kind, "Transfer-Encoding": "chunked"}
        )

    async def finish(self) -> None:
        await self.exchange.send(b"0\r\n\r\n")

    async def stream(self, frames: list[bytes]) -> None:
        await self.begin()
        for frame in frames:
            await self.exchange.chunk(frame)
        await self.finish()

    async def error(self, status: int, message: str, code: str = "", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await self.exchange.json(status, self.dialect.error(status, message, code), named)

    def frames(self) -> list[bytes]:
        return [*self.dialect.pieces(iter(self.texts)), *self.dialect.end()]


async def plain(answer: Answer) -> None:
    await answer.stream(answer.frames())


async def split(answer: Answer) -> None:
    data, size = b"".join(answer.frames()), int(answer.args[0])
    await answer.stream([data[at : at + size] for at in range(0, len(data), size)])


async def crlf(answer: Answer) -> None:
    await answer.stream([frame.replace(b"\n", b"\r\n") for frame in answer.frames()])


async def comments(answer: Answer) -> None:
    frames = answer.frames()
    await answer.stream(
        [piece for frame in frames for piece in (b": keep-alive\n\n", b"id: 7\nretry: 5\n\n", frame)]
    )


async def charset(answer: Answer) -> None:
    await answer.begin(f"{answer.dialect.kind}; charset=iso-8859-1")
    for frame in answer.frames():
        await answer.exchange.chunk(frame)
    await answer.finish()


async def whole(answer: Answer) -> None:
    await answer.exchange.json(200, answer.dialect.whole())


async def thinks(answer: Answer) -> None:
    await answer.stream([answer.dialect.thinking("hm, "), answer.dialect.thinking("yes"), *answer.frames()])


async def parts(answer: Answer) -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    first = sse({"choices": [{"delta": {"content": [thought]}}]})
    second = sse({"choices": [{"delta": {"content": [{"type": "text", "text": "yes"}]}}]})
    await answer.stream([first, second, *answer.dialect.end()])


async def no_usage(answer: Answer) -> None:
    await answer.stream([*answer.dialect.pieces(iter(answer.texts)), *answer.dialect.end(usage=False)])


async def no_done(answer: Answer) -> None:
    await answer.stream([frame for frame in answer.frames() if b"[DONE]" not in frame])


async def malformed(answer: Answer) -> None:
    await answer.stream([*answer.dialect.pieces(iter(answer.texts)), b'data: {"choices": [}\n\n', b"{oops\n"])


async def array(answer: Answer) -> None:
    await answer.stream([b"data: [1]\n\n", b"[1]\n"])


async def html(answer: Answer) -> None:
    await answer.exchange.whole(
        200, b"<html>Please sign in to the guest network</html>", "text/html; charset=utf-8"
    )


async def cut(answer: Answer) -> None:
    """Cut the connection after so many pieces."""
    await answer.begin()
    for frame in list(answer.dialect.pieces(iter(answer.texts)))[: int(answer.args[0])]:
        await answer.exchange.chunk(frame)
    answer.exchange.abort()


async def cut_once(answer: Answer) -> None:
    await (cut(_with(answer, "0")) if calls[answer.model] == 1 else plain(answer))


async def short(answer: Answer) -> None:
    """End the stream in good order, but without its end."""
    await answer.stream(list(answer.dialect.pieces(iter(answer.texts))))


async def never(answer: Answer) -> None:
    """Stream for ever, and note when the client leaves."""
    await answer.begin()
    leaving = asyncio.create_task(answer.exchange.until_gone())
    for frame in answer.dialect.pieces(f"{n} " for n in count()):
        try:
            await answer.exchange.chunk(frame)
        except ConnectionError:
            break
        await asyncio.wait({leaving}, timeout=0.002)
        if leaving.done():
            break
    await leaving
    gone[answer.model].set()


async def stall(answer: Answer) -> None:
    """Send one piece, then nothing."""
    await answer.begin()
    for frame in answer.dialect.pieces(iter(PIECES[:1])):
        await answer.exchange.chunk(frame)
    await answer.exchange.until_gone()
    gone[answer.model].set()


async def silent(answer: Answer) -> None:
    await answer.exchange.until_gone()
    gone[answer.model].set()


async def lingers(answer: Answer) -> None:
    """Send everything, but not the end of the response."""
    await answer.begin()
    for frame in answer.frames():
        await answer.exchange.chunk(frame)
    await answer.exchange.until_gone()


async def endless_line(answer: Answer) -> None:
    await answer.begin()
    try:
        while True:
            await answer.exchange.chunk(b"data: " + b"x" * 2**20)
    except ConnectionError:
        answer.exchange.keep = False


async def fail(answer: Answer) -> None:
    """Fail with a status so many times, asking for a pause if one is given: ``fail:429:1:2``."""
    status, times, *pause = answer.args
    if calls[answer.model] > int(times):
        await plain(answer)
    else:
        await answer.error(int(status), "come back later", **({"Retry_After": pause[0]} if pause else {}))


async def status(answer: Answer) -> None:
    elsewhere = {"Location": "/openai/v1/models"} if answer.args[0] == "307" else {}
    await answer.error(int(answer.args[0]), "that will not do", **elsewhere)


async def leak(answer: Answer) -> None:
    """Refuse a key and repeat it."""
    headers = answer.exchange.request.headers
    key = headers.get("authorization") or headers.get("x-api-key") or headers.get("api-key") or ""
    await answer.error(401, f"Incorrect API key provided: {key}\x1b[31m.\n{json.dumps(headers)}")


async def too_long(answer: Answer) -> None:
    messages = {
        OpenAI: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        Infill: "request (9000 tokens) exceeds the available context size (8192 tokens)",
        Anthropic: "prompt is too long: 210000 tokens > 200000 maximum",
        Ollama: "the input length exceeds the context length",
    }
    await answer.error(400, messages[type(answer.dialect)], "invalid_request_error")


async def unknown(answer: Answer) -> None:
    code = "not_found_error" if isinstance(answer.dialect, Anthropic) else "model_not_found"
    message = (
        f"model: {answer.model}"
        if isinstance(answer.dialect, Anthropic)
        else f'model "{answer.model}" not found'
    )
    await answer.error(404, message, code)


async def broke(answer: Answer) -> None:
    await answer.error(429, "You exceeded your current quota, please check your plan.", "insufficient_quota")


async def error_first(answer: Answer) -> None:
    await answer.stream([answer.dialect.mid_error()])


async def error_mid(answer: Answer) -> None:
    await answer.stream([*answer.dialect.pieces(iter(answer.texts)), answer.dialect.mid_error()])


async def no_insert(answer: Answer) -> None:
    if "suffix" in answer.body:
        await answer.error(400, f"{answer.model} does not support insert")
    else:
        await plain(answer)


async def picky(answer: Answer) -> None:
    """Refuse the named parameters, one at a time, as reasoning models do."""
    for name in answer.args:
        if name in answer.body:
            hint = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
            await answer.error(
                400, f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
            )
            return
    await plain(answer)


def _with(answer: Answer, *args: str) -> Answer:
    answer.args = list(args)
    return answer


BEHAVIOURS: dict[str, Callable[[Answer], Awaitable[None]]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        plain, split, crlf, comments, charset, whole, thinks, parts, no_usage, no_done, malformed, array, html, cut,
        cut_once, short, never, stall, silent, lingers, endless_line, fail, status, leak, too_long, unknown, broke,
        error_first, error_mid, no_insert, picky,
    )
}  # fmt: skip
