"""Copied code: diagnostics (sent or asked for), a hover with both passages, and what can be done about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.convert import line_range
from lsp.copy_marks import CopyMarks, Marked, overlapping
from lsp.copy_words import diagnostic_of, hover_of, is_shown
from lsp.corpora import Corpora
from lsp.errors import ErrorCode, LspError
from lsp.protocol.copies import SHOW_SOURCE_COMMAND
from lsp.settings import EditorSettings
from lsp.text import Document, TextSnapshot
from lsp.uris import path_of, uri_of

if TYPE_CHECKING:
    from assistant.copies.fixes import Edit
    from assistant.copies.model import CopyFinding
    from lsp.server import AssistServer

_REASON = "reviewed and accepted"
_POLICY_FILES = ("/assist.toml", "/.assist-copies-baseline.json")
_IDENTIFIER = "assist-copies"


class CopyFeature:
    """Tells of copied code."""

    def __init__(self, server: AssistServer) -> None:
        self._session = server.session
        self._marks = CopyMarks(server.session, self._publish)
        self._corpora = Corpora(server.session, self._refresh)
        server.session.on_settings(self._settings_changed)
        server.session.documents.listen(saved=self._saved, closed=self._closed)

    def register(self, server: AssistServer) -> None:
        """Answer requests about copied code."""
        options = types.DiagnosticOptions(
            identifier=_IDENTIFIER, inter_file_dependencies=False, workspace_diagnostics=False
        )
        server.session.on_begin(lambda: self._offer(server, options))
        server.on(types.TEXT_DOCUMENT_HOVER, self.hover)
        server.on_command(SHOW_SOURCE_COMMAND, self.show_source)

    def _offer(self, server: AssistServer, options: types.DiagnosticOptions) -> None:
        if self._session.client.pulls_diagnostics:
            server.on(types.TEXT_DOCUMENT_DIAGNOSTIC, self.diagnostics, options)

    async def diagnostics(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        """Return the copies in a document."""
        snapshot = self._session.snapshot(params.text_document.uri)
        await self._marks.rested(snapshot.uri)
        self._session.require_current(snapshot)
        marked = await self._marks.marks(snapshot)
        self._session.require_current(snapshot)
        name = str(marked.number)
        if params.previous_result_id == name:
            return types.RelatedUnchangedDocumentDiagnosticReport(name)
        return types.RelatedFullDocumentDiagnosticReport(self._diagnostics(marked), result_id=name)

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Show both passages of a copy."""
        line = params.position.line + 1
        found = self._shown_at(params.text_document.uri, line, line)
        if not found:
            return None
        snapshot = self._session.snapshot(params.text_document.uri)
        markdown = self._session.client.markdown_hover
        kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
        text = "\n\n".join(hover_of(one, snapshot.language_id, markdown=markdown) for one in found)
        return types.Hover(
            types.MarkupContent(kind, text), line_range(found[0].start_line, found[0].end_line)
        )

    def actions(self, uri: str, first_line: int, last_line: int) -> list[types.CodeAction]:
        """Return what can be done about the copies in some lines, counted from 1."""
        found = self._shown_at(uri, first_line, last_line)
        if not found:
            return []
        from assistant.copies.fixes import attribution_edit, suppression_edit

        snapshot = self._session.snapshot(uri)
        actions = []
        for one in found:
            source = one.source
            mark = [self._diagnostic(snapshot, one)]
            if source.file and Path(source.file).is_file():
                place = {
                    "uri": uri_of(Path(source.file)),
                    "startLine": source.start_line,
                    "endLine": source.end_line,
                }
                title = f"Show the source: {source.title}, {source.lines}"
                command = types.Command(title, SHOW_SOURCE_COMMAND, arguments=[place])
                actions.append(types.CodeAction(title, types.CodeActionKind.QuickFix, mark, command=command))
            edits = [suppression_edit(snapshot.text, one, _REASON)]
            if source.licence.known:
                edits.insert(0, attribution_edit(snapshot.text, one))
            actions += [
                types.CodeAction(
                    edit.title, types.CodeActionKind.QuickFix, mark, edit=self._workspace_edit(snapshot, edit)
                )
                for edit in edits
            ]
        return actions

    async def show_source(self, *arguments: object) -> bool:
        """Open the file that a passage was copied from."""
        place = arguments[0] if len(arguments) == 1 else None
        said = place if isinstance(place, dict) else getattr(place, "_asdict", dict)()
        uri, start, end = said.get("uri"), said.get("startLine"), said.get("endLine")
        if not isinstance(uri, str) or not isinstance(start, int) or not isinstance(end, int):
            raise LspError(
                f"{SHOW_SOURCE_COMMAND} takes uri, startLine and endLine", ErrorCode.INVALID_PARAMS
            )
        file = path_of(uri)
        if file is None or not file.is_file():
            raise LspError(
                f"{uri} is not there any more; `assist corpus update` brings the corpora up to date"
            )
        if not self._session.client.shows_documents:
            raise LspError(f"this editor opens no files for servers; open {file}, line {start}")
        params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=line_range(start, end))
        self._session.protocol.send_request(types.WINDOW_SHOW_DOCUMENT, params)
        return True

    def _shown_at(self, uri: str, first_line: int, last_line: int) -> list[CopyFinding]:
        marked = self._marks.known(uri)
        return overlapping(self._shown(marked), first_line, last_line) if marked is not None else []

    def _shown(self, marked: Marked) -> list[CopyFinding]:
        settings = self._session.settings.copies
        return [one for one in marked.findings if is_shown(one, allowed=settings.allowed)]

    def _diagnostics(self, marked: Marked) -> list[types.Diagnostic]:
        return [self._diagnostic(marked.snapshot, one) for one in self._shown(marked)]

    def _diagnostic(self, snapshot: TextSnapshot, finding: CopyFinding) -> types.Diagnostic:
        return diagnostic_of(finding, snapshot, self._session.protocol)

    def _publish(self, marked: Marked) -> None:
        snapshot = marked.snapshot
        params = types.PublishDiagnosticsParams(snapshot.uri, self._diagnostics(marked), snapshot.version)
        self._session.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _closed(self, document: Document) -> None:
        if not self._session.client.pulls_diagnostics:
            params = types.PublishDiagnosticsParams(document.uri, [])
            self._session.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _refresh(self) -> None:
        """Have everything checked anew."""
        self._marks.refresh()
        if self._session.client.pulls_diagnostics:
            self._session.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    def _settings_changed(self, settings: EditorSettings) -> None:
        if settings.copies.enabled:
            self._refresh()
        elif not self._session.client.pulls_diagnostics:
            for document in self._session.documents:
                self._closed(document)

    def _saved(self, document: Document) -> None:
        """Judge anew when a policy, or what was accepted before, has changed."""
        if document.uri.endswith(_POLICY_FILES):
            self._session.tasks.start(self._forget(), "reading policies")

    async def _forget(self) -> None:
        await self._session.tasks.in_thread(lambda _: self._session.copies.checker().forget())
        self._refresh()

    def _workspace_edit(self, snapshot: TextSnapshot, edit: Edit) -> types.WorkspaceEdit:
        at = types.Position(edit.line - 1, 0)
        made = types.TextEdit(types.Range(at, at), edit.text)
        if not self._session.client.versioned_edits:
            return types.WorkspaceEdit(changes={snapshot.uri: [made]})
        identifier = types.OptionalVersionedTextDocumentIdentifier(snapshot.uri, snapshot.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, [made])])
