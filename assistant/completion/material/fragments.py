"""Lines of other files that may go into a prompt, and the words by which lines are compared."""

import re
from dataclasses import dataclass
from enum import Enum

from assistant.completion.model import CompletionRequest

_WORD = re.compile(r"[^\W\d]\w+")
LINES_BEFORE = 40
"""Lines before the cursor that others are compared with."""
LINES_AFTER = 5


class Why(Enum):
    """Why a fragment is offered; the better reason comes first."""

    DEFINITION = "defines what is in sight"
    RECENT = "similar, in a file that is open or was edited"
    REPOSITORY = "similar, in the repository"


@dataclass(frozen=True, slots=True)
class Fragment:
    """Lines of another file. Lines are 1-based and inclusive; ``text`` has no line end at its end."""

    path: str
    start_line: int
    end_line: int
    text: str
    why: Why
    score: float
    """0 to 1; comparable among fragments of one reason."""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text that have two or more letters."""
    return frozenset(_WORD.findall(text))


def around(request: CompletionRequest) -> str:
    """Return the lines around the cursor, the cursor's own included."""
    text, start, end = request.text, request.offset, request.offset
    for _ in range(LINES_BEFORE + 1):
        start = text.rfind("\n", 0, max(0, start - 1)) + 1
        if start == 0:
            break
    for _ in range(LINES_AFTER):
        found = text.find("\n", end + 1)
        if found < 0:
            end = len(text)
            break
        end = found
    return text[start:end]
