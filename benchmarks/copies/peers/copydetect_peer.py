"""copydetect (PyPI), which compares pairs of files by winnowed characters of code with its names blanked.

It lives in a virtual environment of its own; `copydetect_runner.py` runs in there. Its cost grows with the number of
pairs, so it is run on Python alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import measure
from benchmarks.copies.detector import NOTHING, Detection, DetectorError, Staging
from benchmarks.copies.model import Finding, Query, Span

_RUNNER = Path(__file__).with_name("copydetect_runner.py")


class Copydetect:
    """copydetect with a least similarity of the query's file.

    :param python: The Python of its virtual environment.
    """

    def __init__(self, python: Path, similarity: float) -> None:
        self._python, self._similarity = python, similarity
        asked = [str(python), "-c", "import copydetect; print(copydetect.__version__)"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise DetectorError(
                f"{python} has no copydetect: pass the Python that has with --copydetect"
            ) from error
        self.version = said.stdout.strip()
        self.name = f"copydetect >= {similarity}"
        self.languages: tuple[str, ...] = ("python",)

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """One run over the Python queries."""
        chosen = [query for query in queries if query.language == "python"]
        if not chosen:
            return NOTHING
        with tempfile.TemporaryDirectory(prefix="copydetect-") as scratch:
            staging = Staging(Path(scratch) / "staged", corpus, chosen, (".py",))
            report = Path(scratch) / "report.json"
            command = [str(self._python), str(_RUNNER), str(staging.corpus), str(staging.queries)]
            measured = measure.run([*command, str(self._similarity), str(report)], dict(os.environ))
            rows = json.loads(report.read_text("utf-8"))
            findings: dict[str, list[Finding]] = {}
            for row in sorted(rows, key=lambda row: -float(row["similarity"])):
                _, query = staging.name(row["query"])
                _, source = staging.name(row["source"])
                span = Span(source, row["source_start"], row["source_end"])
                finding = Finding(query, "warning", row["start"], row["end"], span)
                findings.setdefault(query, []).append(finding)
        return Detection(findings, measured.cpu_s, measured.wall_s, measured.max_rss_bytes)
