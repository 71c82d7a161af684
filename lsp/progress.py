"""Progress that the editor shows for work that the server began by itself, and its button to stop it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types

from lsp.client import Client
from lsp.rpc import AssistProtocol

_LOG = logging.getLogger(__name__)

_EVERY_S = 0.1
"""More reports than this are left out: an editor redraws for each."""


class WorkDone:
    """One piece of work whose progress is shown."""

    def __init__(self, send: Callable[[object], None] | None, stop: Callable[[], None]) -> None:
        self._send = send
        self._stop = stop
        self._last_s = 0.0

    def report(self, done: int, total: int, message: str) -> None:
        """Show how far the work is."""
        now = time.monotonic()
        if self._send is None or (done < total and now - self._last_s < _EVERY_S):
            return
        self._last_s = now
        percentage = min(100, 100 * done // total) if total else 100
        self._send(types.WorkDoneProgressReport(message=message, percentage=percentage))

    def stop(self) -> None:
        """End the work, since the user said so."""
        self._stop()


class ProgressReporter:
    """Shows progress where the client can."""

    def __init__(self, protocol: AssistProtocol, client: Callable[[], Client]) -> None:
        self._protocol = protocol
        self._client = client
        self._shown: dict[str | int, WorkDone] = {}
        self._count = 0

    @asynccontextmanager
    async def work(self, title: str, stop: Callable[[], None]) -> AsyncIterator[WorkDone]:
        """Show progress while the block runs.

        :param stop: called if the user wants the work to end.
        """
        self._count += 1
        token = f"assist/{self._count}"
        if not await self._created(token):
            yield WorkDone(None, stop)
            return
        shown = self._shown[token] = WorkDone(lambda value: self._tell(token, value), stop)
        self._tell(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
        try:
            yield shown
        finally:
            self._shown.pop(token, None)
            self._tell(token, types.WorkDoneProgressEnd())

    def cancel(self, token: str | int) -> None:
        """Stop the work with this token; an unknown one has ended."""
        if (shown := self._shown.get(token)) is not None:
            shown.stop()

    async def _created(self, token: str) -> bool:
        if not self._client().work_done_progress:
            return False
        params = types.WorkDoneProgressCreateParams(token=token)
        request = self._protocol.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        try:
            await asyncio.wait_for(asyncio.wrap_future(request), 5.0)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a client that refuses, or does not answer, sees no progress
            _LOG.info("no progress is shown: %s", type(error).__name__)
            return False
        return True

    def _tell(self, token: str | int, value: object) -> None:
        self._protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))
