"""semble (PyPI) as a product under test: the nearest sibling of assist, in its own virtual environment.

Its own model has to be downloaded; the benchmarks give it a model folder instead. Its library default is
used: one process, which costs the least CPU (its CLI adds four workers from 200 files on, which saves wall
time and costs CPU for their start).
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measured, TreeMemory, run, run_sampled
from benchmarks.product import Answer, as_query_lines, isolated, parse_answers

_RUNNER = Path(__file__).with_name("semble_runner.py")


@dataclass(frozen=True, slots=True)
class Semble:
    """semble with a given model.

    :param python: The Python of the environment that semble is installed in.
    :param model: Folder of a model2vec model.
    :param workers: Processes that chunk files, from 200 files on; 0 for none.
    """

    python: Path
    model: Path
    workers: int = 0
    name: str = "semble"

    def version(self) -> str:
        """Its version and the model's name."""
        command = [str(self.python), "-c", "import importlib.metadata as m; print(m.version('semble'))"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
        return f"semble {said.stdout.strip()} ({self.model.name})"

    def index(self, root: Path, cache: Path) -> Measured:
        """Build and save the index."""
        return run(self._words("index", root), self._environment(cache))

    def index_sampled(self, root: Path, cache: Path) -> tuple[Measured, TreeMemory]:
        """Build and save the index while sampling its memory."""
        return run_sampled(self._words("index", root), self._environment(cache))

    def answer(self, root: Path, cache: Path, queries: Sequence[str]) -> list[Answer]:
        """Answer in one process."""
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
            asked = Path(scratch) / "queries.jsonl"
            asked.write_text(as_query_lines(queries), "utf-8")
            measured = run([*self._words("search", root), "--queries", str(asked)], self._environment(cache))
        return parse_answers(measured.stdout, queries)

    def search(self, root: Path, cache: Path, query: str) -> Measured:
        """Run its own command line once; its index is loaded when it is up to date."""
        words = [str(self.python.with_name("semble")), "search", query, str(root)]
        return run(words, {**self._environment(cache), "SEMBLE_MODEL_NAME": str(self.model)})

    def _words(self, command: str, root: Path) -> list[str]:
        return [str(self.python), str(_RUNNER), command, str(root), "--model", str(self.model)]

    def _environment(self, cache: Path) -> dict[str, str]:
        return isolated(SEMBLE_CACHE_LOCATION=str(cache.resolve()), SEMBLE_INDEX_WORKERS=str(self.workers))
