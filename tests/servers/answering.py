"""The server of ``dialects`` with two behaviours more.

The model ``says:HEX:HEX`` answers with these texts in turn; ``streams:HEX:MS`` says a text for ever, a word each so
many milliseconds, as a model's answer comes.

python -m tests.servers.answering
"""

from __future__ import annotations

import asyncio
import itertools
import re

from tests.servers.behaviours import BEHAVIOURS, Answer, calls
from tests.servers.dialects import main


def model_that_says(*texts: str) -> str:
    """Return the name of the model that answers so."""
    return ":".join(["says", *(text.encode().hex() for text in texts)])


def model_that_streams(text: str, every_ms: int) -> str:
    """Return the name of the model that says a text for ever."""
    return f"streams:{text.encode().hex()}:{every_ms}"


async def streams(answer: Answer) -> None:
    words = re.findall(r"\S+\s*", bytes.fromhex(answer.args[0]).decode())
    await answer.begin()
    leaving = asyncio.create_task(answer.exchange.until_gone())
    for frame in answer.dialect.pieces(itertools.cycle(words)):
        try:
            await answer.exchange.chunk(frame)
        except ConnectionError:
            break
        await asyncio.wait({leaving}, timeout=int(answer.args[1]) / 1000)
        if leaving.done():
            break
    await leaving


async def says(answer: Answer) -> None:
    text = bytes.fromhex(answer.args[(calls[answer.model] - 1) % len(answer.args)]).decode()
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    await answer.stream([*answer.dialect.pieces(iter(pieces)), *answer.dialect.end()])


if __name__ == "__main__":
    BEHAVIOURS |= {"says": says, "streams": streams}
    main()
