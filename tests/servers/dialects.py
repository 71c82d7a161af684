"""A model server that speaks every dialect and misbehaves on demand, in a process of its own.

    python -m tests.servers.dialects [--cert PEM] [--client-ca PEM]

The address says what it imitates: ``/openai/v1``, ``/llama/v1`` (with ``/llama/infill``), ``/mistral/v1`` (with
``/fim/completions``), ``/ignores/v1`` (takes a suffix and ignores it), ``/lmstudio/v1`` (answers 200 to what it does
not know), ``/anthropic/v1``, ``/ollama``. The model's name says what it does: ``plain``, or one of ``BEHAVIOURS``, with
arguments after colons: ``fail:503:2``, ``split:1``, ``picky:temperature``.

``GET /_record`` returns every request so far; ``GET /_gone/MODEL`` answers once the client of that model has left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any

from tests.servers.http1 import Exchange, serve

PIECES = ("Grüße, ", "Wörld 🙂\n", "日本語", "\u2028!")
TEXT = "".join(PIECES)
MIDDLE = "orchard_yield = trees * apples_per_tree"
PROMPT_TOKENS, ANSWER_TOKENS = 11, 7
WINDOW = 8192

record: list[dict[str, Any]] = []
gone: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
calls: Counter[str] = Counter()

Json = dict[str, Any]


# --- what each dialect sends ------------------------------------------------------------------------------------------


def sse(data: Json | str, event: str = "") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (f"event: {event}\n" if event else "").encode() + f"data: {text}\n\n".encode()


class OpenAI:
    kind = "text/event-stream"

    def __init__(self, *, chat: bool) -> None:
        self._chat = chat

    def _chunk(self, choice: Json | None, **more: Any) -> Json:
        return {"id": "c1", "object": "chunk", "choices": [] if choice is None else [choice], **more}

    def pieces(self, texts: Iterator[str]) -> Iterator[bytes]:
        if self._chat:
            yield sse(
                self._chunk(
                    {"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}
                )
            )
        for text in texts:
            part = {"delta": {"content": text}} if self._chat else {"text": text}
            yield sse(self._chunk({"index": 0, **part, "finish_reason": None}))

    def thinking(self, text: str) -> bytes:
        return sse(self._chunk({"index": 0, "delta": {"reasoning_content": text}, "finish_reason": None}))

    def end(self, *, usage: bool = True) -> list[bytes]:
        last: Json = {"delta": {}} if self._chat else {"text": ""}
        counts = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": ANSWER_TOKENS, "total_tokens": 18}
        told = [sse(self._chunk(None, usage=counts))] if usage else []
        return [sse(self._chunk({"index": 0, **last, "finish_reason": "stop"})), *told, sse("[DONE]")]

    def whole(self) -> Json:
        part = {"message": {"role": "assistant", "content": TEXT}} if self._chat else {"text": TEXT}
        usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": ANSWER_TOKENS}
        return {"choices": [{"index": 0, **part, "finish_reason": "stop"}], "usage": usage}

    def error(self, status: int, message: str, code: str) -> Json:
        return {"error": {"message": message, "type": "invalid_request_error", "code": code or status}}

    def mid_error(self) -> bytes:
        return sse({"error": {"message": "the card fell off", "code": 502}, "choices": []})


class Infill(OpenAI):
    def __init__(self) -> None:
        super().__init__(chat=False)

    def pieces(self, texts: Iterator[str]) -> Iterator[bytes]:
        for text in texts:
            yield sse({"content": text, "stop": False})

    def end(self, *, usage: bool = True) -> list[bytes]:
        counts = {"tokens_evaluated": PROMPT_TOKENS, "tokens_predicted": ANSWER_TOKENS}
        return [sse({"content": "", "stop": True, "stop_type": "eos", **counts})]


class Anthropic:
    kind = "text/event-stream"

    def pieces(self, texts: Iterator[str]) -> Iterator[bytes]:
        usage = {"input_tokens": PROMPT_TOKENS - 2, "cache_read_input_tokens": 2, "output_tokens": 1}
        yield sse(
            {"type": "message_start", "message": {"id": "m", "content": [], "usage": usage}}, "message_start"
        )
        start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        yield sse(start, "content_block_start")
        yield sse({"type": "ping"}, "ping")
        for text in texts:
            delta = {"type": "text_delta", "text": text}
            yield sse({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")

    def thinking(self, text: str) -> bytes:
        delta = {"type": "thinking_delta", "thinking": text}
        return sse({"type": "content_block_delta", "index": 0, "delta": delta}, "content_block_delta")

    def end(self, *, usage: bool = True) -> list[bytes]:
        delta = {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": ANSWER_TOKENS},
        }
        return [
            sse({"type": "content_block_stop", "index": 0}, "content_block_stop"),
            sse({"type": "something_new"}, "something_new"),
            sse(delta, "message_delta"),
            sse({"type": "message_stop"}, "message_stop"),
        ]

    def whole(self) -> Json:
        usage = {"input_tokens": PROMPT_TOKENS, "output_tokens": ANSWER_TOKENS}
        content = [{"type": "text", "text": TEXT}]
        return {"type": "message", "content": content, "stop_reason": "end_turn", "usage": usage}

    def error(self, status: int, message: str, code: str) -> Json:
        return {"type": "error", "error": {"type": code or "api_error", "message": message}}

    def mid_error(self) -> bytes:
        return sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "error")


class Ollama:
    kind = "application/x-ndjson"

    def __init__(self, *, chat: bool) -> None:
        self._chat = chat

    def _line(self, text: str, **more: Any) -> bytes:
        part = {"message": {"role": "assistant", "content": text}} if self._chat else {"response": text}
        return (json.dumps({"model": "m", **part, "done": False, **more}, ensure_ascii=False) + "\n").encode()

    def pieces(self, texts: Iterator[str]) -> Iterator[bytes]:
        for text in texts:
            yield self._line(text)

    def thinking(self, text: str) -> bytes:
        return (json.dumps({"message": {"content": "", "thinking": text}, "done": False}) + "\n").encode()

    def end(self, *, usage: bool = True) -> list[bytes]:
        counts = {"prompt_eval_count": PROMPT_TOKENS, "eval_count": ANSWER_TOKENS} if usage else {}
        return [self._line("", done=True, done_reason="stop", **counts)]

    def whole(self) -> Json:
        part = {"message": {"role": "assistant", "content": TEXT}} if self._chat else {"response": TEXT}
        counts = {"prompt_eval_count": PROMPT_TOKENS, "eval_count": ANSWER_TOKENS}
        return {**part, "done": True, "done_reason": "stop", **counts}

    def error(self, status: int, message: str, code: str) -> Json:
        return {"error": message}

    def mid_error(self) -> bytes:
        return b'{"error": "the card fell off"}\n'


Dialect = OpenAI | Anthropic | Ollama
ENDINGS: tuple[tuple[str, Callable[[], Dialect]], ...] = (
    ("/anthropic/v1/messages", Anthropic),
    ("/llama/infill", Infill),
    ("/mistral/v1/fim/completions", lambda: OpenAI(chat=True)),
    ("/v1/chat/completions", lambda: OpenAI(chat=True)),
    ("/v1/completions", lambda: OpenAI(chat=False)),
    ("/ollama/api/chat", lambda: Ollama(chat=True)),
    ("/ollama/api/generate", lambda: Ollama(chat=False)),
)


# --- what it does -----------------------------------------------------------------------------------------------------


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


# --- routes -----------------------------------------------------------------------------------------------------------

MODELS = ("plain", "whole")
LISTS: dict[str, Json] = {
    "/openai/v1/models": {"object": "list", "data": [{"id": name, "owned_by": "vllm"} for name in MODELS]},
    "/vllm/v1/models": {"data": [{"id": "plain", "owned_by": "vllm", "max_model_len": WINDOW}]},
    "/openrouter/v1/models": {"data": [{"id": "plain", "context_length": WINDOW}]},
    "/llama/v1/models": {"data": [{"id": "m.gguf", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131072}}]},
    "/llama/props": {"default_generation_settings": {"n_ctx": WINDOW}},
    "/anthropic/v1/models": {"data": [{"type": "model", "id": "plain", "max_input_tokens": WINDOW}]},
    "/ollama/api/tags": {"models": [{"name": "plain:latest"}, {"name": "other:7b"}]},
    "/bad/v1/models": {"hello": "world"},
    "/bad/api/tags": {"hello": "world"},
    # For discovery, which knows no folders.
    "/v1/models": {"data": [{"id": "m.gguf", "owned_by": "llamacpp"}]},
    "/api/tags": {"models": [{"name": "plain:latest"}]},
}
SHOWN = {"parameters": "stop <eot>\nnum_ctx    8192", "model_info": {"llama.context_length": 131072}}


async def answer(exchange: Exchange) -> None:
    request = exchange.request
    path = request.target.partition("?")[0]
    if path == "/_record":
        await exchange.json(200, record)
        return
    if path.startswith("/_gone/"):
        await gone[path.removeprefix("/_gone/")].wait()
        await exchange.json(200, {})
        return
    body = json.loads(request.body) if request.body else {}
    told = {"method": request.method, "target": request.target, "headers": request.headers, "body": body}
    record.append({**told, "port": exchange.writer.get_extra_info("peername")[1]})
    if path in LISTS:
        await exchange.json(200, LISTS[path])
    elif path == "/ollama/api/show":
        await exchange.json(200, SHOWN)
    else:
        await _generate(exchange, path, body)


async def _generate(exchange: Exchange, path: str, body: Json) -> None:
    dialect = next((make() for ending, make in ENDINGS if path.endswith(ending)), None)
    if dialect is None and path.startswith("/lmstudio"):
        await exchange.json(200, {"error": f"Unexpected endpoint or method. (POST {path})"})
    elif dialect is None:
        await exchange.json(404, {"detail": "Not Found"})
    elif path.startswith("/openai") and "suffix" in body:
        await exchange.json(400, {"error": {"message": "suffix is not currently supported"}})
    else:
        # llama.cpp's /infill names no model; its tests ask for a behaviour by the stop word.
        model = str(body.get("model") or (body.get("stop") or ["plain"])[0])
        calls[model] += 1
        await BEHAVIOURS[model.split(":")[0]](Answer(exchange, dialect, model, body))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cert", help="serve TLS with this PEM of certificate and key")
    parser.add_argument("--client-ca", help="ask clients for a certificate of this CA")
    options = parser.parse_args()
    tls = None
    if options.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.cert)
        if options.client_ca:
            tls.load_verify_locations(options.client_ca)
            tls.verify_mode = ssl.CERT_REQUIRED
    serve(answer, tls)


if __name__ == "__main__":
    main()
