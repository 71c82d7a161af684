"""One request in flight for each document: a newer one ends the older one, all the way to the model's connection."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from assistant.completion.model import CompletionRequest, Suggestion

Document = tuple[Path, str]


@dataclass(slots=True)
class Flight:
    """A request to a model that has not been answered."""

    request: CompletionRequest
    task: asyncio.Task[list[Suggestion]]
    is_awaited: bool = True
    """Whether somebody waits for it; else its answer goes to the cache: asked ahead, or too slow to be waited for."""

    def answers(self, request: CompletionRequest) -> bool:
        """Tell whether its answer will be the answer to this request."""
        own = self.request
        is_same = own.offset == request.offset and own.text == request.text and own.trigger is request.trigger
        return is_same and not self.task.cancelling()


class Flights:
    """The requests in flight. Belongs to one event loop."""

    def __init__(self) -> None:
        self._flights: dict[Document, Flight] = {}

    def of(self, request: CompletionRequest) -> Flight | None:
        """Return the request in flight for a document, if there is one."""
        return self._flights.get((request.root, request.path))

    def start(self, flight: Flight) -> None:
        """Register a request; there must be no other for its document (:meth:`end`)."""
        document = (flight.request.root, flight.request.path)
        self._flights[document] = flight

        def ended(task: asyncio.Task[list[Suggestion]]) -> None:
            if self._flights.get(document) is flight:
                del self._flights[document]
            if not task.cancelled():
                task.exception()  # whoever waits for it sees it; nobody may

        flight.task.add_done_callback(ended)

    async def end(self, document: Document) -> None:
        """Cancel a document's request, and return once its connection is closed."""
        flight = self._flights.get(document)
        if flight is not None:
            flight.task.cancel()
            await asyncio.wait({flight.task})

    def abandon(self, document: Document) -> None:
        """Cancel a document's request that somebody waits for: its text has changed."""
        flight = self._flights.get(document)
        if flight is not None and flight.is_awaited:
            flight.task.cancel()

    async def end_all(self) -> None:
        """Cancel every request."""
        for document in list(self._flights):
            await self.end(document)
