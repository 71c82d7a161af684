"""``textDocument/completion`` and its resolve, for clients without inline completions; and what became of suggestions.

Where the client shows ghost text, the list stays empty unless the user wants both, so that nothing shows twice.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.completing import Completing, Cursor
from lsp.convert import offset_of, text_range
from lsp.features.inline_completion import InlineCompletionFeature
from lsp.protocol.completion import (
    ABOUT,
    ACCEPTED,
    ACCEPTED_COMMAND,
    PARTIALLY_ACCEPTED,
    REJECTED,
    SHOWN,
    PartlyAcceptedParams,
    SuggestionNote,
    SuggestionParams,
)
from lsp.settings import CompletionList
from lsp.suggestions import note_of

if TYPE_CHECKING:
    from assistant.completion import Suggestion
    from lsp.server import AssistServer

_KEPT = 200
"""So many of the last suggestions can be asked about."""
_LABEL_CHARS = 80
_TRIGGERS = [".", "(", " "]
_WORD_END = re.compile(r"\w*\Z")


def register(server: AssistServer) -> None:
    """Complete, one way or the other."""
    completing = Completing(server.session)
    inline = InlineCompletionFeature(server, completing)
    server.on(types.TEXT_DOCUMENT_INLINE_COMPLETION, inline.complete, types.InlineCompletionOptions())
    feature = CompletionFeature(server, completing)
    server.session.on_begin(ListOffer(server, feature).begin)
    server.on(types.COMPLETION_ITEM_RESOLVE, feature.resolve)
    server.own(SHOWN, lambda params: completing.happened("shown", params.id))
    server.own(ACCEPTED, lambda params: completing.happened("accepted", params.id))
    server.own(REJECTED, lambda params: completing.happened("rejected", params.id))
    server.own(PARTIALLY_ACCEPTED, feature.partially_accepted)
    server.own(ABOUT, feature.about)
    server.on_command(ACCEPTED_COMMAND, feature.accepted)
    completing.on_suggested(feature.remember)


class ListOffer:
    """Offers lists only where they are wanted: an editor asks for each word, and works for an empty answer, too."""

    def __init__(self, server: AssistServer, feature: CompletionFeature) -> None:
        self._server = server
        self._feature = feature
        self._is_made = False

    def begin(self) -> None:
        """Offer them in the answer to ``initialize``, or once the settings want them where the client can wait."""
        session = self._server.session
        if self._feature.is_wanted or not session.client.registers_completion:
            self._is_made = True
            self._server.on(
                types.TEXT_DOCUMENT_COMPLETION,
                self._feature.complete,
                types.CompletionOptions(trigger_characters=_TRIGGERS, resolve_provider=True),
            )
        else:
            session.on_settings(lambda _: self._settled())

    def _settled(self) -> None:
        if self._is_made or not self._feature.is_wanted:
            return
        self._is_made = True
        self._server.on(types.TEXT_DOCUMENT_COMPLETION, self._feature.complete)
        registration = types.Registration(
            id="assist/completion",
            method=types.TEXT_DOCUMENT_COMPLETION,
            register_options=types.CompletionRegistrationOptions(
                trigger_characters=_TRIGGERS, resolve_provider=True
            ),
        )
        params = types.RegistrationParams(registrations=[registration])
        self._server.protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, params)


class CompletionFeature:
    """Answers requests for lists, and takes in what became of suggestions."""

    def __init__(self, server: AssistServer, completing: Completing) -> None:
        self._session = server.session
        self._completing = completing
        self._last: OrderedDict[str, Suggestion] = OrderedDict()
        self._asked: tuple[str, int] | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether suggestions stand in lists."""
        wanted = self._session.settings.completion.list
        shows_ghost_text = self._session.client.inline_completion
        return wanted is CompletionList.ALWAYS or (wanted is CompletionList.AUTO and not shows_ghost_text)

    async def complete(self, params: types.CompletionParams) -> types.CompletionList:
        """Suggest what comes at a position."""
        uri = params.text_document.uri
        snapshot = self._session.snapshot(uri)
        if not self.is_wanted:
            return types.CompletionList(is_incomplete=False, items=[])
        # Editors send "invoked" for typed words, too; who asks again without having typed has asked by hand.
        context = params.context
        by_character = context is not None and context.trigger_kind != types.CompletionTriggerKind.Invoked
        invoked = not by_character and self._asked == (uri, snapshot.version)
        self._asked = (uri, snapshot.version)
        cursor = self._completing.cursor(uri, offset_of(snapshot, params.position), invoked=invoked)
        found = await self._completing.complete(cursor)
        items = [self._item(cursor, item, number) for number, item in enumerate(found)]
        return types.CompletionList(is_incomplete=True, items=items)

    def resolve(self, item: types.CompletionItem) -> types.CompletionItem:
        """Add the whole text to an item, and what of it is copied."""
        name = _id_in(item.data)
        suggestion = self._last.get(name)
        if suggestion is not None:
            said = [
                f"Copied from {copy.source}, {copy.path}:{copy.source_start_line}-{copy.source_end_line} "
                f"({copy.licence}); your policy: {copy.verdict}."
                for copy in note_of(suggestion).copies
            ]
            code = suggestion.text.strip("\n")
            if self._session.client.markdown_documentation:
                text = "\n\n".join([f"```\n{code}\n```", *said])
                item.documentation = types.MarkupContent(types.MarkupKind.Markdown, text)
            else:
                item.documentation = "\n\n".join([code, *said])
        return item

    def remember(self, suggestion: Suggestion) -> None:
        """Keep a suggestion, so that it can be asked about."""
        self._last[suggestion.id] = suggestion
        self._last.move_to_end(suggestion.id)
        if len(self._last) > _KEPT:
            self._last.popitem(last=False)

    def partially_accepted(self, params: PartlyAcceptedParams) -> None:
        """Note that the beginning of a suggestion was accepted."""
        self._completing.happened("partially_accepted", params.id, len(params.text))

    def accepted(self, note: object = None, *_: object) -> None:
        """Note that a suggestion was accepted, by its command."""
        if name := _id_in(note):
            self._completing.happened("accepted", name)

    def about(self, params: SuggestionParams) -> SuggestionNote | None:
        """Tell of a suggestion."""
        suggestion = self._last.get(params.id)
        return note_of(suggestion) if suggestion is not None else None

    def _item(self, cursor: Cursor, item: Suggestion, number: int) -> types.CompletionItem:
        """Return an item of the list. Clients compare what it replaces with the word before the cursor."""
        line_start = cursor.text.rfind("\n", 0, item.replace_start) + 1
        found = _WORD_END.search(cursor.text, line_start, item.replace_start)
        word = found[0] if found else ""
        first_line, _, rest = item.text.partition("\n")
        label = word + first_line.rstrip()
        note = note_of(item)
        plain = self._session.protocol.plain(note)
        return types.CompletionItem(
            label=(label if len(label) <= _LABEL_CHARS else f"{label[:_LABEL_CHARS]}...") or "...",
            label_details=types.CompletionItemLabelDetails(description=_origin(note)),
            kind=types.CompletionItemKind.Snippet if rest.strip() else types.CompletionItemKind.Text,
            detail=_origin(note),
            sort_text=f"~{number:02}",
            filter_text=label,
            insert_text_format=types.InsertTextFormat.PlainText,
            insert_text_mode=types.InsertTextMode.AsIs,
            text_edit=types.TextEdit(
                text_range(cursor.snapshot, item.replace_start - len(word), item.replace_end),
                word + item.text,
            ),
            command=types.Command("Accepted", ACCEPTED_COMMAND, arguments=[plain]),
            data=plain,
        )


def _origin(note: SuggestionNote) -> str:
    """Say in a word or two where a suggestion is from."""
    source = "this repository" if note.source == "local" else note.source
    return f"{source}, copied" if note.copies else source


def _id_in(data: Any) -> str:  # noqa: ANN401 - what a client sends back
    name = data.get("id") if isinstance(data, dict) else getattr(data, "id", None)
    return name if isinstance(name, str) else ""
