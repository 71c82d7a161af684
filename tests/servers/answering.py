"""The server of ``dialects`` with one behaviour more: the model ``says:HEX:HEX`` answers with these texts in turn.

python -m tests.servers.answering
"""

from __future__ import annotations

from tests.servers.dialects import BEHAVIOURS, Answer, calls, main


def model_that_says(*texts: str) -> str:
    """Return the name of the model that answers so."""
    return ":".join(["says", *(text.encode().hex() for text in texts)])


async def says(answer: Answer) -> None:
    text = bytes.fromhex(answer.args[(calls[answer.model] - 1) % len(answer.args)]).decode()
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    await answer.stream([*answer.dialect.pieces(iter(pieces)), *answer.dialect.end()])


if __name__ == "__main__":
    BEHAVIOURS["says"] = says
    main()
