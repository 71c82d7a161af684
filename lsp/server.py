"""The server: pygls' features with assist's protocol and session, and the list of what it can do.

A feature is a module of ``lsp.features`` with ``register(server)``. It is imported at the start, so it imports
neither the engine nor a model client at its top.
"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from assistant import __version__
from lsp.protocol.method import Method
from lsp.rpc import AssistProtocol
from lsp.session import Session

P = TypeVar("P")
R = TypeVar("R")

FEATURES: tuple[str, ...] = (
    *("lifecycle", "search", "ask", "models", "index", "symbols"),
    *("completion", "recipes", "code_actions"),
)
"""Modules of ``lsp.features``, registered in this order."""


class AssistServer(LanguageServer):
    """One server for one client."""

    protocol: AssistProtocol

    def __init__(self) -> None:
        super().__init__(
            "assist",
            __version__,
            protocol_cls=AssistProtocol,
            converter_factory=default_converter,
            max_workers=1,
        )
        self.session = Session(self.protocol)
        for name in FEATURES:
            importlib.import_module(f"lsp.features.{name}").register(self)

    def on(self, method: str, handler: Callable[[Any], Any], options: object = None) -> None:
        """Answer a method of the protocol.

        :param handler: takes the parameters; a coroutine function may be cancelled at its awaits, another must be
            quick.
        """
        self.protocol.fm.feature(method, options)(_function(handler))

    def own(
        self, method: Method[P, R], handler: Callable[[P], Awaitable[R | None]] | Callable[[P], R | None]
    ) -> None:
        """Answer a method that is assist's own."""
        if method.params is not None:
            self.protocol.own_params[method.name] = method.params
        self.protocol.fm.feature(method.name)(_function(handler))

    def on_command(self, name: str, handler: Callable[..., Any]) -> None:
        """Carry out a command of ``workspace/executeCommand``; the handler gets its arguments as JSON."""

        async def command(*arguments: Any) -> Any:  # noqa: ANN401 - JSON
            result = handler(*arguments)
            return self.protocol.plain(await result if asyncio.iscoroutine(result) else result)

        self.protocol.fm.command(name)(command)


def _function(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of its own: pygls writes attributes on what it is given, which a method does not take."""
    if asyncio.iscoroutinefunction(handler):

        async def waiting(params: Any) -> Any:  # noqa: ANN401
            return await handler(params)

        return waiting

    def direct(params: Any) -> Any:  # noqa: ANN401
        return handler(params)

    return direct
