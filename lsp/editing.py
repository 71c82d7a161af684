"""Proposed changes of a session: told to the client, checked against what the file is now, made by the editor.

The editor makes every change (``workspace/applyEdit``), so that it can be undone there and nothing is saved unasked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.convert import text_range
from lsp.errors import ErrorCode, LspError
from lsp.proposals import Proposal, Proposals, Replacement, propose
from lsp.protocol.edits import EditApplied, EditHunk, EditProposal
from lsp.protocol.places import Position, Range
from lsp.session import Session
from lsp.suggestions import copy_notes
from lsp.tasks import CancelToken
from lsp.text import TextSnapshot, split_keeping_ends

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding

_PREVIEW = "assist"


class Editing:
    """The proposals of a session. Belongs to the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.proposals = Proposals()

    async def propose(
        self,
        root: Path,
        path: str,
        old: str | None,
        new: str,
        snapshot: TextSnapshot | None,
        diff: str = "",
        command: str = "",
        notes: Sequence[str] = (),
    ) -> EditProposal:
        """Keep a change as a proposal.

        :param snapshot: the open document that it was made for, if it is open.
        """
        uri = snapshot.uri if snapshot is not None else self._uri(root, path)
        proposal = self.proposals.add(propose(root, path, uri, old, new))
        text = self._snapshot_of(old or "")
        hunks = tuple(
            EditHunk(number, _range(text, item), (old or "")[item.start : item.end], item.text)
            for number, item in enumerate(proposal.replacements_in_old(range(len(proposal.hunks))))
        )
        copies = copy_notes(await self._copies(proposal))
        version = snapshot.version if snapshot is not None else None
        return EditProposal(
            proposal.id, proposal.uri, path, old is None, hunks, diff, version, command, copies, tuple(notes)
        )

    async def apply(self, name: str, hunks: Sequence[int] | None, *, preview: bool = False) -> EditApplied:
        """Have the editor make a change, or some hunks of it.

        :raises LspError: if the proposal or a hunk is not known, or the file is not any more what it was made for.
        """
        proposal = self.proposals.get(name)
        if proposal is None:
            raise LspError(f'no proposal "{name}" is known any more; have the change proposed again')
        chosen = set(proposal.open_hunks if hunks is None else hunks)
        if wrong := sorted(chosen.difference(proposal.open_hunks)):
            raise LspError(f"the proposal has no hunk {wrong[0]} that is left", ErrorCode.INVALID_PARAMS)
        if not chosen:
            return EditApplied(False, (), "everything was accepted already")
        if not self._session.client.applies_edits:
            raise LspError("this editor makes no edits for servers; apply the hunks of the proposal there")
        expected = proposal.expected()
        snapshot = self._session.documents.snapshot(proposal.uri)
        now = snapshot.text if snapshot is not None else await self._on_disk(proposal)
        if now != expected:
            what = "is there already" if expected is None else "has changed since the edit was proposed"
            raise LspError(f"{proposal.path} {what}; have it proposed again")
        if snapshot is not None:
            self._session.require_current(snapshot)
        edit = self._workspace_edit(
            proposal, proposal.replacements(chosen), expected, snapshot, preview=preview
        )
        answer = await self._applied(edit, f"assist: {proposal.path}")
        if answer.applied:
            proposal.accepted |= chosen
            if not proposal.open_hunks:
                self.proposals.remove(name)
        return EditApplied(answer.applied, proposal.open_hunks, answer.failure_reason or "")

    def _uri(self, root: Path, path: str) -> str:
        """Return a file's address: the one that it is open under, which the editor may write in its own way."""
        workspaces = self._session.workspaces
        for document in self._session.documents:
            place = workspaces.locate(document.uri)
            if place is not None and (place.folder.root, place.path) == (root, path):
                return document.uri
        return workspaces.uri(root, path)

    async def _applied(self, edit: types.WorkspaceEdit, label: str) -> types.ApplyWorkspaceEditResult:
        params = types.ApplyWorkspaceEditParams(edit=edit, label=label)
        request = self._session.protocol.send_request(types.WORKSPACE_APPLY_EDIT, params)
        answer: types.ApplyWorkspaceEditResult = await asyncio.wrap_future(request)
        return answer

    def _workspace_edit(
        self,
        proposal: Proposal,
        replacements: Sequence[Replacement],
        expected: str | None,
        snapshot: TextSnapshot | None,
        *,
        preview: bool,
    ) -> types.WorkspaceEdit:
        client = self._session.client
        text = snapshot if snapshot is not None else self._snapshot_of(expected or "")
        asks = preview and client.annotates_edits
        plain = [types.TextEdit(text_range(text, item.start, item.end), item.text) for item in replacements]
        if not client.versioned_edits:
            if expected is None:
                raise LspError(
                    "this editor creates no files for servers; create the file from the proposal there"
                )
            return types.WorkspaceEdit(changes={proposal.uri: plain})
        edits: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
            types.AnnotatedTextEdit(_PREVIEW, item.range, item.new_text) if asks else item for item in plain
        ]
        identifier = types.OptionalVersionedTextDocumentIdentifier(
            proposal.uri, snapshot.version if snapshot is not None else None
        )
        changes: list[types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile] = []
        if expected is None:
            changes.append(
                types.CreateFile(uri=proposal.uri, options=types.CreateFileOptions(overwrite=False))
            )
        changes.append(types.TextDocumentEdit(identifier, edits))
        annotation = types.ChangeAnnotation("assist", needs_confirmation=True, description=proposal.path)
        return types.WorkspaceEdit(
            document_changes=changes, change_annotations={_PREVIEW: annotation} if asks else None
        )

    async def _on_disk(self, proposal: Proposal) -> str | None:
        """Return a file's text; None if there is no such file."""

        def work(_: CancelToken) -> str | None:
            from assistant.recipes.targets import read_target

            file = proposal.root / proposal.path
            if not file.exists():
                return None
            from indexer.discovery import DiscoveryRules

            return read_target(proposal.root, proposal.path, DiscoveryRules()).text

        return await self._session.tasks.in_thread(work)

    async def _copies(self, proposal: Proposal) -> tuple[CopyFinding, ...]:
        """Return what is copied in the lines that a change brings."""
        session = self._session
        session.copies.roots = session.workspaces.roots
        lines = _new_lines(proposal)
        file = str(proposal.root / proposal.path)

        def work(_: CancelToken) -> tuple[CopyFinding, ...]:
            return tuple(session.copies.check(proposal.new, file, lines))

        return await session.tasks.in_thread(work) if lines else ()

    def _snapshot_of(self, text: str) -> TextSnapshot:
        return TextSnapshot("", 0, "", split_keeping_ends(text), self._session.client.encoding)


def _range(text: TextSnapshot, item: Replacement) -> Range:
    start, end = text.position(item.start), text.position(item.end)
    return Range(Position(*start), Position(*end))


def _new_lines(proposal: Proposal) -> list[int]:
    """Return the lines, from 1, of the new text that the hunks bring."""
    found: list[int] = []
    shift = 0
    for hunk in proposal.hunks:
        count = len(split_keeping_ends(hunk.text)) - (hunk.text == "" or hunk.text.endswith("\n"))
        first = hunk.first + shift + 1
        found += range(first, first + count)
        shift += count - (hunk.last - hunk.first)
    return found
