"""The one place where a benchmark calls assist's Python, not its command: an update in an open index.

An editor's language server keeps an index open and updates it when a file is saved; no command shows that
time alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.engine import Engine
from assistant.settings import load_settings


@dataclass(frozen=True, slots=True)
class Update:
    """One edited file, brought into an open index.

    :param ms: From just after the file was written until a search returned it.
    :param chunks: Chunks in the index afterwards.
    :param vectors_computed: Chunks whose vector was computed anew; the others kept theirs.
    :param chunks_of_file: Chunks of the edited file; more vectors computed than these means that some were
        not reused.
    """

    ms: float
    chunks: int
    vectors_computed: int
    chunks_of_file: int


def update_once(root: Path, cache: Path, edit: Callable[[], Path], marker: str) -> Update:
    """Open the index, make one edit, update, and search until the edit is seen.

    :param root: The indexed repository, its index up to date.
    :param cache: The folder that ASSIST_CACHE_DIR names for it.
    :param edit: Writes one file and returns its path; called once, after the index is open and has answered
        a query.
    :param marker: A word that only the edited file has.
    :raises LookupError: If the search after the update does not return the edited file.
    """
    engine = Engine(load_settings({"ASSIST_CACHE_DIR": str(cache), "ASSIST_CONFIG_DIR": str(cache)}))
    engine.update(root)
    engine.search("warm up", [root])
    path = edit()
    started = time.perf_counter()
    report = engine.update(root)
    response = engine.search(marker, [root])
    elapsed_ms = 1000 * (time.perf_counter() - started)
    name = path.relative_to(root).as_posix()
    if not response.results or response.results[0].path != name:
        raise LookupError(f"{marker} is in {name}, the search returned {response.results[:1]}")
    snapshot = engine.snapshot(root)
    assert snapshot is not None
    row = snapshot.file_row(name)
    assert row is not None
    return Update(elapsed_ms, len(snapshot.chunks), report.new_vectors, len(snapshot.chunks_of(row)))
