"""``textDocument/inlineCompletion``: what the user is about to write, shown as ghost text.

An item's command tells the server that it was accepted; its argument says where the text is from and what of it is
copied, since an item has no room for either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.completing import Completing, Cursor
from lsp.convert import offset_of, text_range
from lsp.protocol.completion import ACCEPTED_COMMAND
from lsp.suggestions import note_of

if TYPE_CHECKING:
    from assistant.completion import Suggestion
    from lsp.server import AssistServer


class InlineCompletionFeature:
    """Answers requests for ghost text."""

    def __init__(self, server: AssistServer, completing: Completing) -> None:
        self._session = server.session
        self._completing = completing

    async def complete(self, params: types.InlineCompletionParams) -> list[types.InlineCompletionItem]:
        """Suggest what comes at a position; nothing if the text has changed meanwhile."""
        uri, context = params.text_document.uri, params.context
        snapshot = self._session.snapshot(uri)
        offset = offset_of(snapshot, params.position)
        invoked = context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        selected = context.selected_completion_info
        if selected is None:
            cursor = self._completing.cursor(uri, offset, invoked=invoked)
            return [self._item(cursor, item) for item in await self._completing.complete(cursor)]
        # A list of completions is open: only what goes on after its selected entry can be shown beside it.
        start, end = sorted(
            (offset_of(snapshot, selected.range.start), offset_of(snapshot, selected.range.end))
        )
        text = snapshot.text[:start] + selected.text + snapshot.text[end:]
        after = start + len(selected.text)
        cursor = self._completing.cursor(uri, after, invoked=invoked, text=text)
        found = await self._completing.complete(cursor)
        return [self._item(cursor, item, start, selected.text, end - after) for item in found]

    def _item(
        self, cursor: Cursor, item: Suggestion, start: int | None = None, before: str = "", shift: int = 0
    ) -> types.InlineCompletionItem:
        """Return an item for a suggestion.

        :param start: where its range begins, if not where the suggestion's does; ``before``: the text from there on.
        :param shift: from offsets of what is completed to those of the document.
        """
        first = item.replace_start if start is None else start
        command = types.Command(
            "Accepted", ACCEPTED_COMMAND, arguments=[self._session.protocol.plain(note_of(item))]
        )
        return types.InlineCompletionItem(
            insert_text=before + item.text,
            range=text_range(cursor.snapshot, first, item.replace_end + shift),
            command=command,
        )
