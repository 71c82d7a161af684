"""From evidence to an order of files: a weighted sum of normalised evidence.

The weights are rounded means of those that coordinate search found best on three quarters of 17 labelled
repositories, for each of four such parts (``benchmarks/RESULTS.md``). Evidence of several repositories is normalised by
common maxima, so that their results can be merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.evidence import Evidence, FloatArray
from assistant.retrieval.platforms import asks_for_platform
from assistant.retrieval.query import Query, QueryKind
from indexer.discovery import Role


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the evidence for a file. Each kind is normalised to about 0..1 before it is weighed."""

    best_chunk: float = 0.7
    further_chunks: float = 0.22
    file_text: float = 0.2
    defines: float = 0.3
    stem_is_symbol: float = 0.3
    stem_share: float = 0.4
    query_in_stem: float = 0.25
    compound_names: float = 0.1
    compound_stem: float = 0.05
    chunk_cosine: float = 0.06
    file_cosine: float = 0.1
    test: float = -1.4
    barrel: float = -0.2
    docs: float = -0.6
    depth: float = -0.1
    central: float = 0.2
    """How many files use the file, as a rank among all: a question is rarely about what nobody uses. It counts only
    where no tests, examples and the like are asked for, which nobody uses."""
    prose: float = -0.5
    """A file of prose, settings or data, unless documents or settings are asked for."""
    elsewhere: float = -0.3
    """A file for another operating system, unless the query names one."""
    history: float = 0.5
    """What the commits that changed the file say."""
    active: float = 0.25
    """How often the file changes, as a rank among all; it counts where ``central`` does."""


WEIGHTS = Weights()
NAME_WEIGHTS = replace(WEIGHTS, chunk_cosine=0.0, file_cosine=0.0)
"""For names: likeness in meaning of a single identifier says nothing about where it is defined."""


def weights_for(query: Query) -> Weights:
    """Return the weights by which a query's evidence is weighed."""
    return NAME_WEIGHTS if query.kind is QueryKind.SYMBOL else WEIGHTS


_NEGATIVE_ROLES = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.GENERATED | Role.COMPAT | Role.BENCHMARK
_Z_TOP = 30
_Z_FLOOR = -2.0
_ABSOLUTE = ("defines", "stem_is_symbol", "stem_share", "query_in_stem", "compound_stem")
_RELATIVE = ("best_chunk", "further_chunks", "file_text", "compound_names", "history")


@dataclass(frozen=True, slots=True)
class FileScores:
    """Scores of one snapshot's files: the total and each kind's share of it, (n_files,) float32."""

    evidence: Evidence
    total: FloatArray
    parts: dict[str, FloatArray]


def score_files(
    evidences: Sequence[Evidence], query: Query, weights: Weights | None = None
) -> list[FileScores]:
    """Weigh the evidence of one or several snapshots.

    :param weights: those of :func:`weights_for` unless others are tried.
    """
    weights = weights or weights_for(query)
    maxima = {
        name: max((float(getattr(item, name).max(initial=0.0)) for item in evidences), default=0.0) or 1.0
        for name in _RELATIVE
    }
    scales = {
        name: _z_scale([getattr(item, name) for item in evidences])
        for name in ("chunk_cosine", "file_cosine")
    }
    return [_score(item, query, weights, maxima, scales) for item in evidences]


def _score(
    evidence: Evidence,
    query: Query,
    weights: Weights,
    maxima: dict[str, float],
    scales: dict[str, tuple[float, float]],
) -> FileScores:
    parts: dict[str, FloatArray] = {}
    for name in _RELATIVE:
        parts[name] = getattr(weights, name) * getattr(evidence, name) / maxima[name]
    for name in _ABSOLUTE:
        parts[name] = getattr(weights, name) * getattr(evidence, name)
    if evidence.chunk_cosines is not None:
        for name, (mean, deviation) in scales.items():
            z = (getattr(evidence, name) - mean) / deviation
            parts[name] = getattr(weights, name) * np.maximum(z, _Z_FLOOR)
    parts |= _priors(evidence, query, weights)
    total = np.zeros(len(evidence.snapshot.files), np.float32)
    for values in parts.values():
        total += values
    if evidence.allowed is not None:
        total[~evidence.allowed] = -np.inf
    return FileScores(evidence, total, parts)


def _priors(evidence: Evidence, query: Query, weights: Weights) -> dict[str, FloatArray]:
    roles = evidence.snapshot.roles
    asked = asked_roles(query)
    return {
        "test": weights.test * _has(roles, _NEGATIVE_ROLES & ~asked),
        "barrel": weights.barrel * _has(roles, Role.BARREL),
        "docs": weights.docs * _has(roles, (Role.DOCS | Role.CONFIG) & ~asked),
        "prose": (0.0 if asked & (Role.DOCS | Role.CONFIG) else weights.prose) * evidence.facts.prose,
        "depth": weights.depth * evidence.facts.depths,
        "central": (0.0 if asked else weights.central) * evidence.facts.centralities,
        "active": (0.0 if asked else weights.active) * evidence.snapshot.file_history.activity,
        "elsewhere": (0.0 if asks_for_platform(query.asked_words) else weights.elsewhere)
        * evidence.facts.elsewhere,
    }


_ROLE_WORDS = {
    Role.TEST: ("test", "tests", "testing", "spec", "specs", "tested"),
    Role.EXAMPLE: ("example", "examples", "demo", "sample", "tutorial"),
    Role.DOCS: (
        "docs",
        "documentation",
        "readme",
        "changelog",
        "license",
        "contributing",
        "guide",
        "install",
    ),
    Role.CONFIG: ("ci", "workflow", "workflows", "dependencies", "manifest", "makefile", "pyproject"),
    Role.BENCHMARK: ("benchmark", "benchmarks", "bench"),
    Role.VENDORED: ("vendored", "vendor", "third-party"),
    Role.COMPAT: ("compat", "compatibility", "legacy", "deprecated"),
    Role.GENERATED: ("generated",),
}


def asked_roles(query: Query) -> Role:
    """Return the roles that a query asks for, by its words or the folder in its ``path:``."""
    words = query.asked_words
    asked = Role(0)
    for role, names in _ROLE_WORDS.items():
        if words.intersection(names):
            asked |= role
    return asked


def _has(roles: NDArray[np.uint32], wanted: Role) -> FloatArray:
    found: FloatArray = ((roles & np.uint32(wanted.value)) != 0).astype(np.float32)
    return found


def _z_scale(arrays: Sequence[FloatArray]) -> tuple[float, float]:
    """Return mean and standard deviation of the 30 best values."""
    values = np.concatenate(arrays) if arrays else np.zeros(1, np.float32)
    top = np.partition(values, -_Z_TOP)[-_Z_TOP:] if len(values) > _Z_TOP else values
    return (float(top.mean()), float(top.std()) or 1.0) if len(top) else (0.0, 1.0)
