"""Collects fragments until time is up: what was found by then is used, the rest is left out."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.completion.material.fragments import Fragment, around, words_of
from assistant.completion.material.indexed import SimilarChunks, definitions
from assistant.completion.material.windows import RecentWindows
from assistant.completion.model import CompletionRequest
from assistant.engine import Engine
from assistant.errors import AssistError
from indexer.errors import IndexerError

_LOG = logging.getLogger(__name__)
_MOST_DEFINITIONS = 6
_MOST_CHUNKS = 3
_NEAR_LINES = 3
_KEPT_S = 20.0


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What was found last, which serves while the user types on nearby.

    A server that has read the beginning of a prompt before need not read it again, if it is the same: with a model on
    this machine that is most of the time to an answer.
    """

    root: Path
    path: str
    line: int
    at_s: float
    fragments: tuple[Fragment, ...]

    @classmethod
    def of(cls, request: CompletionRequest, found: Sequence[Fragment]) -> "_Gathered":
        line = request.text.count("\n", 0, request.offset)
        return cls(request.root, request.path, line, time.monotonic(), tuple(found))

    def serves(self, request: CompletionRequest) -> bool:
        return (
            (self.root, self.path) == (request.root, request.path)
            and abs(self.line - request.text.count("\n", 0, request.offset)) <= _NEAR_LINES
            and time.monotonic() - self.at_s < _KEPT_S
        )


class Gatherer:
    """Finds related code on a thread of its own, one request at a time. Belongs to one event loop.

    :param engine: gives the index of a folder; None collects from recent files alone.
    """

    def __init__(self, engine: Engine | None) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "assist-completion-material")
        self._windows = RecentWindows()
        self._similar: SimilarChunks | None = None
        self._busy = False
        self._last: _Gathered | None = None

    async def gather(self, request: CompletionRequest, budget_s: float) -> list[Fragment]:
        """Return what is found in time, most useful first."""
        if self._last is not None and self._last.serves(request):
            return list(self._last.fragments)
        if self._busy:
            return []  # the last one was slow; it will have warmed up what this one needs
        found: list[Fragment] = []
        until_s = time.monotonic() + budget_s
        self._busy = True
        work = asyncio.get_running_loop().run_in_executor(
            self._thread, self._collect, request, found, until_s
        )
        work.add_done_callback(self._done)
        done, _ = await asyncio.wait({work}, timeout=budget_s)
        self._last = _Gathered.of(request, found) if done else None
        return list(found)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _done(self, work: asyncio.Future[None]) -> None:
        self._busy = False
        if not work.cancelled() and (error := work.exception()) is not None:
            _LOG.warning("collecting related code failed", exc_info=error)

    def _collect(self, request: CompletionRequest, found: list[Fragment], until_s: float) -> None:
        def go_on() -> bool:
            return time.monotonic() < until_s

        near = around(request)
        found.extend(self._windows.similar(words_of(near), request.recent, go_on))
        if self._engine is None or not go_on():
            return
        try:
            self._from_index(self._engine, request, near, found, go_on)
        except (AssistError, IndexerError) as error:
            _LOG.info("no related code from the index: %s", error)

    def _from_index(
        self,
        engine: Engine,
        request: CompletionRequest,
        near: str,
        found: list[Fragment],
        go_on: Callable[[], bool],
    ) -> None:
        source = engine.source(request.root)
        if source is None:
            return
        named = definitions(source, request.path, request.prefix, go_on)
        for fragment in islice(named, _MOST_DEFINITIONS):
            found.append(fragment)
        if not go_on():
            return
        if self._similar is None:
            self._similar = SimilarChunks()
        known = {request.path, *(file.path for file in request.recent)}
        chunks = self._similar.similar(source, request.path, near, go_on)
        fresh = [fragment for fragment in chunks if fragment.path not in known]
        found.extend(fresh[:_MOST_CHUNKS])
