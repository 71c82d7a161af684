"""What is asked, what is expected of the answers, and what came back: plain values without behaviour of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

EXTRACTIVE = "none"
"""The name of the answerer that needs no model."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that is expected of an answer."""

    kind: str
    """A name in :data:`assistant.evaluation.assertions.KINDS`."""
    value: Any
    """As the kind has it: a text, a number, a mapping."""
    negated: bool = False

    @property
    def label(self) -> str:
        """The assertion as the case file has it, on one line."""
        value = self.value if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)
        shown = " ".join(value.split())
        name = f"not_{self.kind}" if self.negated else self.kind
        return f"{name}: {shown if len(shown) <= 80 else shown[:79] + '…'}"


TIMEOUT_S = 120.0
"""How long an answer may take unless the case file says otherwise."""


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt or recipe, and what is expected of each answer to it."""

    name: str
    prompt: str = ""
    """The question; for a recipe, the instruction that it is given."""
    recipe: str = ""
    target: str = ""
    """What the recipe works on: ``FILE``, ``FILE:LINES`` or a symbol."""
    assertions: tuple[Assertion, ...] = ()
    backends: tuple[str, ...] = ()
    repetitions: int = 1
    timeout_s: float = TIMEOUT_S
    line: int = 1
    """Where it stands in the case file."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A case file, read."""

    file: Path
    repository: Path
    cases: tuple[Case, ...]

    @property
    def backends(self) -> tuple[str, ...]:
        """Every backend that a case names, in the order of the file."""
        return tuple(dict.fromkeys(name for case in self.cases for name in case.backends))


class Exit(IntEnum):
    """What ``assist ask`` would exit with."""

    ANSWERED = 0
    NOT_FOUND = 1
    FAILED = 3


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that an answer names, checked against the files."""

    text: str
    """As it stands in the answer."""
    true: bool
    path: str = ""
    """Relative to the repository; empty if it is not true."""
    start_line: int = 0
    end_line: int = 0
    """Inclusive."""
    reason: str = ""
    """Why it is not true."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one backend answered, once."""

    text: str = ""
    citations: tuple[Citation, ...] = ()
    first_token_ms: float | None = None
    """From the asking to the first word, retrieval included; None if no word came."""
    total_ms: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error: str = ""
    """Why there is no answer, or not the whole; one line."""
    exit: Exit = Exit.ANSWERED
    model: str = ""
    """What answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An outcome and what it was found to lack."""

    case: str
    backend: str
    repetition: int
    """From 1."""
    outcome: Outcome
    failures: tuple[str, ...] = ()
    """One line for each assertion that does not hold: which, and what was found."""

    @property
    def passed(self) -> bool:
        """Whether everything holds."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a case asked and expected, to tell later what has changed; hexadecimal hashes."""

    prompt: str
    """Of the prompt, the recipe's text and its target."""
    assertions: str


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one ``assist eval`` found out."""

    suite: str
    """The case file, absolute."""
    repository: str
    started: str
    """UTC, ISO 8601."""
    version: str
    """Of assist."""
    index_generation: str
    """A hash of what was indexed."""
    complete: bool
    """False if it was interrupted."""
    answers: tuple[Answered, ...]
    fingerprints: Mapping[str, Fingerprint] = field(default_factory=dict)
    """By case."""

    @property
    def passed(self) -> bool:
        """Whether every answer passed."""
        return all(answer.passed for answer in self.answers)
