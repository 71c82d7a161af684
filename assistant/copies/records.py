"""Findings as plain values for JSON: one form for the command line, answers and whoever else writes them down."""

from typing import Any

from assistant.copies.baseline import fingerprint_of
from assistant.copies.model import CopyFinding, CopySource


def finding_record(finding: CopyFinding) -> dict[str, Any]:
    """Return a finding as JSON takes it."""
    ruling = finding.ruling
    return {
        "path": finding.path,
        "start_line": finding.start_line,
        "end_line": finding.end_line,
        "kind": finding.kind.value,
        "level": finding.level.value,
        "verdict": finding.verdict.name.lower(),
        "reason": ruling.reason,
        "notes": list(ruling.notes),
        "settled": finding.is_settled,
        "suppressed": finding.suppressed,
        "attributed": finding.attributed,
        "exact_run": finding.exact_run,
        "matched_tokens": finding.matched_tokens,
        "verified": finding.is_verified,
        "renamed": [list(pair) for pair in finding.renamed],
        "text": finding.text,
        "fingerprint": fingerprint_of(finding),
        "sources": [source_record(source) for source in finding.sources],
    }


def source_record(source: CopySource) -> dict[str, Any]:
    """Return a source as JSON takes it."""
    return {
        "name": source.name,
        "version": source.version,
        "kind": source.kind,
        "path": source.path,
        "start_line": source.start_line,
        "end_line": source.end_line,
        "text": source.text,
        "licence": source.licence.expression,
        "confidence": source.licence.confidence.name.lower(),
        "evidence": list(source.licence.evidence),
        "copyrights": list(source.licence.copyrights),
        "verdict": source.ruling.verdict.name.lower(),
        "reason": source.ruling.reason,
        "url": source.url,
        "revision": source.revision,
        "file": source.file,
        "attribution": list(source.attribution.lines),
    }
