"""jscpd, as npm carries it: a batch tool over Rabin-Karp fingerprints of tokens."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.copies.detector import Detection, DetectorError, Staging, by_grammar, longest_first
from benchmarks.copies.model import LANGUAGES, Finding, Query, Span

_FORMATS = {".py": "python", ".js": "javascript", ".ts": "typescript", ".java": "java", ".go": "go"}


class Jscpd:
    """jscpd with its defaults (50 tokens and 5 lines), or with options.

    :param binary: The `jscpd` program.
    """

    def __init__(self, binary: Path, label: str, options: Sequence[str]) -> None:
        self._binary, self._options = binary, tuple(options)
        try:
            said = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise DetectorError(
                f"{binary} does not run: pass the jscpd program with --jscpd ({error})"
            ) from error
        self.version = said.stdout.split()[-1]
        self.name = f"jscpd {label}"
        self.languages = LANGUAGES

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """One run a language."""
        return by_grammar(self.languages, queries, partial(self._run, corpus))

    def _run(self, corpus: Path, queries: Sequence[Query], suffixes: Sequence[str]) -> Detection:
        with tempfile.TemporaryDirectory(prefix="jscpd-") as scratch:
            staging = Staging(Path(scratch) / "staged", corpus, queries, suffixes)
            command = [str(self._binary), str(staging.corpus), str(staging.queries), *self._options]
            command += ["--format", _FORMATS[suffixes[0]], "--reporters", "json", "--output", scratch]
            command += ["--silent", "--no-tips", "--absolute", "--no-gitignore"]
            measured = measure.run(command, dict(os.environ))
            report = json.loads((Path(scratch) / "jscpd-report.json").read_text("utf-8"))
            findings = read_report(report["duplicates"], staging)
        return Detection(findings, measured.cpu_s, measured.wall_s, measured.max_rss_bytes)


def read_report(duplicates: list[dict], staging: Staging) -> dict[str, list[Finding]]:  # type: ignore[type-arg]
    """The clones between a query and the corpus, by query, longest first."""
    found: list[tuple[int, Finding]] = []
    for duplicate in duplicates:
        sides: dict[bool, Span] = {}
        for side in ("firstFile", "secondFile"):
            is_query, name = staging.name(duplicate[side]["name"])
            sides[is_query] = Span(name, int(duplicate[side]["start"]), int(duplicate[side]["end"]))
        if len(sides) == 2:
            copy = sides[True]
            finding = Finding(copy.file, "warning", copy.start_line, copy.end_line, sides[False])
            found.append((int(duplicate["tokens"]), finding))
    return longest_first(found)
