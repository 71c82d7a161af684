"""What an editor is told about a copy: a diagnostic's line, and a hover with both passages.

Pure: a finding in, the protocol's types out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.convert import line_range
from lsp.rpc import AssistProtocol
from lsp.suggestions import copy_note
from lsp.text import TextSnapshot, unit_column
from lsp.uris import uri_of

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding, CopySource

_MOST_LINES = 14
_SEVERITIES = {
    "allow": types.DiagnosticSeverity.Information,
    "review": types.DiagnosticSeverity.Warning,
    "deny": types.DiagnosticSeverity.Error,
}


def is_shown(finding: CopyFinding, *, allowed: bool) -> bool:
    """Tell whether a copy is marked: what nothing settles, and what is allowed but should be given credit."""
    if not finding.is_settled:
        return True
    is_sure = finding.level.value == "warning"
    no_credit = not finding.suppressed and not finding.attributed and finding.source.attribution.needed
    return allowed and is_sure and no_credit


def diagnostic_of(finding: CopyFinding, snapshot: TextSnapshot, protocol: AssistProtocol) -> types.Diagnostic:
    """Return the mark of a copy."""
    source = finding.source
    last = snapshot.line(finding.end_line - 1)
    first = snapshot.line(finding.start_line - 1)
    start = unit_column(first, len(first) - len(first.lstrip()), snapshot.encoding)
    span = types.Range(
        types.Position(finding.start_line - 1, start),
        types.Position(finding.end_line - 1, unit_column(last, len(last), snapshot.encoding)),
    )
    related = None
    if source.file:
        place = types.Location(uri_of(Path(source.file)), line_range(source.start_line, source.end_line))
        related = [types.DiagnosticRelatedInformation(place, f"{source.title}, {source.lines}")]
    page = _page(source)
    is_sure = finding.level.value == "warning"
    return types.Diagnostic(
        range=span,
        message=_message(finding),
        severity=_SEVERITIES[finding.verdict.name.lower()]
        if is_sure
        else types.DiagnosticSeverity.Information,
        code="copied-code" if is_sure else "similar-code",
        code_description=types.CodeDescription(page) if page else None,
        source="assist",
        related_information=related,
        data=protocol.plain(copy_note(finding)),
    )


def hover_of(finding: CopyFinding, language_id: str, *, markdown: bool) -> str:
    """Return what is shown of a copy: whose it is, the verdict, and both passages."""
    source = finding.source
    ours = f"Here, lines {finding.start_line}-{finding.end_line}"
    theirs = f"{source.title}, {source.lines}"
    parts = [f"**{_message(finding)}**" if markdown else _message(finding)]
    for title, text in ((theirs, source.text), (ours, finding.text)):
        if not text:
            continue
        shown = _shortened(text)
        parts.append(f"{title}\n\n{_fenced(shown, language_id)}" if markdown else f"{title}\n{shown}")
    if finding.renamed:
        pairs = ", ".join(f"{theirs} → {ours}" for ours, theirs in finding.renamed[:4])
        parts.append(f"Renamed: {pairs}")
    return "\n\n".join(parts)


def _message(finding: CopyFinding) -> str:
    source = finding.source
    relation = "Copied from" if finding.level.value == "warning" else "Much like"
    verdict = finding.verdict.name.lower()
    said = f"{relation} {source.title} ({_licence(source)}), {source.lines}. Your policy: {verdict}"
    reason = finding.ruling.reason
    if not finding.is_verified:
        said = said.replace(
            source.lines, f"{source.lines} or about there (by fingerprints: its text is not stored)"
        )
    said += f" ({reason})." if reason else "."
    if verdict == "allow":
        said += " The licence asks for credit."
    return said


def _licence(source: CopySource) -> str:
    if source.licence.expression == "NOASSERTION":
        return "licence not known"
    expression = source.licence.expression.replace("AND LicenseRef-unknown", "and a part that is not known")
    return expression if source.licence.confidence.name == "SURE" else f"{expression}, not certain"


def _page(source: CopySource) -> str:
    """Return an address that says more: of the licence if it is one, else of the source."""
    expression = source.licence.expression
    if source.licence.known and " " not in expression and not expression.startswith("LicenseRef"):
        return f"https://spdx.org/licenses/{expression.rstrip('+')}.html"
    return source.url if source.url.startswith(("https://", "http://")) else ""


def _shortened(text: str) -> str:
    lines = text.split("\n")
    rest = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], f"... {rest} more lines"] if rest > 1 else lines)


def _fenced(text: str, language_id: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language_id}\n{text}\n{fence}"
