"""What a request can fail with, and how errors of the layers below are told to a client."""

import asyncio
import logging
import sys
from enum import IntEnum

from pygls.exceptions import JsonRpcException

_LOG = logging.getLogger(__name__)


class ErrorCode(IntEnum):
    """Codes of JSON-RPC and of the language server protocol."""

    PARSE = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL = -32603
    NOT_INITIALIZED = -32002
    FAILED = -32803
    """The request was right, but cannot be fulfilled; the message says why and what to do."""
    SERVER_CANCELLED = -32802
    CONTENT_MODIFIED = -32801
    """The text has changed since; the answer would be stale."""
    CANCELLED = -32800


class LspError(Exception):
    """An error that the client is told as it is."""

    def __init__(self, message: str, code: ErrorCode = ErrorCode.FAILED, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        """JSON."""


def content_modified() -> LspError:
    """Return the error for an answer that has become stale."""
    return LspError("the text has changed meanwhile", ErrorCode.CONTENT_MODIFIED)


def as_error(error: BaseException) -> LspError:
    """Return what a client is told about an exception; what nobody expected is logged with its traceback."""
    if isinstance(error, LspError):
        return error
    if isinstance(error, JsonRpcException):
        known = {int(code) for code in ErrorCode}
        return LspError(error.message, ErrorCode(error.code) if error.code in known else ErrorCode.FAILED)
    if isinstance(error, asyncio.CancelledError):
        return LspError("cancelled", ErrorCode.CANCELLED)
    if is_told(error):
        return LspError(told(error), ErrorCode.FAILED)
    _LOG.error("a request failed", exc_info=error)
    return LspError(
        f"{type(error).__name__}; this is a bug: the log of the server says more", ErrorCode.INTERNAL
    )


def is_told(error: BaseException) -> bool:
    """Tell whether an error's message is made for users."""
    from assistant.errors import AssistError
    from indexer.errors import IndexerError

    embedding = sys.modules.get("indexer.embedding")  # heavy; what is not loaded has raised nothing
    known = (AssistError, IndexerError, *((embedding.EmbeddingError,) if embedding else ()))
    return isinstance(error, known) or (isinstance(error, OSError) and bool(error.strerror))


def told(error: BaseException) -> str:
    """Return the message of such an error."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
