"""What became of suggestions: kept in memory, counted by source and language, never sent anywhere.

An editor reports that a suggestion was shown, accepted, accepted in part, or rejected. What was rejected does not come
up by itself at the same place again. Not safe to use from several threads.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from assistant.completion.model import CompletionRequest, Suggestion

_KEPT = 500
_BEFORE = 200
"""Characters before the cursor that tell a place from another."""


class Outcome(Enum):
    """What became of a suggestion."""

    OFFERED = "offered"
    SHOWN = "shown"
    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many suggestions of one source in one language came to one end, each counted once."""

    source: str
    language: str
    outcome: Outcome
    count: int


@dataclass(frozen=True, slots=True)
class _Offered:
    place: tuple[str, str, int]
    suggestion: Suggestion
    language: str


class Feedback:
    """Remembers the last suggestions and counts their ends."""

    def __init__(self) -> None:
        self._offered: OrderedDict[str, _Offered] = OrderedDict()
        self._seen: dict[str, set[Outcome]] = {}
        self._rejected: OrderedDict[tuple[tuple[str, str, int], str], None] = OrderedDict()
        self._counts: Counter[tuple[str, str, Outcome]] = Counter()
        self.accepted_chars = 0
        """Characters that users did not have to type."""

    def offered(self, request: CompletionRequest, suggestions: Iterable[Suggestion]) -> None:
        """Note what an editor is given."""
        for suggestion in suggestions:
            known = _Offered(_place(request), suggestion, request.language or "")
            self._offered[suggestion.id] = known
            self._offered.move_to_end(suggestion.id)
            self._count(known, Outcome.OFFERED)
        while len(self._offered) > _KEPT:
            forgotten, _ = self._offered.popitem(last=False)
            self._seen.pop(forgotten, None)

    def happened(self, suggestion_id: str, outcome: Outcome, chars: int | None = None) -> bool:
        """Note what became of a suggestion.

        :param chars: how much of it was accepted; None for all.
        :return: False if the suggestion is not known, or no longer.
        """
        known = self._offered.get(suggestion_id)
        if known is None:
            return False
        if outcome in (Outcome.ACCEPTED, Outcome.PARTIALLY_ACCEPTED):
            whole = len(known.suggestion.text)
            self.accepted_chars += whole if chars is None else max(0, min(chars, whole))
        if outcome is Outcome.REJECTED:
            self._rejected[known.place, known.suggestion.text] = None
            if len(self._rejected) > _KEPT:
                self._rejected.popitem(last=False)
        self._count(known, outcome)
        return True

    def is_rejected(self, request: CompletionRequest, suggestion: Suggestion) -> bool:
        """Tell whether the user rejected this suggestion at this place before."""
        return (_place(request), suggestion.text) in self._rejected

    def tallies(self) -> list[Tally]:
        """Return the counts, ordered by source, language and outcome."""
        ordered = sorted(self._counts.items(), key=lambda item: (item[0][0], item[0][1], item[0][2].value))
        return [Tally(source, language, outcome, count) for (source, language, outcome), count in ordered]

    def _count(self, known: _Offered, outcome: Outcome) -> None:
        seen = self._seen.setdefault(known.suggestion.id, set())
        if outcome not in seen:
            seen.add(outcome)
            self._counts[known.suggestion.source, known.language, outcome] += 1


def _place(request: CompletionRequest) -> tuple[str, str, int]:
    before = request.text[max(0, request.offset - _BEFORE) : request.offset]
    return str(request.root), request.path, hash(before)
