"""``python -m lsp.indexing.worker``: updates indexes, one job at a time, as JSON lines on standard input ask for.

A job is ``{"id": 1, "root": "/path"}``. It is answered by lines ``{"id", "progress": [done, total]}`` and at last by
``{"id", "done": {...}}`` or ``{"id", "error": "..."}``. When standard input ends, so does the process, whatever it
does: an index survives that. The settings are read anew for each job, so that changes of ``config.toml`` are seen.
"""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TextIO

from lsp import background, memory

if TYPE_CHECKING:
    from assistant.engine import Engine
    from assistant.settings import Settings

_PROGRESS_EVERY_S = 0.25
_BUSY_S = 0.5
"""How long another process may hold an index before the user is told."""

Say = Callable[[dict[str, Any]], None]

_kept: "list[Engine]" = []


def main() -> None:
    """Work until standard input ends."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    background.give_way()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    jobs: SimpleQueue[dict[str, Any]] = SimpleQueue()
    Thread(target=_read, args=(sys.stdin, jobs), daemon=True).start()
    memory.prepare()
    while True:
        job = jobs.get()
        _work(job, partial(_say, out, job["id"]))
        memory.release()


def _read(stream: TextIO, jobs: "SimpleQueue[dict[str, Any]]") -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            jobs.put(json.loads(line))
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def _say(out: TextIO, job: int, answer: dict[str, Any]) -> None:
    out.write(json.dumps({"id": job, **answer}) + "\n")
    out.flush()


def _work(job: dict[str, Any], say: Say) -> None:
    from assistant.errors import AssistError
    from indexer.embedding import EmbeddingError
    from indexer.errors import IndexerError

    try:
        say({"done": _update(Path(job["root"]), say)})
    except (AssistError, IndexerError, EmbeddingError) as error:
        say({"error": str(error)})
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say({"error": f"{where}{error.strerror or error}; `assist doctor` looks into it"})
    except Exception as error:
        import traceback

        traceback.print_exc()
        say({"error": f"{type(error).__name__}: {error}; this is a bug: the server's log says more"})


def _update(root: Path, say: Say) -> dict[str, Any]:
    from assistant.settings import load_settings
    from indexer.errors import IndexBusyError

    started = time.perf_counter()
    engine = _engine(load_settings(os.environ))
    progress = _Progress(say)
    try:
        report = engine.update(root, progress, _BUSY_S)
    except IndexBusyError:
        say({"waiting": True})
        report = engine.update(root, progress)
    engine.fill(root, progress)
    _learn(engine, root, progress)
    facts = report.generation.facts
    return {
        "wrote": report.wrote,
        "analysed": report.analysed,
        "removed": report.removed,
        "files": facts["files"],
        "chunks": facts["chunks"],
        "rebuilt": report.rebuilt_because,
        "ms": round(1000 * (time.perf_counter() - started), 1),
    }


def _learn(engine: "Engine", root: Path, progress: "_Progress") -> None:
    """Save what completions learn from the repository; the server takes it up. The index is right without it."""
    from assistant.completion.local.completers import LocalCompleters
    from indexer.errors import IndexerError

    try:
        LocalCompleters(engine).refresh(root, progress)
    except (OSError, IndexerError) as error:
        print(f"nothing is learned from {root}: {error}", file=sys.stderr)  # noqa: T201 - the server's log


def _engine(settings: "Settings") -> "Engine":
    """Return the engine of some settings; the last one is kept, with its embedding model."""
    from assistant.engine import Engine

    kept = _kept[-1] if _kept else None
    if kept is None or kept.settings != settings:
        kept = Engine(settings)
        _kept[:] = [kept]
    return kept


class _Progress:
    """Says how far a job is, not too often."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last_s = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now - self._last_s >= _PROGRESS_EVERY_S:
            self._last_s = now
            self._say({"progress": [done, total]})


if __name__ == "__main__":
    main()
