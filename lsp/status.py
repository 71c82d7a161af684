"""What the server is doing and how it fares, in three words for the status item and a sentence behind them."""

from collections.abc import Callable
from pathlib import Path

from lsp.protocol.status import SERVER_STATUS, CompletionState, Health, ServerState, ServerStatus
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
        self._completion = CompletionState.LEARNING
        self._last: ServerStatus | None = None

    @property
    def is_started(self) -> bool:
        """Whether what requests need is loaded."""
        return self._started

    @property
    def current(self) -> ServerStatus:
        """The status as it is now."""
        problems = sorted(self._problems.values(), key=lambda item: item[0] is not Health.ERROR)
        health, message = problems[0] if problems else (Health.OK, "")
        completion = self._completion
        if not self._started:
            return ServerStatus(ServerState.STARTING, health, "assist: starting", completion, message)
        if self._indexing:
            done = sum(done for done, _ in self._indexing.values())
            total = sum(total for _, total in self._indexing.values())
            percentage = 100 * done // total if total else 0
            text = f"assist: indexing {percentage}%"
            return ServerStatus(ServerState.INDEXING, health, text, completion, message, percentage)
        if health is Health.ERROR:
            return ServerStatus(ServerState.ERROR, health, "assist: error", completion, message)
        if self._offline:
            message = message or "Nothing is sent."
            return ServerStatus(ServerState.OFFLINE, health, "assist: offline", completion, message)
        if health is not Health.OK:
            return ServerStatus(ServerState.READY, health, "assist: warning", completion, message)
        text = "assist: learning" if completion is CompletionState.LEARNING else "assist: ready"
        return ServerStatus(ServerState.READY, health, text, completion, message)

    def started(self) -> None:
        """Say that what requests need is loaded."""
        self._started = True
        self._tell()

    def offline(self, *, is_offline: bool) -> None:
        """Say whether anything may be sent."""
        self._offline = is_offline
        self._tell()

    def completion(self, state: CompletionState) -> None:
        """Say whether suggestions come."""
        self._completion = state
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
