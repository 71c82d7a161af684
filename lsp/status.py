"""What the server is doing and how it fares, in three words for the status item and a sentence behind them."""

from collections.abc import Callable
from pathlib import Path

from lsp.protocol.status import SERVER_STATUS, Health, ServerState, ServerStatus
from lsp.rpc import AssistProtocol


class StatusReporter:
    """Puts together what is known and tells the client when that changes. Belongs to the event loop."""

    def __init__(self, protocol: AssistProtocol, is_wanted: Callable[[], bool]) -> None:
        self._protocol = protocol
        self._is_wanted = is_wanted
        self._indexing: dict[Path, tuple[int, int]] = {}
        self._problems: dict[str, tuple[Health, str]] = {}
        self._started = False
        self._offline = False
        self._last: ServerStatus | None = None

    @property
    def current(self) -> ServerStatus:
        """The status as it is now."""
        problems = sorted(self._problems.values(), key=lambda item: item[0] is not Health.ERROR)
        health, message = problems[0] if problems else (Health.OK, "")
        if not self._started:
            return ServerStatus(ServerState.STARTING, health, "assist: starting", message)
        if self._indexing:
            done = sum(done for done, _ in self._indexing.values())
            total = sum(total for _, total in self._indexing.values())
            percentage = 100 * done // total if total else 0
            text = f"assist: indexing {percentage}%"
            return ServerStatus(ServerState.INDEXING, health, text, message, percentage)
        if health is Health.ERROR:
            return ServerStatus(ServerState.ERROR, health, "assist: error", message)
        if self._offline:
            return ServerStatus(ServerState.OFFLINE, health, "assist: offline", message or "Nothing is sent.")
        text = "assist: ready" if health is Health.OK else "assist: warning"
        return ServerStatus(ServerState.READY, health, text, message)

    def started(self) -> None:
        """Say that requests are answered."""
        self._started = True
        self._tell()

    def offline(self, *, is_offline: bool) -> None:
        """Say whether anything may be sent."""
        self._offline = is_offline
        self._tell()

    def indexing(self, root: Path, done: int, total: int) -> None:
        """Say how far the index of a folder is."""
        self._indexing[root] = (done, total)
        self._tell()

    def indexed(self, root: Path) -> None:
        """Say that a folder is not worked on any more."""
        self._indexing.pop(root, None)
        self._tell()

    def problem(self, key: str, health: Health, message: str) -> None:
        """Say that something is wrong, until it is :meth:`solved`."""
        self._problems[key] = (health, message)
        self._tell()

    def solved(self, key: str) -> None:
        """Take a problem back."""
        if self._problems.pop(key, None) is not None:
            self._tell()

    def _tell(self) -> None:
        status = self.current
        if status != self._last:
            self._last = status
            if self._is_wanted():
                self._protocol.notify(SERVER_STATUS.name, status)
