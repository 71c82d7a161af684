"""What the client can do, read once from what it says in ``initialize``."""

from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from lsp.text import PositionEncoding


@dataclass(frozen=True, slots=True)
class Client:
    """The client's name and capabilities; everything that is not said is not there."""

    name: str = ""
    encoding: PositionEncoding = PositionEncoding.UTF16
    pulls_configuration: bool = False
    registers_configuration: bool = False
    registers_watchers: bool = False
    registers_completion: bool = False
    relative_patterns: bool = False
    work_done_progress: bool = False
    status: bool = False
    """Whether it wants ``assist/serverStatus``."""
    applies_edits: bool = False
    versioned_edits: bool = False
    annotates_edits: bool = False
    """Whether it can show an edit and ask before it makes it."""
    markdown_hover: bool = False
    markdown_documentation: bool = False
    pulls_diagnostics: bool = False
    """Whether it asks for diagnostics, and asks anew when it is told that there may be others."""
    refreshes_lenses: bool = False
    inline_completion: bool = False
    hierarchical_symbols: bool = False
    shows_documents: bool = False
    snippets: bool = False

    @classmethod
    def of(cls, params: types.InitializeParams, encoding: PositionEncoding) -> "Client":
        """Read what a client says."""
        said = params.capabilities

        def has(path: str) -> bool:
            return bool(_at(said, path))

        formats = _at(said, "text_document.hover.content_format") or ()
        documentation = _at(said, "text_document.completion.completion_item.documentation_format") or ()
        experimental = said.experimental if isinstance(said.experimental, dict) else {}
        return cls(
            name=params.client_info.name if params.client_info else "",
            encoding=encoding,
            pulls_configuration=has("workspace.configuration"),
            registers_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            registers_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
            registers_completion=has("text_document.completion.dynamic_registration"),
            relative_patterns=has("workspace.did_change_watched_files.relative_pattern_support"),
            work_done_progress=has("window.work_done_progress"),
            status=experimental.get("serverStatusNotification") is not False,
            applies_edits=has("workspace.apply_edit"),
            versioned_edits=has("workspace.workspace_edit.document_changes"),
            annotates_edits=_at(said, "workspace.workspace_edit.change_annotation_support") is not None,
            markdown_hover=types.MarkupKind.Markdown in formats,
            markdown_documentation=types.MarkupKind.Markdown in documentation,
            pulls_diagnostics=has("text_document.diagnostic")
            and has("workspace.diagnostics.refresh_support"),
            refreshes_lenses=has("workspace.code_lens.refresh_support"),
            inline_completion=_at(said, "text_document.inline_completion") is not None,
            hierarchical_symbols=has("text_document.document_symbol.hierarchical_document_symbol_support"),
            shows_documents=has("window.show_document.support"),
            snippets=has("text_document.completion.completion_item.snippet_support"),
        )


def _at(value: Any, path: str) -> Any:  # noqa: ANN401 - any capability
    for name in path.split("."):
        value = getattr(value, name, None)
        if value is None:
            return None
    return value
