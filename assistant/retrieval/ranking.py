"""From evidence to an order of files: a weighted sum of normalised evidence.

The weights are data (``weights.json``), chosen by hand: ``training/ranking_weights.py`` proposes changes and measures
them on labelled queries and on such as are derived from other repositories; a free fit of all of them did worse on
repositories that it had not seen. Evidence of several repositories is normalised by common maxima, so that their
results can be merged.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.evidence import Evidence, FloatArray
from assistant.retrieval.platforms import asks_for_platform
from assistant.retrieval.query import Query, QueryKind
from indexer.discovery import Role


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the evidence for a file. Each kind is normalised to about 0..1 before it is weighed."""

    best_chunk: float = 0.0
    further_chunks: float = 0.0
    file_text: float = 0.0
    defines: float = 0.0
    stem_is_symbol: float = 0.0
    stem_share: float = 0.0
    query_in_stem: float = 0.0
    compound_names: float = 0.0
    compound_stem: float = 0.0
    chunk_cosine: float = 0.0
    file_cosine: float = 0.0
    test: float = 0.0
    barrel: float = 0.0
    docs: float = 0.0
    depth: float = 0.0
    central: float = 0.0
    """How many files use the file, as a rank among all: a question is rarely about what nobody uses. It counts only
    where no tests, examples and the like are asked for, which nobody uses."""
    reach: float = 0.0
    """How many files the file uses, as a rank among all: questions of how things work together are about such files.
    It counts where ``central`` does."""
    prose: float = 0.0
    """A file of prose, settings or data, unless documents or settings are asked for."""
    elsewhere: float = 0.0
    """A file for another operating system, unless the query names one."""
    history: float = 0.0
    """What the commits that changed the file say."""
    scope: float = 0.0
    """What a change is said to be about, before a colon."""
    imported_by_hits: float = 0.0
    """Files that answer well import the file, and it has words of the query itself. Good for questions."""
    imports_hits: float = 0.0
    """The file imports files that answer well, likewise. Good for descriptions of changes."""


WEIGHTS_FILE = Path(__file__).with_name("weights.json")
"""The weights of words, and those of names, questions and changes as far as they differ."""


def _read_weights() -> dict[str, Weights]:
    read = json.loads(WEIGHTS_FILE.read_bytes())
    words = Weights(**read["words"])
    return {shape: replace(words, **weights) for shape, weights in read.items()}


WEIGHTS_BY_SHAPE = _read_weights()
WEIGHTS = WEIGHTS_BY_SHAPE["words"]


def shape_of(query: Query) -> str:
    """Return which weights a query takes: ``names``, ``questions``, ``changes`` or ``words``."""
    if query.kind is QueryKind.SYMBOL:
        return "names"
    if query.is_question:
        return "questions"
    return "changes" if query.is_change else "words"


def weights_for(query: Query) -> Weights:
    """Return the weights by which a query's evidence is weighed."""
    return WEIGHTS_BY_SHAPE[shape_of(query)]


_NEGATIVE_ROLES = Role.TEST | Role.EXAMPLE | Role.VENDORED | Role.GENERATED | Role.COMPAT | Role.BENCHMARK
_Z_TOP = 30
_Z_FLOOR = -2.0
_ABSOLUTE = ("defines", "stem_is_symbol", "stem_share", "query_in_stem", "compound_stem", "scope")
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
    parts = _own_parts(evidence, query, weights, maxima, scales)
    shipped = weights_for(query)  # which files are followed does not depend on weights that are only tried
    own = parts if weights == shipped else _own_parts(evidence, query, shipped, maxima, scales)
    parts |= _neighbours(evidence, query, weights, maxima["best_chunk"], _sum(own, evidence))
    total = _sum(parts, evidence)
    if evidence.allowed is not None:
        total[~evidence.allowed] = -np.inf
    return FileScores(evidence, total, parts)


def _own_parts(
    evidence: Evidence,
    query: Query,
    weights: Weights,
    maxima: dict[str, float],
    scales: dict[str, tuple[float, float]],
) -> dict[str, FloatArray]:
    """Weigh what is known of each file by itself."""
    parts: dict[str, FloatArray] = {}
    for name in _RELATIVE:
        parts[name] = getattr(weights, name) * getattr(evidence, name) / maxima[name]
    for name in _ABSOLUTE:
        parts[name] = getattr(weights, name) * getattr(evidence, name)
    if evidence.chunk_cosines is not None:
        for name, (mean, deviation) in scales.items():
            z = (getattr(evidence, name) - mean) / deviation
            parts[name] = getattr(weights, name) * np.maximum(z, _Z_FLOOR)
    return parts | _priors(evidence, query, weights)


def _sum(parts: Mapping[str, FloatArray], evidence: Evidence) -> FloatArray:
    total = np.zeros(len(evidence.snapshot.files), np.float32)
    for values in parts.values():
        total += values
    return total


def _neighbours(
    evidence: Evidence, query: Query, weights: Weights, most: float, scores: FloatArray
) -> dict[str, FloatArray]:
    """Weigh the files beside the best ones by their own words, since neighbours alone are many.

    :param scores: by all other evidence, and :param most: the score of the best chunk.
    """
    parts: dict[str, FloatArray] = {}
    if asked_roles(query):  # tests and examples import the code, nobody imports them
        return parts
    found = evidence.best_chunk > 0
    if evidence.allowed is not None:
        found &= evidence.allowed
    seeds = np.where(found, scores, -np.inf)
    own = evidence.best_chunk / most
    if weights.imported_by_hits:
        parts["imported_by_hits"] = (
            weights.imported_by_hits * own * evidence.facts.imports.imported_by_best(seeds)
        )
    if weights.imports_hits:
        parts["imports_hits"] = weights.imports_hits * own * evidence.facts.imports.importing_best(seeds)
    return parts


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
        "reach": (0.0 if asked else weights.reach) * evidence.facts.reaches,
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
        "contribute",
        "contributors",
        "maintainers",
        "roadmap",
        "conduct",
        "faq",
        "quickstart",
        "troubleshooting",
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
