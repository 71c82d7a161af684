"""``textDocument/codeAction`` and ``codeLens``: explain, repair, document or test what is selected; settle copies.

Actions are commands that run a recipe when they are chosen, so that offering them costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp.convert import lines_of
from lsp.features.copies import CopyFeature
from lsp.protocol.recipes import RUN_COMMAND
from lsp.settings import EditorSettings
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.engine import Engine
    from lsp.server import AssistServer

_KINDS = ("function", "method", "constructor", "class", "interface", "struct", "trait")
_MOST_LENSES = 200
_REWRITE = types.CodeActionKind.RefactorRewrite
_ACTIONS: tuple[tuple[str, str, types.CodeActionKind | str], ...] = (
    ("explain", "Explain", "assist.explain"),
    ("fix", "Find and repair a defect", _REWRITE),
    ("docstring", "Document", _REWRITE),
    ("test", "Write tests", "refactor.assist.test"),
)
_MESSAGES = 5


def register(server: AssistServer) -> None:
    """Offer what can be done."""
    copies = CopyFeature(server)
    copies.register(server)
    feature = ActionFeature(server, copies)
    kinds = [types.CodeActionKind.QuickFix, *(kind for _, _, kind in _ACTIONS)]
    server.on(
        types.TEXT_DOCUMENT_CODE_ACTION, feature.actions, types.CodeActionOptions(list(dict.fromkeys(kinds)))
    )
    server.on(types.TEXT_DOCUMENT_CODE_LENS, feature.lenses, types.CodeLensOptions(resolve_provider=False))


class ActionFeature:
    """Offers actions and lenses."""

    def __init__(self, server: AssistServer, copies: CopyFeature) -> None:
        self._session = server.session
        self._copies = copies
        self._shows_lenses = False
        server.session.on_settings(self._settings_changed)

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return what can be done with some lines."""
        uri, span, context = params.text_document.uri, params.range, params.context
        snapshot = self._session.snapshot(uri)
        place = self._session.workspaces.locate(uri)
        first, last = lines_of(span)
        found = self._copies.actions(uri, first, last)
        # A lamp on every line that the cursor comes to would be a nuisance; who asks, or selects, gets them.
        asked = context.trigger_kind == types.CodeActionTriggerKind.Invoked
        others = [item for item in context.diagnostics if item.source != "assist"]
        if place is not None and others:
            found.append(self._repair(uri, span, others))
        if place is not None and snapshot.text and (asked or span.start != span.end):
            found += [self._recipe(uri, span, recipe, title, kind) for recipe, title, kind in _ACTIONS]
        return [item for item in found if _is_wanted(item.kind, context.only)]

    async def lenses(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        """Return lenses above definitions, if the user wants them."""
        session, uri = self._session, params.text_document.uri
        snapshot = session.snapshot(uri)
        if not session.settings.code_lens.enabled or session.workspaces.locate(uri) is None:
            return []

        def work(_: Engine, token: CancelToken) -> list[tuple[int, int]]:
            from indexer.chunking import parse_source
            from indexer.languages import language_of

            data = snapshot.text.encode("utf-8", "replace")
            token.check()
            parsed = parse_source(data, language_of(uri.rpartition("/")[2], data[:4096]))
            named = [item for item in parsed.definitions if item.kind in _KINDS]
            return [(item.name_line, item.end_line) for item in named[:_MOST_LENSES]]

        places = await session.in_thread(work)
        session.require_current(snapshot)
        lenses = []
        for line, _ in places:
            at = types.Position(line - 1, 0)
            span = types.Range(at, at)
            for recipe, title in (("explain", "Explain"), ("test", "Write tests")):
                lenses.append(types.CodeLens(span, _command(title, recipe, uri, span)))
        return lenses

    def _recipe(
        self, uri: str, span: types.Range, recipe: str, title: str, kind: types.CodeActionKind | str
    ) -> types.CodeAction:
        return types.CodeAction(title, kind, command=_command(title, recipe, uri, span))

    def _repair(self, uri: str, span: types.Range, problems: Sequence[types.Diagnostic]) -> types.CodeAction:
        """Return the repair of what other tools have found."""
        messages = [item.message.strip().split("\n")[0] for item in problems[:_MESSAGES]]
        title = f"Repair: {messages[0][:60]}"
        command = _command(title, "fix", uri, span, "\n".join(messages))
        return types.CodeAction(title, types.CodeActionKind.QuickFix, list(problems), command=command)

    def _settings_changed(self, settings: EditorSettings) -> None:
        shows = settings.code_lens.enabled
        if shows != self._shows_lenses and self._session.client.refreshes_lenses:
            self._session.protocol.send_request(types.WORKSPACE_CODE_LENS_REFRESH)
        self._shows_lenses = shows


def _command(title: str, recipe: str, uri: str, span: types.Range, instruction: str = "") -> types.Command:
    ends = {
        name: {"line": end.line, "character": end.character}
        for name, end in (("start", span.start), ("end", span.end))
    }
    argument: dict[str, Any] = {"recipe": recipe, "selection": {"uri": uri, "range": ends}}
    if instruction:
        argument["instruction"] = instruction
    return types.Command(title, RUN_COMMAND, arguments=[argument])


def _is_wanted(kind: object, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    if not only:
        return True
    said = str(getattr(kind, "value", kind))
    wanted = [str(getattr(item, "value", item)) for item in only]
    return any(said == item or said.startswith(f"{item}.") or not item for item in wanted)
