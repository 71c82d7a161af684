"""Anthropic's messages: the system prompt apart, a maximum that must be given, and an event for every step."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from assistant.backends.addresses import below, with_version
from assistant.backends.base import HttpBackend, count, drop_none
from assistant.backends.config import BackendConfig
from assistant.backends.connection import ClientFactory, Connection
from assistant.backends.errors import ProtocolError, UnsupportedError
from assistant.backends.failures import broken_off
from assistant.backends.messages import ChatRequest, CompletionRequest, Delta, ModelInfo, Usage
from assistant.backends.wire import WHOLE, Frame

API_VERSION = "2023-06-01"
"""The only version that its documentation names."""
_DEFAULT_MAX_TOKENS = 4096
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_PROMPT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class AnthropicBackend(HttpBackend):
    """A client of Anthropic's messages."""

    def __init__(
        self, config: BackendConfig, client_factory: ClientFactory, environ: Mapping[str, str] | None = None
    ) -> None:
        headers = {"anthropic-version": API_VERSION}
        connection = Connection(
            config, client_factory, key_header="x-api-key", headers=headers, environ=environ
        )
        super().__init__(config, connection)
        self._url = with_version(config.url)

    async def models(self) -> list[ModelInfo]:
        """Ask ``/models``, first page, newest first."""
        data = await self._connection.object("GET", below(self._url, "models"))
        entries = data.get("data")
        if not isinstance(entries, list):
            raise ProtocolError(
                f'{self._connection.place}: its list of models is none; check "url" and "kind"'
            )
        return self._learn(
            [
                ModelInfo(str(entry["id"]), count(entry, "max_input_tokens") or None)
                for entry in entries
                if isinstance(entry, dict) and "id" in entry
            ]
        )

    async def _complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        raise UnsupportedError(
            f"{self._connection.place}: it has no text completion; use another backend for completions"
        )
        yield Delta()  # makes this the generator that the caller iterates

    async def _chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        stop_reason, prompt, answer, ended = None, 0, 0, False
        async with aclosing(
            self._connection.frames(below(self._url, "messages"), self._body(request), _is_last)
        ) as frames:
            async for frame in frames:
                data = frame.data
                ended = ended or _is_last(frame)
                usage = _part(data.get("message"), "usage") or _part(data, "usage")
                prompt = count(usage, *_PROMPT_COUNTS) or prompt
                answer = count(usage, "output_tokens") or answer
                stop_reason = (
                    _part(data, "delta").get("stop_reason") or data.get("stop_reason") or stop_reason
                )
                for delta in _deltas(data):
                    yield delta
        if not ended:
            raise broken_off(self._connection.place)
        finish = _FINISH.get(str(stop_reason), str(stop_reason or "unknown"))
        yield Delta(usage=Usage(prompt, answer) if prompt or answer else None, finish_reason=finish)

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        system = "\n\n".join(message.content for message in request.messages if message.role == "system")
        return drop_none(
            {
                "model": self.model,
                "max_tokens": request.max_tokens or _DEFAULT_MAX_TOKENS,
                "system": system or None,
                "messages": [
                    {"role": message.role, "content": message.content}
                    for message in request.messages
                    if message.role != "system"
                ],
                "temperature": request.temperature,
                # One of white space only is refused.
                "stop_sequences": [text for text in request.stop if text.strip()],
                "stream": True,
            }
        )


def _is_last(frame: Frame) -> bool:
    return frame.name == WHOLE or frame.data.get("type") == "message_stop"


def _deltas(data: Mapping[str, Any]) -> list[Delta]:
    """Return the text of an event; all other events (``ping``, what is new) are passed over."""
    if data.get("type") == "content_block_delta":
        blocks = [data.get("delta")]
    elif data.get("type") == "message" and isinstance(data.get("content"), list):
        blocks = data["content"]
    else:
        return []
    deltas = []
    for block in blocks:
        text, thinking = _text(block, "text"), _text(block, "thinking")
        if text or thinking:
            deltas.append(Delta(text, reasoning=thinking))
    return deltas


def _text(block: object, name: str) -> str:
    value = block.get(name) if isinstance(block, dict) else None
    return value if isinstance(value, str) else ""


def _part(data: object, name: str) -> Mapping[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}
