"""How the server fares: ``assist/serverStatus``."""

from dataclasses import dataclass
from enum import StrEnum

from lsp.protocol.method import Direction, Kind, Method
from lsp.schema import described


class ServerState(StrEnum):
    """What the server is doing."""

    STARTING = "starting"
    INDEXING = "indexing"
    READY = "ready"
    OFFLINE = "offline"
    ERROR = "error"


class Health(StrEnum):
    """How it fares: `warning` works with limits, `error` does not work."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class CompletionState(StrEnum):
    """Whether suggestions come: `off` by setting; `learning` while the repository is not known yet; `ready`."""

    OFF = "off"
    LEARNING = "learning"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What a status item shows."""

    state: ServerState = described("What the server is doing.")
    health: Health = described("How it fares.")
    text: str = described("A few words for the status item.")
    completion: CompletionState = described("Whether suggestions come.")
    message: str = described("A sentence on what is wrong and what to do about it; empty if nothing is.", "")
    percentage: int | None = described("While indexing: how far it is.", None)


SERVER_STATUS: Method[ServerStatus, None] = Method(
    "assist/serverStatus",
    ServerStatus,
    None,
    "Sent whenever the status changes. Requests are answered in every state; while indexing, from the index as it was. "
    "`text` says `assist: ready` only once suggestions come as well, or are off. "
    "A client that does not want it sets `experimental.serverStatusNotification` to false in its capabilities.",
    ServerStatus(
        ServerState.INDEXING, Health.OK, "assist: indexing 42%", CompletionState.LEARNING, percentage=42
    ),
    kind=Kind.NOTIFICATION,
    direction=Direction.TO_CLIENT,
)
METHODS = (SERVER_STATUS,)
