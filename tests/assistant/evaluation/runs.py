"""Makes outcomes, answers and runs for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.evaluation import Answered, Citation, Fingerprint, Outcome, Run

TRUE = Citation("[src/pdf.py:2-4]", True, "src/pdf.py", 2, 4)
UNTRUE = Citation("[src/parser.py:10]", False, reason="no such file")


def outcome(text: str = "", **fields: Any) -> Outcome:
    return Outcome(**{"text": text, "first_token_ms": 10.0, "total_ms": 20.0, "model": "m1", **fields})


def answered(
    case: str, backend: str, *failures: str, repetition: int = 1, text: str = "yes", **fields: Any
) -> Answered:
    return Answered(case, backend, repetition, outcome(text, **fields), failures)


def run_of(*answers: Answered, prints: Mapping[str, tuple[str, str]] | None = None, **fields: Any) -> Run:
    about: dict[str, Any] = {
        "suite": "/shop/questions.yaml",
        "repository": "/shop",
        "started": "2026-01-02T03:04:05.678+00:00",
        "version": "0.1.0",
        "index_generation": "g1",
        "complete": True,
    }
    named = {case: Fingerprint(*pair) for case, pair in (prints or {}).items()}
    return Run(**{**about, **fields}, answers=answers, fingerprints=named)
