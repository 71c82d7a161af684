"""Ollama's own API: JSON lines, models fetched by name, and a context window that the client chooses."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from assistant.backends.addresses import below
from assistant.backends.base import HttpBackend, count, drop_none
from assistant.backends.config import BackendConfig
from assistant.backends.connection import ClientFactory, Connection
from assistant.backends.errors import BackendError, ProtocolError
from assistant.backends.failures import broken_off
from assistant.backends.messages import ChatRequest, CompletionRequest, Delta, ModelInfo, Usage
from assistant.backends.wire import Frame

DEFAULT_WINDOW = 4096
"""What Ollama gives a model unless told otherwise, however much it can take; a longer prompt is cut silently."""


class OllamaBackend(HttpBackend):
    """A client of Ollama."""

    def __init__(
        self, config: BackendConfig, client_factory: ClientFactory, environ: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(config, Connection(config, client_factory, environ=environ))
        self._url = config.url

    async def models(self) -> list[ModelInfo]:
        """Ask ``/api/tags``, and ``/api/show`` for the window of the model in use."""
        data = await self._connection.object("GET", below(self._url, "api/tags"))
        entries = data.get("models")
        if not isinstance(entries, list):
            raise ProtocolError(
                f'{self._connection.place}: its list of models is none; check "url" and "kind"'
            )
        names = [str(entry["name"]) for entry in entries if isinstance(entry, dict) and "name" in entry]
        own = next((name for name in names if name in (self.model, f"{self.model}:latest")), None)
        self._learnt_window = await self._window() if own else None
        return [ModelInfo(name, self.context_window if name == own else None) for name in names]

    async def _window(self) -> int | None:
        try:
            shown = await self._connection.object("POST", below(self._url, "api/show"), {"model": self.model})
        except BackendError:
            return None
        info = shown.get("model_info")
        facts = info.items() if isinstance(info, dict) else ()
        most = next((v for k, v in facts if k.endswith(".context_length") and isinstance(v, int)), None)
        chosen = re.search(r"^num_ctx\s+(\d+)", str(shown.get("parameters", "")), re.MULTILINE)
        window = int(chosen[1]) if chosen else DEFAULT_WINDOW
        return min(window, most) if most else window

    def _chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        return self._deltas("api/chat", {"messages": messages, "options": self._options(request)})

    def _complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        body: dict[str, Any] = {"prompt": request.prefix, "options": self._options(request)}
        if request.suffix:
            body["suffix"] = request.suffix
        else:
            # Without this the model's chat template would be put around the text.
            body["raw"] = True
        return self._deltas("api/generate", body)

    def _options(self, request: ChatRequest | CompletionRequest) -> dict[str, Any]:
        return drop_none(
            {
                "num_predict": request.max_tokens,
                "temperature": request.temperature,
                "stop": list(request.stop),
                "num_ctx": self._config.context_window,
            }
        )

    async def _deltas(self, path: str, body: dict[str, Any]) -> AsyncGenerator[Delta, None]:
        last: Mapping[str, Any] = {}
        frames = self._connection.frames(
            below(self._url, path), {"model": self.model, "stream": True, **body}, _is_last
        )
        async with aclosing(frames):
            async for frame in frames:
                last = frame.data
                if delta := _delta(last):
                    yield delta
        if not last.get("done"):
            raise broken_off(self._connection.place)
        counts = (count(last, "prompt_eval_count"), count(last, "eval_count"))
        yield Delta(
            usage=Usage(*counts) if any(counts) else None,
            finish_reason=str(last.get("done_reason") or "unknown"),
        )


def _is_last(frame: Frame) -> bool:
    return frame.data.get("done") is True


def _delta(data: Mapping[str, Any]) -> Delta | None:
    message = data.get("message")
    piece = message if isinstance(message, dict) else data
    text = piece.get("content") or piece.get("response") or ""
    reasoning = piece.get("thinking") or ""
    if not isinstance(text, str) or not isinstance(reasoning, str):
        return None
    return Delta(text, reasoning=reasoning) if text or reasoning else None
