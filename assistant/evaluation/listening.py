"""Follows an answer while it streams, and makes an outcome of what came, complete or not."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from assistant import conversation
from assistant.answers.citations import TrueCitation, UntrueCitation
from assistant.backends import Usage
from assistant.conversation import Event, NothingFound
from assistant.evaluation.model import Citation, Exit, Outcome
from assistant.recipes import events as recipe_events
from assistant.recipes.events import RecipeEvent, Refused

_LONGEST_ANSWER = 400_000
"""Characters; a model that repeats itself for ever is stopped there."""
_NO_ANSWER = (
    conversation.ContextGiven,
    conversation.Thinking,
    recipe_events.ContextGiven,
    recipe_events.Thinking,
)


@dataclass(slots=True)
class Listener:
    """What a backend has said so far."""

    model: str
    started_s: float
    error: str = ""
    found: bool = True
    first_ms: float | None = None
    usage: Usage | None = None
    chars: int = 0
    texts: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    async def follow(self, events: AsyncIterator[Event | RecipeEvent]) -> None:
        """Read the events of a turn or of a recipe."""
        async for event in events:
            if isinstance(event, conversation.Finished | recipe_events.Finished):
                self._finished(event)
            elif isinstance(event, NothingFound):
                self.found = False
            elif not isinstance(event, _NO_ANSWER):
                self._said(event, event.text)
            if self.chars > _LONGEST_ANSWER:
                self.error = f"stopped after {_LONGEST_ANSWER:,} characters; set max_tokens for this backend"
                return

    def _finished(self, event: conversation.Finished | recipe_events.Finished) -> None:
        self.usage = event.usage
        if not event.answer.strip():
            self.error = f"the model said nothing (it ended with {event.finish_reason})"
        elif isinstance(event, recipe_events.Finished) and isinstance(event.result, Refused):
            self.error = f"the answer cannot be used: {' '.join(event.result.reason.split())}"

    def _said(self, event: object, text: str) -> None:
        if self.first_ms is None and text:
            self.first_ms = self._elapsed_ms()
        self.texts.append(text)
        self.chars += len(text)
        if isinstance(event, TrueCitation):
            lines = (event.start_line, event.end_line)
            self.citations.append(Citation(event.text, True, event.path, *lines))
        elif isinstance(event, UntrueCitation):
            self.citations.append(Citation(event.text, False, reason=event.reason))

    def outcome(self) -> Outcome:
        """Return it as an outcome; its time ends now."""
        return Outcome(
            text="".join(self.texts),
            citations=tuple(self.citations),
            first_token_ms=self.first_ms,
            total_ms=self._elapsed_ms(),
            prompt_tokens=self.usage.prompt_tokens if self.usage else None,
            completion_tokens=self.usage.completion_tokens if self.usage else None,
            error=self.error,
            exit=Exit.FAILED if self.error else Exit.ANSWERED if self.found else Exit.NOT_FOUND,
            model=self.model,
        )

    def _elapsed_ms(self) -> float:
        return 1000 * (time.perf_counter() - self.started_s)
