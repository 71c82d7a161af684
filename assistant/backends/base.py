"""What the clients of all dialects share: who they are, what they know of the context window, and their end."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from assistant.backends.config import BackendConfig
from assistant.backends.connection import Connection
from assistant.backends.messages import ChatRequest, CompletionRequest, Delta, ModelInfo


class HttpBackend(ABC):
    """A backend over one HTTP connection; a dialect gives the address and the three ways of asking."""

    def __init__(self, config: BackendConfig, connection: Connection) -> None:
        self._config = config
        self._connection = connection
        self._learnt_window: int | None = None

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self._config.name

    @property
    def model(self) -> str:
        """The model that answers."""
        return self._config.model

    @property
    def endpoint(self) -> str:
        """The server's address, fit to be shown."""
        return self._connection.endpoint

    @property
    def context_window(self) -> int | None:
        """Tokens from the configuration, else what ``models()`` learnt."""
        return self._config.context_window or self._learnt_window

    async def aclose(self) -> None:
        """Close the connections; the next request opens new ones."""
        await self._connection.aclose()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the next turn of a conversation; see ``Backend.chat``."""
        async with aclosing(self._connection.retried(lambda: self._chat(request))) as deltas:
            async for delta in deltas:
                yield delta

    async def complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        """Stream a continuation or what belongs between; see ``Backend.complete``."""
        async with aclosing(self._connection.retried(lambda: self._complete(request))) as deltas:
            async for delta in deltas:
                yield delta

    @abstractmethod
    def _chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Ask once."""

    @abstractmethod
    def _complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        """Ask once."""

    def _learn(self, models: list[ModelInfo]) -> list[ModelInfo]:
        self._learnt_window = next(
            (model.context_window for model in models if model.id == self.model and model.context_window),
            self._learnt_window,
        )
        return models


def drop_none(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request that say something."""
    return {name: value for name, value in fields.items() if value is not None and value != []}


def count(data: Mapping[str, Any], *names: str) -> int:
    """Return the sum of the counts of these names; what is missing or no count is 0."""
    values = (data.get(name) for name in names)
    return sum(
        value for value in values if isinstance(value, int) and not isinstance(value, bool) and value > 0
    )
