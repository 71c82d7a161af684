"""Pieces of an answer go together where they come fast, whole and in order."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest

from lsp.protocol.answers import AnswerEvent, NothingFoundEvent, TextEvent
from lsp.streaming import EventStream, joined


def test_only_neighbouring_text_is_joined() -> None:
    other = NothingFoundEvent("nothing")
    events: list[AnswerEvent] = [TextEvent("a"), TextEvent("b"), other, TextEvent("c"), other, other]
    assert joined(events) == [TextEvent("ab"), other, TextEvent("c"), other, other]
    assert joined([]) == []


@pytest.mark.asyncio
async def test_everything_arrives_in_order_with_few_messages() -> None:
    told: list[AnswerEvent] = []
    stream = EventStream(told.append)

    def work() -> None:
        for number in range(2_000):
            stream.send(TextEvent(f"{number} "))

    thread = Thread(target=work)
    thread.start()
    await asyncio.to_thread(thread.join)
    stream.close()
    text = "".join(event.text for event in told if isinstance(event, TextEvent))
    assert text.split() == [str(number) for number in range(2_000)]
    assert len(told) < 200


@pytest.mark.asyncio
async def test_the_first_event_does_not_wait_for_the_end() -> None:
    first = asyncio.Event()
    stream = EventStream(lambda event: first.set())
    stream.send(TextEvent("a"))
    async with asyncio.timeout(10):
        await first.wait()
        first.clear()
        stream.send(TextEvent("b"))
        await first.wait()


@pytest.mark.asyncio
async def test_after_the_end_nothing_is_told() -> None:
    told: list[AnswerEvent] = []
    stream = EventStream(told.append)
    stream.send(TextEvent("a"))
    stream.close()
    stream.send(TextEvent("b"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told == [TextEvent("a")]
