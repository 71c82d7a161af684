"""``assist/index/*``: how the indexes stand, and bringing them up to date now."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.protocol.index import (
    REFRESH,
    STATUS,
    FolderIndex,
    IndexRefreshParams,
    IndexState,
    IndexStatus,
    IndexStatusParams,
)
from lsp.tasks import CancelToken
from lsp.workspaces import Folder

if TYPE_CHECKING:
    from assistant.engine import Engine
    from lsp.server import AssistServer


def register(server: AssistServer) -> None:
    """Tell of indexes."""
    feature = IndexFeature(server)
    server.own(STATUS, feature.status)
    server.own(REFRESH, feature.refresh)


class IndexFeature:
    """Tells how the indexes stand."""

    def __init__(self, server: AssistServer) -> None:
        self._session = server.session

    async def status(self, params: IndexStatusParams) -> IndexStatus:
        """Tell how they stand."""
        session = self._session
        roots = session.workspaces.chosen(params.folders)
        folders = [folder for folder in session.workspaces.folders if folder.root in roots]
        states = {root: session.scheduler.state(root) for root in roots}

        def work(engine: Engine, _: CancelToken) -> list[FolderIndex]:
            return [
                _told(engine, folder, IndexState(states[folder.root][0].value), states[folder.root][1])
                for folder in folders
            ]

        return IndexStatus(tuple(await session.in_thread(work)), session.watcher.followed_by)

    async def refresh(self, params: IndexRefreshParams) -> IndexStatus:
        """Look for changes, and answer when the indexes are up to date."""
        roots: Sequence[Path] = self._session.workspaces.chosen(params.folders)
        await self._session.scheduler.refreshed(roots)
        return await self.status(IndexStatusParams(params.folders))


def _told(engine: Engine, folder: Folder, state: IndexState, message: str) -> FolderIndex:
    from indexer.errors import CorruptIndexError

    try:
        snapshot = engine.snapshot(folder.root)
    except CorruptIndexError as error:
        return FolderIndex(folder.uri, state, 0, 0, 0.0, message or str(error))
    if snapshot is None:
        return FolderIndex(folder.uri, state, 0, 0, 0.0, message)
    facts = snapshot.generation.facts
    written = datetime.datetime.fromtimestamp(facts["written_ns"] / 1e9, datetime.UTC)
    return FolderIndex(
        folder.uri,
        state,
        len(snapshot.files),
        len(snapshot.chunks),
        round(snapshot.vector_coverage(), 4),
        message,
        written.isoformat(timespec="seconds"),
    )
