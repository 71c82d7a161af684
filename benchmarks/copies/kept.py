"""Keeps what a peer found, so that it need not run again while only our own engine changes.

A run is the same one when detector, version, corpus and queries are; what is kept is its findings and its cost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.copies.detector import Detection, Detector
from benchmarks.copies.model import Finding, Query, Span


class Kept:
    """A detector whose runs are read from a folder when they are there."""

    def __init__(self, detector: Detector, folder: Path) -> None:
        self._detector, self._folder = detector, folder
        self.name, self.version, self.languages = detector.name, detector.version, detector.languages

    def detect(self, corpus: Path, queries: Sequence[Query]) -> Detection:
        """Read the run, or run and keep it."""
        file = self._folder / f"{self._key(corpus, queries)}.json"
        if not file.is_file():
            made = self._detector.detect(corpus, queries)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(asdict(made)), "utf-8")
        return _read(json.loads(file.read_text("utf-8")))

    def _key(self, corpus: Path, queries: Sequence[Query]) -> str:
        digest = hashlib.sha256(f"{self.name}\n{self.version}\n".encode())
        for path in sorted(corpus.rglob("*")):
            if path.is_file():
                digest.update(f"{path.relative_to(corpus)} {path.stat().st_size}\n".encode())
        for query in queries:
            digest.update(f"{query.id}\n{query.text}\n".encode())
        return digest.hexdigest()[:24]


def _read(row: dict) -> Detection:  # type: ignore[type-arg]  # JSON
    findings = {
        query: [
            Finding(
                **{
                    **found,
                    "source": Span(**found["source"]),
                    "others": tuple(Span(**at) for at in found["others"]),
                }
            )
            for found in rows
        ]
        for query, rows in row["findings"].items()
    }
    return Detection(**{**row, "findings": findings})
