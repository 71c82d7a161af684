"""``python -m lsp.corpora_worker ROOT``: reads what is installed for a folder into the user's corpora.

Says how far it is as JSON lines, ``{"progress": [done, total]}`` and at last ``{"notes": [...]}``. Ends when standard
input does, whatever it is doing: the store survives that.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

from lsp import background

_EVERY_S = 0.25


def main() -> None:
    """Work, and end."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    background.give_way()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Thread(target=_end_with, args=(sys.stdin,), daemon=True).start()
    from assistant.copies.corpora import CorpusLibrary
    from assistant.errors import AssistError
    from assistant.settings import load_settings

    last_s = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last_s
        now = time.monotonic()
        if done >= total or now - last_s >= _EVERY_S:
            last_s = now
            _say(out, {"progress": [done, total]})

    try:
        notes = CorpusLibrary(load_settings(os.environ), os.environ).ensure(Path(sys.argv[1]), progress).notes
    except AssistError as error:
        notes = (str(error),)
    _say(out, {"notes": list(notes)})


def _end_with(stream: TextIO) -> None:
    with contextlib.suppress(OSError, ValueError):
        stream.read()
    os._exit(0)


def _say(out: TextIO, answer: dict[str, Any]) -> None:
    out.write(json.dumps(answer) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
