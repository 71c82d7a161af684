"""ripgrep as a floor: files ranked by how many of the query's words they contain, then by how often.

It has no index; the first line that holds the most words stands for the file.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Measured
from benchmarks.ndcg import CUTOFF, Hit
from benchmarks.product import Answer

_WORD = re.compile(r"\w{2,}")


@dataclass(slots=True)
class _Tally:
    words: set[str] = field(default_factory=set)
    matches: int = 0
    best_line: int = 1
    best_line_words: int = 0


@dataclass(frozen=True, slots=True)
class Ripgrep:
    """The `rg` on the path."""

    program: str = "rg"
    name: str = "ripgrep"

    def version(self) -> str:
        """The first line of `rg --version`, shortened."""
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True)
        return " ".join(said.stdout.split()[:2])

    def index(self, root: Path, cache: Path) -> Measured:
        """Nothing: it searches the files themselves."""
        return Measured(0.0, 0.0, 0, "")

    def answer(self, root: Path, cache: Path, queries: Sequence[str]) -> list[Answer]:
        """One `rg` process a query; its time is the whole process's."""
        return [self._answer_one(root, query) for query in queries]

    def _answer_one(self, root: Path, query: str) -> Answer:
        started = time.perf_counter()
        words = sorted({word.lower() for word in _WORD.findall(query)})
        patterns = [argument for word in words for argument in ("-e", word)]
        command = [self.program, "--no-config", "--json", "-i", "-F", *patterns, "."]
        found = subprocess.run(command, cwd=root, capture_output=True, check=False)
        tallies = _count(found.stdout)
        ranked = sorted(tallies, key=lambda path: (-len(tallies[path].words), -tallies[path].matches, path))
        hits = tuple(Hit(path, tallies[path].best_line, tallies[path].best_line) for path in ranked[:CUTOFF])
        return Answer(query, (time.perf_counter() - started) * 1000, hits)


def installed() -> bool:
    """Whether `rg` is on the path."""
    return shutil.which("rg") is not None


def _count(json_lines: bytes) -> dict[str, _Tally]:
    """Tally the matches of `rg --json` by file."""
    tallies: dict[str, _Tally] = {}
    for line in json_lines.splitlines():
        event = json.loads(line)
        if event["type"] != "match":
            continue
        data = event["data"]
        words = {part["match"]["text"].lower() for part in data["submatches"] if "text" in part["match"]}
        path = data["path"].get("text", "").removeprefix("./")
        tally = tallies.setdefault(path, _Tally())
        tally.words |= words
        tally.matches += len(data["submatches"])
        if len(words) > tally.best_line_words:
            tally.best_line, tally.best_line_words = data["line_number"], len(words)
    return tallies
