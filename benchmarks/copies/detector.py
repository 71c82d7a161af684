"""A detector under test: it gets a folder of corpus files and queries, and says what it finds at what cost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.copies.model import Finding, Query
from benchmarks.copies.projects import SUFFIXES

Findings = Mapping[str, Sequence[Finding]]
"""By query id, best first; absent when there are none."""


@dataclass(frozen=True, slots=True)
class Detection:
    """Findings and what they cost, all processes together.

    :param max_rss_bytes: The largest resident set of any of its processes.
    """

    findings: Findings
    cpu_s: float
    wall_s: float
    max_rss_bytes: int

    def and_then(self, other: Detection) -> Detection:
        """Two runs as one."""
        return Detection(
            {**self.findings, **other.findings},
            self.cpu_s + other.cpu_s,
            self.wall_s + other.wall_s,
            max(self.max_rss_bytes, other.max_rss_bytes),
        )


NOTHING = Detection({}, 0.0, 0.0, 0)


class Detector(Protocol):
    """A detector under test."""

    name: str
    version: str
    languages: tuple[str, ...]

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """Look queries up in the files under a folder.

        :raises DetectorError: when it cannot be run.
        """
        ...


class DetectorError(Exception):
    """A detector cannot be run; the message has what it said."""


class Staging:
    """Corpus files of one language and queries under plain names, as batch tools want them.

    Files are links named `corpus/NUMBER.SUFFIX` and `queries/NUMBER.SUFFIX`; variants of a suffix (`.mjs`) become the
    one that every tool knows.
    """

    def __init__(self, folder: Path, corpus: Path, queries: Sequence[Query], suffixes: Sequence[str]) -> None:
        self.corpus, self.queries = folder / "corpus", folder / "queries"
        self.corpus.mkdir(parents=True)
        self.queries.mkdir()
        self._names: dict[str, str] = {}
        paths = sorted(path for path in corpus.rglob("*") if path.suffix in suffixes and path.is_file())
        for number, path in enumerate(paths):
            staged = self.corpus / f"{number:06}{suffixes[0]}"
            try:
                os.link(path, staged)
            except OSError:  # another file system
                shutil.copyfile(path, staged)
            self._names[f"corpus/{staged.name}"] = path.relative_to(corpus).as_posix()
        for number, query in enumerate(queries):
            staged = self.queries / f"{number:06}{suffixes[0]}"
            staged.write_text(query.text, "utf-8")
            self._names[f"queries/{staged.name}"] = query.id

    def name(self, path: str) -> tuple[bool, str]:
        """Whether a staged path is a query's, and the query's id or the corpus file's name."""
        key = "/".join(Path(path).parts[-2:])
        return key.startswith("queries/"), self._names[key]


Run = Callable[[Sequence[Query], Sequence[str]], Detection]
"""Looks up queries in the files with some suffixes."""


def by_grammar(languages: Sequence[str], queries: Sequence[Query], run: Run) -> Detection:
    """One run a grammar, for batch tools that take one at a time."""
    found = NOTHING
    for suffixes in (group for language in languages for group in suffix_groups(language)):
        chosen = [query for query in queries if query.suffix in suffixes]
        if chosen:
            found = found.and_then(run(chosen, suffixes))
    return found


def longest_first(ranked: Iterable[tuple[int, Finding]]) -> dict[str, list[Finding]]:
    """Findings, given with their lengths in tokens, by query."""
    found: dict[str, list[Finding]] = {}
    for _, finding in sorted(ranked, key=lambda pair: -pair[0]):
        found.setdefault(finding.query, []).append(finding)
    return found


def suffix_groups(language: str) -> list[tuple[str, ...]]:
    """The suffixes of a language that belong to one grammar, the usual one first."""
    groups: dict[bool, list[str]] = {}
    for suffix, name in SUFFIXES.items():
        if name == language:
            groups.setdefault(suffix == ".ts", []).append(suffix)
    return [tuple(group) for group in groups.values()]
