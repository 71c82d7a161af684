"""OpenAI-compatible servers: OpenAI, vLLM, llama.cpp, LM Studio, Mistral, DeepSeek, OpenRouter and many more.

They agree on chat completions and differ around them. What differs is found from their answers, not from their names:
parameters that a model refuses are left out from then on, and a suffix is offered to llama.cpp's ``/infill``, Mistral's
``/fim/completions`` and the old ``suffix`` parameter in turn until one takes it.
"""

import logging
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from assistant.backends.addresses import below, server_root, with_version
from assistant.backends.base import HttpBackend, count, drop_none
from assistant.backends.config import BackendConfig
from assistant.backends.connection import ClientFactory, Connection
from assistant.backends.errors import BackendError, ProtocolError, RequestRefusedError, UnsupportedError
from assistant.backends.failures import broken_off
from assistant.backends.messages import ChatRequest, CompletionRequest, Delta, ModelInfo, Usage
from assistant.backends.wire import DONE, WHOLE, Frame

_log = logging.getLogger(__name__)
_ROUTES = ("infill", "fim", "suffix")
# Not every model takes these; each has a meaning without which the request still makes sense.
_OPTIONAL = ("stream_options", "temperature", "stop")
_WINDOW_NAMES = (
    "max_model_len",
    "context_length",
    "loaded_context_length",
    "max_context_length",
    "context_window",
    "n_ctx",
)


class OpenAIBackend(HttpBackend):
    """A client of an OpenAI-compatible server."""

    def __init__(
        self, config: BackendConfig, client_factory: ClientFactory, environ: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(config, Connection(config, client_factory, environ=environ))
        self._url = with_version(config.url)
        self._refused: set[str] = set()
        self._route: str | None = None if config.fill_in_the_middle == "auto" else config.fill_in_the_middle

    async def models(self) -> list[ModelInfo]:
        """Ask ``/models``; for llama.cpp, also how large a context it was started with."""
        data = await self._connection.object("GET", below(self._url, "models"))
        entries = data.get("data")
        if not isinstance(entries, list):
            raise ProtocolError(
                f'{self._connection.place}: its list of models is none; check "url" and "kind"'
            )
        models = [
            _model(entry) for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)
        ]
        if len(entries) == 1 and models and entries[0].get("owned_by") == "llamacpp":
            # llama.cpp serves one model under any name.
            window = await self._props_window() or models[0].context_window
            models = [ModelInfo(models[0].id, window)]
            self._learnt_window = window
        return self._learn(models)

    async def _props_window(self) -> int | None:
        try:
            props = await self._connection.object("GET", below(server_root(self._url), "props"))
        except BackendError:
            return None
        settings = props.get("default_generation_settings")
        return count(settings, "n_ctx") or None if isinstance(settings, dict) else None

    def _chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        return self._stream("chat/completions", {**self._common(request), "messages": messages})

    async def _complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        if not request.suffix:
            plain = self._stream("completions", {**self._common(request), "prompt": request.prefix})
            async with aclosing(plain) as deltas:
                async for delta in deltas:
                    yield delta
            return
        for route in _ROUTES if self._route is None else (self._route,):
            begun = False
            try:
                async with aclosing(self._between(route, request)) as deltas:
                    async for delta in deltas:
                        begun, self._route = True, route
                        yield delta
                return
            except BackendError as error:
                if begun or self._route or not _is_absent(error):
                    raise
                _log.debug("backend %s: no fill-in-the-middle by way of %s", self.name, route)
        raise UnsupportedError(
            f"{self._connection.place}: it takes no text after the cursor; "
            "use a server with fill-in-the-middle (llama.cpp, Ollama, Mistral) for completions"
        )

    def _between(self, route: str, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        if route == "infill":
            return self._infill(request)
        if route == "fim":
            body = {"prompt": request.prefix, "suffix": request.suffix}
            return self._stream("fim/completions", {**self._common(request), **body})
        if route == "suffix":
            body = {"prompt": request.prefix, "suffix": request.suffix}
            return self._stream("completions", {**self._common(request), **body})
        raise UnsupportedError(
            f'{self._connection.place}: fill-in-the-middle is switched off; set fill_in_the_middle = "auto"'
        )

    def _common(self, request: ChatRequest | CompletionRequest) -> dict[str, Any]:
        return {
            "model": self.model,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stop": list(request.stop),
        }

    async def _stream(self, path: str, body: dict[str, Any]) -> AsyncGenerator[Delta, None]:
        """Stream a request; if the server refuses one of its optional parameters, ask again without it."""
        while True:
            sent = self._acceptable(body)
            try:
                async with aclosing(self._deltas(below(self._url, path), sent)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
            except RequestRefusedError as error:
                if not self._give_way(sent, error.server_words):
                    raise

    def _acceptable(self, body: dict[str, Any]) -> dict[str, Any]:
        sent = drop_none({name: value for name, value in body.items() if name not in self._refused})
        if "max_tokens" in self._refused and body.get("max_tokens") is not None:
            sent["max_completion_tokens"] = body["max_tokens"]
        return sent

    def _give_way(self, sent: Mapping[str, Any], words: str) -> bool:
        named = next(
            (
                name
                for name in (*_OPTIONAL, "max_tokens")
                if name in sent and re.search(rf"\b{name}\b", words)
            ),
            None,
        )
        if named is None:
            return False
        _log.debug("backend %s: left out from now on: %s", self.name, named)
        self._refused.add(named)
        return True

    async def _deltas(self, url: str, body: dict[str, Any]) -> AsyncGenerator[Delta, None]:
        finish, usage, ended = None, None, False
        async with aclosing(self._connection.frames(url, body, _is_last)) as frames:
            async for frame in frames:
                ended = ended or _is_last(frame)
                usage = _usage(frame.data) or usage
                choice = self._choice(frame)
                finish = choice.get("finish_reason") or finish
                if delta := _text_of(choice):
                    yield delta
        if not ended and finish is None:
            raise broken_off(self._connection.place)
        yield Delta(usage=usage, finish_reason=str(finish or "unknown"))

    def _choice(self, frame: Frame) -> Mapping[str, Any]:
        choices = frame.data.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else {}
        if not isinstance(first, dict) or (frame.name == WHOLE and not first):
            raise ProtocolError(
                f'{self._connection.place}: an answer without an answer; check "kind" and "url"'
            )
        return first

    async def _infill(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        body = drop_none(
            {
                "input_prefix": request.prefix,
                "input_suffix": request.suffix,
                "n_predict": request.max_tokens,
                "temperature": request.temperature,
                "stop": list(request.stop),
                "stream": True,
            }
        )
        url = below(server_root(self._url), "infill")
        last: Mapping[str, Any] = {}
        async with aclosing(self._connection.frames(url, body, _is_last_infill)) as frames:
            async for frame in frames:
                text = frame.data.get("content")
                if not isinstance(text, str):
                    raise UnsupportedError(f"{self._connection.place}: it has no /infill")
                last = frame.data
                if text:
                    yield Delta(text)
        if not last.get("stop"):
            raise broken_off(self._connection.place)
        usage = Usage(count(last, "tokens_evaluated"), count(last, "tokens_predicted"))
        cut = last.get("stop_type") == "limit" or last.get("stopped_limit")
        yield Delta(usage=usage, finish_reason="length" if cut else "stop")


def _is_last(frame: Frame) -> bool:
    return frame.name in (DONE, WHOLE)


def _is_last_infill(frame: Frame) -> bool:
    return frame.name in (DONE, WHOLE) or frame.data.get("stop") is True


def _is_absent(error: BackendError) -> bool:
    """Return whether a route failed because the server does not have it; some answer a web page or a 400 then."""
    return isinstance(error, UnsupportedError | RequestRefusedError | ProtocolError)


def _text_of(choice: Mapping[str, Any]) -> Delta | None:
    piece = choice.get("delta") or choice.get("message") or {}
    if not isinstance(piece, Mapping):
        return None
    text = (
        _flat(piece.get("content"), "text")
        or _flat(choice.get("text"), "text")
        or _flat(piece.get("refusal"), "")
    )
    reasoning = (
        _flat(piece.get("reasoning_content"), "")
        or _flat(piece.get("reasoning"), "")
        or (_flat(piece.get("content"), "thinking") if isinstance(piece.get("content"), list) else "")
    )
    return Delta(text, reasoning=reasoning) if text or reasoning else None


def _flat(content: object, part: str) -> str:
    """Return text that is a string, or a list of parts as Mistral's reasoning models send."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    items = [item.get(part) for item in content if isinstance(item, dict)]
    return "".join(_flat(item, "text") for item in items)


def _usage(data: Mapping[str, Any]) -> Usage | None:
    usage = data.get("usage")
    if not isinstance(usage, dict) or not usage:
        return None
    return Usage(count(usage, "prompt_tokens"), count(usage, "completion_tokens"))


def _model(entry: Mapping[str, Any]) -> ModelInfo:
    meta = entry.get("meta")
    places = (entry, meta if isinstance(meta, dict) else {})
    windows = (count(place, name) for place in places for name in _WINDOW_NAMES)
    return ModelInfo(str(entry["id"]), next((window for window in windows if window), None))
