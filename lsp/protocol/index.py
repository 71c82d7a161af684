"""The indexes: ``assist/index/*``."""

from dataclasses import dataclass
from enum import StrEnum

from lsp.protocol.method import Method
from lsp.schema import described


class IndexState(StrEnum):
    """How a folder's index stands."""

    WAITING = "waiting"
    UPDATING = "updating"
    CURRENT = "current"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IndexStatusParams:
    """What is to be told."""

    folders: tuple[str, ...] | None = described("URIs of workspace folders; without it, all.", None)


@dataclass(frozen=True, slots=True)
class FolderIndex:
    """A folder's index."""

    uri: str = described("The folder.")
    state: IndexState = described("How it stands.")
    files: int = described("Files in it; 0 if there is none yet.")
    chunks: int = described("Chunks in it.")
    vectors: float = described("The share of the chunks that can be found by meaning, 0 to 1.")
    message: str = described("What is wrong and what to do; empty if nothing is.", "")
    written: str | None = described("When it was last written, ISO 8601 in UTC.", None)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The indexes."""

    folders: tuple[FolderIndex, ...] = described("In the order of the workspace.")
    watched_by: str = described("Who follows the files: `client`, `server` or `nobody`.")


@dataclass(frozen=True, slots=True)
class IndexRefreshParams:
    """What is to be brought up to date."""

    folders: tuple[str, ...] | None = described("URIs of workspace folders; without it, all.", None)


_FOLDER = FolderIndex(
    "file:///home/me/shop", IndexState.CURRENT, 214, 1_622, 1.0, "", "2026-03-01T10:15:30+00:00"
)
STATUS: Method[IndexStatusParams, IndexStatus] = Method(
    "assist/index/status",
    IndexStatusParams,
    IndexStatus,
    "Tells how the indexes of the workspace's folders stand.",
    IndexStatusParams(),
    IndexStatus((_FOLDER,), "client"),
)
REFRESH: Method[IndexRefreshParams, IndexStatus] = Method(
    "assist/index/refresh",
    IndexRefreshParams,
    IndexStatus,
    "Looks for changes now, and is answered when the indexes are up to date. Not needed as long as files are followed.",
    IndexRefreshParams(),
    IndexStatus((_FOLDER,), "client"),
)
METHODS = (STATUS, REFRESH)
