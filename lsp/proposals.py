"""Changes that were proposed and that the user may take, whole or hunk by hunk.

Pure: texts in, edits out. A proposal knows the text that it was made for; as long as a document is that text with the
hunks that were accepted before, the others still fit. Anything else is not guessed at: the change is proposed anew.
"""

import difflib
import itertools
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lsp.text import split_keeping_ends

_KEPT = 50
_MAX_EXACT_LINES = 20_000
_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of the old text, 0-based and half-open, and what takes their place."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Characters of a text, half-open, and what takes their place."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Proposal:
    """A proposed change of one file."""

    root: Path
    path: str
    uri: str
    old: str | None
    """None: the file is new."""
    new: str
    hunks: tuple[Hunk, ...]
    accepted: frozenset[int] = frozenset()
    id: str = field(default_factory=lambda: f"e{next(_ids)}")

    @property
    def open_hunks(self) -> tuple[int, ...]:
        """The hunks that were not accepted yet."""
        return tuple(number for number in range(len(self.hunks)) if number not in self.accepted)

    def expected(self) -> str | None:
        """Return the text with the accepted hunks; None for a file that does not exist yet."""
        if self.old is None:
            return self.new if self.accepted else None
        return replaced(self.old, self.replacements_in_old(self.accepted))

    def replacements_in_old(self, chosen: Collection[int]) -> list[Replacement]:
        """Return some hunks as replacements in the old text, ascending."""
        starts = _starts(self.old or "")
        return [
            Replacement(
                starts[self.hunks[number].first], starts[self.hunks[number].last], self.hunks[number].text
            )
            for number in sorted(chosen)
        ]

    def replacements(self, chosen: Collection[int]) -> list[Replacement]:
        """Return hunks as replacements in the text as it is expected to be, ascending."""
        accepted, shift, found = self.accepted, 0, []
        everything = self.replacements_in_old(range(len(self.hunks)))
        for number, item in enumerate(everything):
            if number in accepted:
                shift += len(item.text) - (item.end - item.start)
            elif number in chosen:
                found.append(Replacement(item.start + shift, item.end + shift, item.text))
        return found


def propose(root: Path, path: str, uri: str, old: str | None, new: str) -> Proposal:
    """Make a proposal of a change."""
    if old is None:
        return Proposal(root, path, uri, None, new, (Hunk(0, 0, new),))
    return Proposal(root, path, uri, old, new, tuple(_hunks(old, new)))


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """Carry out replacements that do not overlap."""
    for item in sorted(replacements, key=lambda item: item.start, reverse=True):
        text = text[: item.start] + item.text + text[item.end :]
    return text


class Proposals:
    """The last proposals, by their id."""

    def __init__(self) -> None:
        self._proposals: OrderedDict[str, Proposal] = OrderedDict()

    def add(self, proposal: Proposal) -> Proposal:
        """Keep a proposal."""
        self._proposals[proposal.id] = proposal
        if len(self._proposals) > _KEPT:
            self._proposals.popitem(last=False)
        return proposal

    def get(self, name: str) -> Proposal | None:
        """Return a proposal; None if it is not known, or no longer."""
        return self._proposals.get(name)

    def remove(self, name: str) -> bool:
        """Forget a proposal; False if it was not known."""
        return self._proposals.pop(name, None) is not None


def _starts(text: str) -> list[int]:
    lengths = itertools.accumulate((len(line) for line in split_keeping_ends(text)), initial=0)
    return list(lengths)


def _hunks(old: str, new: str) -> Iterable[Hunk]:
    before, after = split_keeping_ends(old), split_keeping_ends(new)
    limit = min(len(before), len(after))
    head = next((number for number in range(limit) if before[number] != after[number]), limit)
    rest = limit - head
    tail = next((number for number in range(rest) if before[-1 - number] != after[-1 - number]), rest)
    middle = difflib.SequenceMatcher(
        None,
        before[head : len(before) - tail],
        after[head : len(after) - tail],
        autojunk=len(before) + len(after) - 2 * (head + tail) > _MAX_EXACT_LINES,
    )
    for kind, first, last, new_first, new_last in middle.get_opcodes():
        if kind != "equal":
            yield Hunk(head + first, head + last, "".join(after[head + new_first : head + new_last]))
