"""What is counted about completions at sampled positions, and how a suggestion is judged.

**Shown**: a suggestion that takes the line to its end with at least 4 characters, or that has at least 10.

**Exact**: the author wrote the very same characters, blanks included, and they end where a token of the author's ends;
a suggestion of less than 10 characters must also end where the author's line ends (a comment at the end of the line and
trailing blanks are not part of it). So a suggestion of ten or more characters is exact if the line goes on as it says;
``whole line`` counts how many of the shown ones are the whole rest of the line.

**Next token**: the first token, a name, a string with its quotes, an operator, is the author's.

**Edit similarity**: ``difflib``'s ratio of a shown text and what the author wrote, cut to the same length if it has
ten characters or more.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.completion.local.showing import CHARS, TO_LINE_END_CHARS, Shown
from benchmarks.completion_cases import Position


def is_exact(shown: str, rest: str, token_ends: Sequence[int]) -> bool:
    """Tell whether a shown text is what the author wrote; see the module's text."""
    if not rest.startswith(shown) or len(shown) not in token_ends:
        return False
    return len(shown) >= CHARS or shown == rest


@dataclass(slots=True)
class Tally:
    """Counts over positions of one method; tallies can be added."""

    positions: int = 0
    shown: int = 0
    exact: int = 0
    whole: int = 0
    tokens_right: int = 0
    similarity: float = 0.0
    exact_chars: int = 0
    confidences: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, position: Position, shown: Shown | None, next_token_right: bool) -> None:
        """Count one position."""
        self.positions += 1
        self.tokens_right += next_token_right
        if shown is None:
            return
        if len(shown.text) < (TO_LINE_END_CHARS if shown.ends_line else CHARS):
            raise ValueError("a suggestion that short is not to be shown")
        exact = is_exact(shown.text, position.rest, position.ends)
        self.shown += 1
        self.exact += exact
        self.whole += shown.text == position.rest
        self.exact_chars += exact * len(shown.text)
        self.confidences.append((shown.confidence, exact))
        wrote = position.rest if shown.ends_line else position.rest[: len(shown.text)]
        self.similarity += difflib.SequenceMatcher(None, shown.text, wrote, autojunk=False).ratio()

    def merge(self, other: Tally) -> None:
        """Add another tally's counts."""
        for name in ("positions", "shown", "exact", "whole", "tokens_right", "similarity", "exact_chars"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.confidences += other.confidences

    @property
    def shown_rate(self) -> float:
        """Share of positions at which something was shown."""
        return self.shown / max(self.positions, 1)

    @property
    def exact_rate(self) -> float:
        """Share of the shown ones that are exact."""
        return self.exact / max(self.shown, 1)

    @property
    def accuracy(self) -> float:
        """Share of positions whose next token was predicted."""
        return self.tokens_right / max(self.positions, 1)

    def line(self) -> str:
        """Describe the figures in one line."""
        return (
            f"shown {self.shown_rate:6.1%}  exact {self.exact_rate:6.1%}  whole line "
            f"{self.whole / max(self.shown, 1):6.1%}  similarity {self.similarity / max(self.shown, 1):.3f}  "
            f"{self.exact_chars / max(self.exact, 1):4.1f} chars  next token {self.accuracy:6.1%}"
        )


@dataclass(slots=True)
class Typing:
    """Lines typed key by key, taking every exact suggestion with one key."""

    characters: int = 0
    keys: int = 0
    wrong: int = 0
    asked: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def saved(self) -> float:
        """Characters saved for each character written."""
        return (self.characters - self.keys) / max(self.characters, 1)

    @property
    def wrong_rate(self) -> float:
        """Share of keys after which something wrong was shown."""
        return self.wrong / max(self.asked, 1)
