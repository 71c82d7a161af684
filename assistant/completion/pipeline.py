"""From a cursor to suggestions: trigger rules, cache, the local completer and the model, the check for copied code.

The local completer answers in milliseconds, the model in its own time. Both are asked; what is shown is decided so:

* No model, or one that failed a short while ago: the local completer's suggestions.
* The local completer is silent: the model's, whenever they come.
* Both could answer: the model is waited for as long as it is expected within ``patience_ms`` of the keystroke; if it
  comes in time, its suggestions stand before the local ones. Otherwise the local ones are shown at once, and the
  model's answer goes to the cache, where the next keystroke along it finds it.

A document has one request in flight. A newer one, an edit or the cancelling of the task that awaits
:meth:`CompletionPipeline.complete` ends it and closes the model's connection; an edit spares what nobody waits for.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.completion.cache import SuggestionCache
from assistant.completion.candidates import anchored, merged
from assistant.completion.feedback import Feedback, Outcome, Tally
from assistant.completion.flights import Flight, Flights
from assistant.completion.model import (
    CompletionRequest,
    CopyCheck,
    LocalSource,
    Suggestion,
    Trigger,
)
from assistant.completion.options import CompletionOptions
from assistant.completion.place import Place, place_of
from assistant.completion.timing import Debounce
from assistant.completion.triggers import refusal
from assistant.engine import Engine
from assistant.errors import AssistError

if TYPE_CHECKING:
    # Importing these loads httpx, which takes as long as a local completion; they are needed when a model is asked.
    from assistant.completion.asking.source import ModelSource
    from assistant.models import Models

_LOG = logging.getLogger(__name__)
_LEAST_CHECKED_CHARS = 60
"""A shorter suggestion holds no passage that could be called copied."""
_CANDIDATES_S = 3.0
"""After so long no further candidate is asked for."""
_OPENING_S = 0.5
"""Loading what speaks HTTP takes about so long: more than a suggestion that is there already should wait."""


class CompletionPipeline:
    """Suggests what comes at a cursor. Belongs to one event loop; close it.

    :param engine: gives the indexes that related code is taken from; None does without.
    :param models: makes the configured models, in a thread when a model is first wanted; None: no model is asked.
    :param local: gives the local completer of a folder, if there is one yet.
    :param checker: finds copied code; its findings go with the suggestion and never hide it.
    """

    def __init__(
        self,
        engine: Engine | None,
        models: "Callable[[], Models | None] | None",
        options: CompletionOptions,
        local: Callable[[Path], LocalSource | None] | None = None,
        checker: CopyCheck | None = None,
    ) -> None:
        self.options = options
        self._engine = engine
        self._models = models
        self._local = local
        self._checker = checker
        self._cache = SuggestionCache()
        self._flights = Flights()
        self._feedback = Feedback()
        self._debounce = Debounce()
        self._source: ModelSource | None = None
        self._opening: asyncio.Task[None] | None = None
        self._no_model = ""

    @property
    def problem(self) -> str:
        """Why no model answers at present, for the user; empty if one does or none is configured."""
        return self._no_model or (self._source.problem if self._source else "")

    async def complete(self, request: CompletionRequest) -> list[Suggestion]:
        """Return suggestions, best first. Cancelling the task ends the model's request too."""
        now_s = time.monotonic()
        automatic = request.trigger is Trigger.AUTOMATIC
        place = place_of(request)
        if refusal(request, place, self.options) is not None:
            self._flights.abandon((request.root, request.path))
            return []
        known = self._cache.get(request) if automatic else None
        if known is None:
            local = await self._local_suggestions(request)
            known = await self._with_model(request, place, local, now_s)
            if known:
                self._cache.put(request, known)
        offered = [item for item in known if not (automatic and self._feedback.is_rejected(request, item))]
        self._feedback.offered(request, offered)
        if offered:
            self._look_ahead(request, offered[0])
        return offered

    def edited(self, root: Path, path: str) -> None:
        """Note a keystroke in a document: what is being asked about its former text is given up."""
        self._debounce.typed(time.monotonic())
        self._flights.abandon((root, path))

    async def closed(self, root: Path, path: str) -> None:
        """Forget a document."""
        await self._flights.end((root, path))
        self._cache.forget(root, path)

    def shown(self, suggestion_id: str) -> bool:
        """Note that a suggestion was shown; False if it is not known, as for the three below."""
        return self._feedback.happened(suggestion_id, Outcome.SHOWN)

    def accepted(self, suggestion_id: str) -> bool:
        """Note that a suggestion was accepted."""
        return self._feedback.happened(suggestion_id, Outcome.ACCEPTED)

    def partially_accepted(self, suggestion_id: str, chars: int) -> bool:
        """Note that the first characters of a suggestion were accepted."""
        return self._feedback.happened(suggestion_id, Outcome.PARTIALLY_ACCEPTED, chars)

    def rejected(self, suggestion_id: str) -> bool:
        """Note that a suggestion was rejected: it does not come up by itself there again."""
        return self._feedback.happened(suggestion_id, Outcome.REJECTED)

    def tallies(self) -> list[Tally]:
        """Return what became of suggestions so far; kept in memory only."""
        return self._feedback.tallies()

    async def warm(self) -> None:
        """Load what the first request to a model needs; nothing is sent."""
        await self._open()

    async def aclose(self) -> None:
        """End all requests and close the connections."""
        await self._flights.end_all()
        if self._opening is not None:
            await self._opening
        if self._source is not None:
            await self._source.aclose()

    async def _local_suggestions(self, request: CompletionRequest) -> list[Suggestion]:
        source = self._local(request.root) if self._local else None
        if source is None:
            return []
        try:
            found = await asyncio.to_thread(source.suggest, request)
        except Exception:
            _LOG.exception("the local completer failed")
            return []
        fitting = [made for item in found if (made := anchored(request, item)) is not None]
        return await self._checked(request, [item for item in fitting if item.text.strip()])

    async def _with_model(
        self, request: CompletionRequest, place: Place, local: list[Suggestion], since_s: float
    ) -> list[Suggestion]:
        """Return the model's suggestions with the local ones, or these alone if it is not to be waited for."""
        limit = self.options.candidates
        if not self._has_model():
            return local[:limit]
        while (flight := self._flights.of(request)) is not None and not flight.answers(request):
            await self._flights.end((request.root, request.path))  # another request may come first meanwhile
        if flight is None:
            flight = Flight(request, asyncio.create_task(self._ask(request, place)))
            self._flights.start(flight)
        flight.is_awaited = True
        patience_s = self._patience_s(request, place, since_s) if local else None
        try:
            done, _ = await asyncio.wait({flight.task}, timeout=patience_s)
        except asyncio.CancelledError:
            flight.task.cancel()
            raise
        if not done or flight.task.cancelled():
            flight.is_awaited = False
            return local[:limit]
        return merged(flight.task.result(), local, limit)

    def _patience_s(self, request: CompletionRequest, place: Place, since_s: float) -> float | None:
        """Return how long to wait for the model when there is something to show already; None for to its end."""
        if request.trigger is Trigger.INVOKED:
            return None
        left_s = since_s + self.options.patience_ms / 1000 - time.monotonic()
        delay_s = self._debounce.delay_s(time.monotonic(), at_line_start=place.is_blank)
        expected_s = delay_s + self._debounce.latency_s
        if self._opening is None or not self._opening.done():
            expected_s += _OPENING_S
        return left_s if expected_s <= left_s else 0.0

    async def _ask(self, request: CompletionRequest, place: Place) -> list[Suggestion]:
        """Ask the model, after a pause if the user is typing, and remember its answer."""
        source = await self._open()
        if source is None or source.is_paused:
            return []
        if request.trigger is Trigger.AUTOMATIC:
            delay_s = self._debounce.delay_s(time.monotonic(), at_line_start=place.is_blank)
            await asyncio.sleep(delay_s)
        started_s = time.monotonic()
        found = await source.complete(request, place)
        if not source.is_paused:
            self._debounce.answered(time.monotonic() - started_s)
        if request.trigger is Trigger.INVOKED:
            for number in range(1, self.options.candidates):
                if source.is_paused or time.monotonic() - started_s > _CANDIDATES_S:
                    break
                found = merged([*found, *await source.complete(request, place, number)], (), 99)
        return await self._remembered(request, found)

    async def _remembered(self, request: CompletionRequest, found: Sequence[Suggestion]) -> list[Suggestion]:
        checked = await self._checked(request, found)
        if checked:
            known = self._cache.get(request) or ()
            self._cache.put(request, merged(checked, known, self.options.candidates))
        return checked

    def _look_ahead(self, request: CompletionRequest, suggestion: Suggestion) -> None:
        """Ask for what comes after a suggestion, so that it is there when the user has accepted it."""
        source = self._source
        if source is None or source.is_paused or suggestion.source != source.name:
            return
        wanted = self.options.look_ahead
        if wanted == "never" or (wanted == "local" and not source.is_local) or self._flights.of(request):
            return
        text = request.text[: suggestion.replace_start] + suggestion.text
        after = replace(
            request, text=text + request.text[suggestion.replace_end :], offset=len(text), version=None
        )
        place = place_of(after)
        if refusal(after, place, self.options) is None and self._cache.get(after) is None:
            asking = asyncio.create_task(self._ahead(source, after, place))
            self._flights.start(Flight(after, asking, is_awaited=False))

    async def _ahead(
        self, source: "ModelSource", request: CompletionRequest, place: Place
    ) -> list[Suggestion]:
        return await self._remembered(request, await source.complete(request, place))

    async def _checked(
        self, request: CompletionRequest, suggestions: Sequence[Suggestion]
    ) -> list[Suggestion]:
        """Return suggestions with what was found copied in them."""
        checker = self._checker
        if checker is None:
            return list(suggestions)
        return [
            replace(item, copies=tuple(await asyncio.to_thread(_copies, checker, request, item)))
            if len(item.text) >= _LEAST_CHECKED_CHARS
            else item
            for item in suggestions
        ]

    def _has_model(self) -> bool:
        """Tell whether a model may be asked, as far as is known."""
        if self._models is None:
            return False
        if self._opening is None or not self._opening.done():
            return True
        return self._source is not None and not self._source.is_paused

    async def _open(self) -> "ModelSource | None":
        """Return the model's source, made when it is first wanted; who does not wait any more ends nothing."""
        if self._models is None:
            return None
        if self._opening is None:
            self._opening = asyncio.create_task(self._opened(self._models))
        await asyncio.shield(self._opening)
        return self._source

    async def _opened(self, make_models: "Callable[[], Models | None]") -> None:
        try:
            self._source = await asyncio.to_thread(self._make_source, make_models)
        except AssistError as error:
            self._no_model = str(error)
            _LOG.warning("completions do without a model: %s", error)

    def _make_source(self, make_models: "Callable[[], Models | None]") -> "ModelSource | None":
        from assistant.completion.asking.source import ModelSource
        from assistant.completion.material import Gatherer

        models = make_models()
        config = models.choose(self.options.backend, self.options.model) if models else None
        if models is None or config is None:
            return None
        return ModelSource(models, config, self.options, Gatherer(self._engine))


def _copies(checker: CopyCheck, request: CompletionRequest, suggestion: Suggestion) -> Sequence[object]:
    """Check the document as it would be; only the lines that the suggestion brings are evidence."""
    before = request.text[: suggestion.replace_start]
    first = before.count("\n") + 1
    lines = range(first, first + suggestion.text.count("\n") + 1)
    text = before + suggestion.text + request.text[suggestion.replace_end :]
    try:
        return checker.check(text, str(request.root / request.path), lines)
    except Exception:
        _LOG.exception("the check for copied code failed")
        return ()
