"""What a client is told about a suggestion: where it is from, and what of it is copied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp.protocol.completion import SuggestionNote
from lsp.protocol.copies import CopyLevel, CopyNote, CopyVerdict
from lsp.uris import uri_of

if TYPE_CHECKING:
    from assistant.completion import Suggestion
    from assistant.copies.model import CopyFinding


def note_of(suggestion: Suggestion) -> SuggestionNote:
    """Return the note of a suggestion."""
    copies: Any = suggestion.copies  # as the session's checker gives them
    return SuggestionNote(suggestion.id, suggestion.source, copy_notes(copies))


def copy_notes(findings: tuple[CopyFinding, ...]) -> tuple[CopyNote, ...]:
    """Return what is to be said about copied passages: those that nothing settles, surest first."""
    shown = [finding for finding in findings if not finding.is_settled]
    return tuple(
        copy_note(finding) for finding in sorted(shown, key=lambda finding: finding.level != "warning")
    )


def copy_note(finding: CopyFinding) -> CopyNote:
    """Return what is to be said about one copied passage."""
    source = finding.source
    return CopyNote(
        finding.start_line,
        finding.end_line,
        source.title,
        source.path,
        source.start_line,
        source.end_line,
        source.licence.expression,
        CopyVerdict(finding.verdict.name.lower()),
        CopyLevel(finding.level.value),
        finding.ruling.reason,
        uri_of(Path(source.file)) if source.file else "",
        source.text,
    )
