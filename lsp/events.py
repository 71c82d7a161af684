"""The events of an answer, from the engine's to the protocol's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.hits import lines_range
from lsp.protocol.answers import (
    AnswerEvent,
    Checked,
    CitationEvent,
    ContextEvent,
    CopiedCodeEvent,
    FlaggedNameEvent,
    FlaggedQuotationEvent,
    NothingFoundEvent,
    Passage,
    TextEvent,
    ThinkingEvent,
    UntrueCitationEvent,
)
from lsp.suggestions import copy_notes
from lsp.workspaces import Namer

if TYPE_CHECKING:
    from assistant.answers.citations import Summary
    from assistant.backends import BackendConfig
    from assistant.context import ContextItem
    from assistant.conversation import Event
    from assistant.privacy import Manifest
    from assistant.recipes.events import ContextGiven as RecipeContext
    from assistant.recipes.events import RecipeEvent
    from assistant.recipes.run import RecipePlan


class Told:
    """Makes what the client is told of what happens. Used by one thread."""

    def __init__(self, config: BackendConfig, namer: Namer) -> None:
        self._config = config
        self._namer = namer

    def event(self, event: Event) -> AnswerEvent | None:
        """Return what the client is told of an event; None for the end, which is the request's answer."""
        from assistant.conversation import events
        from assistant.copies.answers import CopiedCode

        match event:
            case events.ContextGiven():
                return self._context(event)
            case events.NothingFound():
                return NothingFoundEvent(event.statement)
            case events.Thinking():
                return ThinkingEvent(event.text)
            case CopiedCode():
                return CopiedCodeEvent(copy_notes(event.findings))
            case _:
                return checked_event(event, self._namer)

    def _context(self, event: Event) -> ContextEvent:
        from assistant.conversation.events import ContextGiven

        assert isinstance(event, ContextGiven)
        return ContextEvent(
            event.query,
            self._config.name,
            event.model,
            event.endpoint,
            passages_of(event.material.packed.items, self._namer),
            left_out_of(event.manifest),
            dict(event.manifest.redacted),
        )


class RecipeTold:
    """Makes what the client is told while a recipe runs. Used by one thread."""

    def __init__(self, config: BackendConfig, plan: RecipePlan, namer: Namer) -> None:
        self._config, self._plan, self._namer = config, plan, namer

    def event(self, event: RecipeEvent) -> AnswerEvent | None:
        """Return what the client is told of an event; None for the end, which is the request's answer."""
        from assistant.copies.answers import CopiedCode
        from assistant.recipes import events

        match event:
            case events.ContextGiven():
                return self._context(event)
            case events.Thinking():
                return ThinkingEvent(event.text)
            case events.Written():
                return TextEvent(event.text)
            case CopiedCode():
                return CopiedCodeEvent(copy_notes(event.findings))
            case _:
                return checked_event(event, self._namer)

    def _context(self, event: RecipeContext) -> ContextEvent:
        plan = self._plan
        items = [passage.item for passage in plan.gathered.passages]
        return ContextEvent(
            plan.recipe.name,
            self._config.name,
            event.model,
            event.endpoint,
            passages_of(items, self._namer, plan.workspace.root),
            left_out_of(event.manifest),
            dict(event.manifest.redacted),
        )


def passages_of(
    items: Iterable[ContextItem], namer: Namer, workspace: Path | None = None
) -> tuple[Passage, ...]:
    """Return what the client is told of passages that a model is given.

    :param workspace: the folder of those that name none.
    """
    from assistant.context import estimate_tokens

    def uri(item: ContextItem) -> str | None:
        root = item.root if item.root is not None else workspace
        return namer.uri(root, item.path) if root is not None and item.path and item.start_line else None

    return tuple(
        Passage(item.path, item.start_line, item.end_line, estimate_tokens(item.text), item.origin, uri(item))
        for item in items
    )


def left_out_of(manifest: Manifest) -> tuple[str, ...]:
    """Return what may not be sent, each with why."""
    return tuple(f"{item.path or 'a passage'} ({item.reason})" for item in manifest.left_out)


def checked_of(summary: Summary) -> Checked:
    """Return how citations fared."""
    return Checked(summary.checked, summary.true, summary.untrue, summary.flagged)


def checked_event(event: object, namer: Namer) -> AnswerEvent | None:
    """Return what the client is told of a piece of an answer whose citations are checked; None for anything else."""
    from assistant.answers import citations

    match event:
        case citations.TrueCitation():
            uri = namer.uri(event.root, event.path)
            return CitationEvent(event.text, uri, event.path, lines_range(event.start_line, event.end_line))
        case citations.UntrueCitation():
            return UntrueCitationEvent(event.text, event.reason, event.hint)
        case citations.FlaggedIdentifier():
            return FlaggedNameEvent(event.text, event.identifier, event.reason, event.hint)
        case citations.FlaggedQuotation():
            return FlaggedQuotationEvent(event.path, event.line, event.reason)
        case citations.Text():
            return TextEvent(event.text)
        case _:
            return None
