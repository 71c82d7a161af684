"""The engine of this project as a detector: one process that builds a store of the corpus and looks the queries up."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.assist_command import CHECKOUT, Assist, default_command
from benchmarks.copies.detector import Detection, DetectorError
from benchmarks.copies.model import LANGUAGES, Finding, Query, Span
from benchmarks.measure import CommandError, run
from benchmarks.product import isolated

_RUNNER = "benchmarks.copies.ours_runner"


class Ours:
    """Warnings and hints, or warnings alone.

    :param level: ``all`` or ``warning``.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self.name = "assist" if level == "all" else f"assist, {level}s only"
        self.version = Assist((default_command(),)).version().removeprefix("assist ")
        self.languages = LANGUAGES
        self.query_ms: list[float] = []
        self.built_s = 0.0

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """Look queries up; the cost includes building the store. `query_ms` has the times in their order."""
        with tempfile.TemporaryDirectory(prefix="copies-") as scratch:
            asked, report = Path(scratch) / "queries.jsonl", Path(scratch) / "report.json"
            asked.write_text("".join(_asked(query) for query in queries), "utf-8")
            command = [
                sys.executable,
                "-m",
                _RUNNER,
                str(corpus),
                str(asked),
                f"{scratch}/store",
                str(report),
            ]
            try:
                measured = run(command, isolated(PYTHONPATH=str(CHECKOUT)))
            except CommandError as error:
                raise DetectorError(str(error)) from error
            said = json.loads(report.read_text("utf-8"))
        self.query_ms, self.built_s = said["ms"], said["built_s"]
        findings = {query: self._findings(query, rows) for query, rows in said["findings"].items()}
        return Detection(findings, measured.cpu_s, measured.wall_s, measured.max_rss_bytes)

    def _findings(self, query: str, rows: Sequence[dict]) -> list[Finding]:  # type: ignore[type-arg]  # JSON
        made = []
        for row in rows:
            if self._level in ("all", row["level"]):
                first, *others = (Span(*source) for source in row["sources"])
                made.append(Finding(query, row["level"], row["start"], row["end"], first, tuple(others)))
        return made


def _asked(query: Query) -> str:
    return json.dumps({"id": query.id, "suffix": query.suffix, "text": query.text}) + "\n"
