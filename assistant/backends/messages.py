"""What goes to a language model and what comes back, and what every client of one offers.

The seam between answers, recipes and completions on one side and the dialects of model servers on the other. Nothing
here knows HTTP.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation to be continued."""

    messages: tuple[Message, ...]
    max_tokens: int | None = None
    """None leaves it to the server."""
    temperature: float | None = None
    """None leaves it to the server; some models accept nothing else."""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """Text to be continued; with a suffix, the text between the two (fill-in-the-middle)."""

    prefix: str
    suffix: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them, those it read from a cache included."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer.

    A stream holds any number of pieces with text, then exactly one last piece that has ``finish_reason``, and ``usage``
    where the server tells it.
    """

    text: str = ""
    usage: Usage | None = None
    finish_reason: str | None = None
    """``stop``, ``length``, ``content_filter``, or what else the server said; ``unknown`` if it gave none."""
    reasoning: str = ""
    """What a reasoning model thinks aloud before it answers; no part of the answer."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that a server offers."""

    id: str
    context_window: int | None = None
    """In tokens, prompt and answer together; None if the server does not tell."""


class Backend(Protocol):
    """A client of one model server.

    It belongs to one running event loop, keeps its connections between requests, and is closed with ``aclose``.
    """

    @property
    def name(self) -> str:
        """What the user calls it."""
        ...

    @property
    def model(self) -> str:
        """The model that answers."""
        ...

    @property
    def endpoint(self) -> str:
        """The server's address, fit to be shown: without credentials and query."""
        ...

    @property
    def context_window(self) -> int | None:
        """Tokens that prompt and answer may have together.

        From the configuration, else what the last ``models()`` learnt; None while unknown.
        """
        ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        """Stream the next turn of a conversation.

        Closing the iterator (``aclose``, best through ``contextlib.aclosing``) or cancelling the task that reads it
        closes the connection at once. Leaving the loop early without closing leaves that to the garbage collector.

        :raises BackendError: while it is read.
        """
        ...

    def complete(self, request: CompletionRequest) -> AsyncGenerator[Delta, None]:
        """Stream a continuation of a text, or what belongs between a prefix and a suffix; closed as ``chat`` is.

        :raises UnsupportedError: while it is read, if the server cannot do it.
        :raises BackendError: while it is read.
        """
        ...

    async def models(self) -> list[ModelInfo]:
        """Ask the server which models it offers, in its order.

        :raises BackendError: if it does not answer.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections; the next request opens new ones."""
        ...
