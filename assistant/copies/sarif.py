"""Findings as SARIF 2.1.0, as code-scanning services take it: a rule a kind of finding, sources as related places.

A source lies outside of the repository that is checked, so its place is told in words and its passage is a snippet; no
path of this machine goes into the file.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from assistant import __version__
from assistant.copies.baseline import fingerprint_of
from assistant.copies.model import CopyFinding, CopyKind, CopyLevel, CopySource
from assistant.copies.policy import Verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HELP = "https://spdx.org/licenses/"
"""What the identifiers in the messages stand for."""
_RULES = (
    (
        "copied-code",
        "CopiedCode",
        "Code is copied from elsewhere",
        "Written alike, word for word, in another project.",
    ),
    (
        "renamed-copy",
        "RenamedCopy",
        "Code may be copied from elsewhere",
        "The same as in another project but for names or some changed lines.",
    ),
    (
        "duplicate",
        "RepeatedCode",
        "Code stands elsewhere in your own repositories",
        "A new passage that repeats one of your own.",
    ),
)
_NUMBERS = {rule[0]: number for number, rule in enumerate(_RULES)}


def sarif_log(findings: Sequence[CopyFinding]) -> dict[str, Any]:
    """Return a log with one run. Paths are relative to the repository's top folder, ``%SRCROOT%``."""
    driver = {
        "name": "assist check-copies",
        "semanticVersion": __version__,
        "rules": [_rule(*rule) for rule in _RULES],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The repository's top folder."}}},
        "results": [_result(finding) for finding in findings],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(identifier: str, name: str, short: str, full: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "helpUri": _HELP,
        "help": {
            "text": "Keep it with the credit that its licence asks for (`assist copies attribute FILE:LINE`), write it "
            "anew, or accept it with a comment `assist: copied-ok <reason>`."
        },
        "defaultConfiguration": {"level": "warning" if identifier == "copied-code" else "note"},
        "properties": {"tags": ["licensing", "maintainability"], "precision": "high"},
    }


def _result(finding: CopyFinding) -> dict[str, Any]:
    rule = _rule_of(finding)
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": _NUMBERS[rule],
        "level": _level(finding),
        "message": {"text": _message(finding)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.path), "uriBaseId": "%SRCROOT%"},
                    "region": {
                        "startLine": finding.start_line,
                        "endLine": finding.end_line,
                        "snippet": {"text": finding.text},
                    },
                }
            }
        ],
        "relatedLocations": [_related(number, source) for number, source in enumerate(finding.sources, 1)],
        "partialFingerprints": {"copiedPassage/v1": fingerprint_of(finding)},
        "properties": {
            "verdict": finding.verdict.name.lower(),
            "licence": finding.source.licence.expression,
            "matchedTokens": finding.matched_tokens,
            "exactRun": finding.exact_run,
            "verified": finding.is_verified,
        },
    }
    if finding.suppressed:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.suppressed}]
    return result


def _rule_of(finding: CopyFinding) -> str:
    if finding.kind is CopyKind.DUPLICATE:
        return "duplicate"
    return "copied-code" if finding.level is CopyLevel.WARNING else "renamed-copy"


def _level(finding: CopyFinding) -> str:
    if finding.is_settled or finding.level is CopyLevel.HINT:
        return "note"
    return "error" if finding.verdict is Verdict.DENY else "warning"


def _message(finding: CopyFinding) -> str:
    source = finding.source
    if finding.kind is CopyKind.DUPLICATE:
        return f"Repeats {source.lines} of {source.title}."
    like = "Copied from" if finding.level is CopyLevel.WARNING else "Much like"
    return f"{like} {source.title} ({source.licence.expression}), {source.lines}. {finding.ruling.reason}."


def _related(number: int, source: CopySource) -> dict[str, Any]:
    said = f"{source.title} ({source.licence.expression}), {source.lines}"
    return {
        "id": number,
        "message": {"text": said},
        "physicalLocation": {
            "artifactLocation": {"uri": quote(f"{source.title}/{source.path}")},
            "region": {
                "startLine": source.start_line,
                "endLine": source.end_line,
                "snippet": {"text": source.text},
            },
        },
    }
