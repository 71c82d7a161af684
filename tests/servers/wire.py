"""What each dialect of model servers sends: pieces of an answer, thoughts, ends, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

PIECES = ("Grüße, ", "Wörld 🙂\n", "日本語", "\u2028!")
TEXT = "".join(PIECES)
MIDDLE = "orchard_yield = trees * apples_per_tree"
PROMPT_TOKENS, ANSWER_TOKENS = 11, 7
WINDOW = 8192

Json = dict[str, Any]


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
