"""Where the server's log goes: the editor's output channel, a file, and for errors standard error."""

import asyncio
import logging
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from lsprotocol import types

from lsp.settings import LogLevel

_FILE_BYTES = 1_000_000
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = {
    LogLevel.ERROR: logging.ERROR,
    LogLevel.WARNING: logging.WARNING,
    LogLevel.INFO: logging.INFO,
    LogLevel.DEBUG: logging.DEBUG,
}
_OURS = ("lsp", "assistant", "indexer")


def log_to_file(file: Path | None) -> None:
    """Set logging up: our own packages' into a file, everybody's errors to standard error.

    pygls logs whole messages, and with them source text; only its warnings are let through.
    """
    root = logging.getLogger()
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setLevel(logging.ERROR)
    stderr.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(stderr)
    logging.getLogger("pygls").setLevel(logging.ERROR)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=1, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)


class ClientLog(logging.Handler):
    """Sends records to the client; from any thread."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, send: Callable[[types.LogMessageParams], None]
    ) -> None:
        super().__init__()
        self._loop = loop
        self._send = send
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        try:
            params = types.LogMessageParams(type=_type(record.levelno), message=self.format(record))
            self._loop.call_soon_threadsafe(self._send, params)
        except RuntimeError:  # the loop has ended
            return

    def set_level(self, level: LogLevel) -> None:
        """Say how much is sent, and made at all."""
        self.setLevel(_LEVELS[level])
        for name in _OURS:
            logging.getLogger(name).setLevel(min(_LEVELS[level], logging.INFO))


def _type(level: int) -> types.MessageType:
    if level >= logging.ERROR:
        return types.MessageType.Error
    if level >= logging.WARNING:
        return types.MessageType.Warning
    return types.MessageType.Info if level >= logging.INFO else types.MessageType.Log
