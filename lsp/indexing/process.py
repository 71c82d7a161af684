"""The server's end of the process that updates indexes: started when there is work, killed when work is cancelled."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import pausing

_LOG = logging.getLogger(__name__)

_MAX_LINE_BYTES = 2**20
_IDLE_S = 300.0
"""A process without work for so long is ended; starting one takes most of a second."""


@dataclass(frozen=True, slots=True)
class UpdateDone:
    """What an update did."""

    wrote: bool
    analysed: int
    removed: int
    files: int
    chunks: int
    rebuilt: str | None
    ms: float


class IndexFailure(Exception):
    """An index could not be updated; the message says why and what to do."""


class IndexerProcess:
    """Runs one job at a time. Belongs to the event loop."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._job = 0
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The process, if one runs."""
        return self._process.pid if self._process else None

    async def update(
        self, root: Path, progress: Callable[[int, int], None], waiting: Callable[[], None]
    ) -> UpdateDone:
        """Bring the index of a folder up to date. Cancelling this ends the work; the index is as it was before then.

        :param waiting: called if another process writes this index, and this one has to wait.
        :raises IndexFailure: if that is not possible.
        """
        if self._idle is not None:
            self._idle.cancel()
        try:
            return await self._run(root, progress, waiting)
        except (BrokenPipeError, ConnectionResetError) as error:
            self.kill()
            raise IndexFailure("the process that indexes ended; the next change starts it again") from error
        except asyncio.CancelledError:
            self.kill()
            raise
        finally:
            if self._process is not None:
                self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self.kill)

    async def _run(
        self, root: Path, progress: Callable[[int, int], None], waiting: Callable[[], None]
    ) -> UpdateDone:
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        self._job += 1
        process.stdin.write((json.dumps({"id": self._job, "root": str(root)}) + "\n").encode("ascii"))
        await process.stdin.drain()
        while line := await process.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            if answer.get("id") != self._job:
                continue
            if "progress" in answer:
                progress(*answer["progress"])
            elif "waiting" in answer:
                waiting()
            elif "error" in answer:
                raise IndexFailure(answer["error"])
            elif "done" in answer:
                return UpdateDone(**answer["done"])
        self.kill()
        raise IndexFailure("the process that indexes was ended; the next change starts it again")

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "lsp.indexing.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=None,
                limit=_MAX_LINE_BYTES,
                env=_environment(),
                start_new_session=True,  # so that its own workers can be ended with it
            )
            _LOG.debug("indexing in process %d", self._process.pid)
        return self._process

    def pause(self) -> None:
        """Have the process and its workers stand still for a moment, if there is work: the user is typing."""
        if self._process is not None and self._process.returncode is None:
            pausing.ask(self._process.pid)

    def kill(self) -> None:
        """End the process and its workers at once."""
        process, self._process = self._process, None
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()


def _environment() -> dict[str, str]:
    """Return this process's environment, with the path that modules are found on."""
    here = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([here, path] if path else [here])}
