"""Fills a token budget with the passages that help most.

A retrieved chunk becomes its whole definition where that is affordable, else the definition's signature and the chunk's
own lines. Signatures of what the best passages use, and the places that call them, follow while there is room. No line
is given twice, none is cut; neighbours are joined; the result is grouped by file, the best file first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from assistant.answers.places import CurrentFile, Place, current_file
from assistant.context.items import IN_FILES, ContextItem
from assistant.context.related import callers_of, signatures_used
from assistant.context.render import render_item
from assistant.context.tokens import TokenCounter, estimate_tokens
from assistant.retrieval.search import Source

_MAX_SHARE = 0.4
"""A definition that takes more of the budget than this is given by its signature and the lines that were found."""

_MAX_ADDED_LINES = 12
"""So many lines more than the chunk has, such as a signature, do not count as an extension."""

_RELATED_SHARE = 0.25
"""What others use and who calls may take so much of the budget."""

_JOINED_GAP_LINES = 2
"""So few lines between two passages are given too: they cost less than another header and spare the model a guess."""

_CALLABLE = frozenset("function method constructor macro".split())
_VALUES = frozenset("section field variable constant property element rule".split())
_BEST = 3
_KEY = "00000000"


@dataclass(frozen=True, slots=True)
class PackedContext:
    """What goes into the prompt, best file first, lines ascending within a file.

    ``tokens``: of the passages as they are written, headers included. ``left_out``: what did not fit.
    """

    items: tuple[ContextItem, ...]
    tokens: int
    left_out: tuple[ContextItem, ...]


@dataclass(slots=True)
class _Chosen:
    """Lines chosen of one file, each with the item that brought it."""

    file: CurrentFile
    root: Path | None
    lines: dict[int, ContextItem] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return max((item.score for item in self.lines.values()), default=0.0)


class Packer:
    """Packs passages of some repositories."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = {source.snapshot.root: source for source in sources}

    def pack(
        self, items: Iterable[ContextItem], budget_tokens: int, count_tokens: TokenCounter = estimate_tokens
    ) -> PackedContext:
        """Choose and order passages.

        :param items: in any order; ``score`` decides.
        :param budget_tokens: never exceeded, by ``count_tokens`` of the passages as they are written.
        """
        packing = _Packing(self._sources, budget_tokens, count_tokens)
        ordered = sorted(items, key=lambda item: -item.score)
        for item in ordered:
            packing.add(item)
        related = int(budget_tokens * _RELATED_SHARE)
        for item in packing.best_in_files(ordered)[:_BEST]:
            source = self._source(item)
            if source is not None:
                for other in (*signatures_used(source, item), *callers_of(source, item)):
                    related -= packing.add_related(other, related)
        return packing.finished()

    def _source(self, item: ContextItem) -> Source | None:
        if item.root is None and len(self._sources) == 1:
            return next(iter(self._sources.values()))
        return self._sources.get(item.root) if item.root else None


class _Packing:
    """The state of one call of :meth:`Packer.pack`."""

    def __init__(self, sources: dict[Path, Source], budget: int, count: TokenCounter) -> None:
        self._sources = sources
        self._budget = budget
        self._count = count
        self._used = 0
        self._files: dict[tuple[Path | None, str], _Chosen] = {}
        self._opaque: list[ContextItem] = []
        self._left_out: list[ContextItem] = []
        self._line_tokens: dict[str, int] = {}

    def add(self, item: ContextItem) -> None:
        """Take an item in the largest form that is affordable, or leave it out."""
        chosen = self._file_of(item) if item.kind in IN_FILES else None
        if chosen is None:
            self._add_opaque(item)
            return
        for lines in _forms(chosen.file, item):
            cost = self._cost(chosen, lines)
            extends = item.kind == "chunk" and len(lines) > _MAX_ADDED_LINES + item.end_line - item.start_line
            if self._used + cost <= self._budget and not (extends and cost > self._budget * _MAX_SHARE):
                self._take(chosen, lines, item, cost)
                return
        self._left_out.append(item)

    def add_related(self, item: ContextItem, allowance: int) -> int:
        """Take an item as it is if it fits into the allowance and the budget.

        :return: its tokens.
        """
        chosen = self._file_of(item)
        if chosen is None:
            return 0
        lines = _own_lines(chosen.file, item)
        cost = self._cost(chosen, lines)
        if not cost or cost > allowance or self._used + cost > self._budget:
            return 0
        self._take(chosen, lines, item, cost)
        return cost

    def best_in_files(self, ordered: Sequence[ContextItem]) -> list[ContextItem]:
        """Return the items that were taken and have a place in a file, best first."""
        left = {id(item) for item in self._left_out}
        return [item for item in ordered if item.kind in ("chunk", "definition") and id(item) not in left]

    def finished(self) -> PackedContext:
        """Join lines to passages and make sure that they fit."""
        passages = [*self._opaque]
        for chosen in sorted(self._files.values(), key=lambda chosen: -chosen.score):
            passages += _passages(chosen)
        while passages and (tokens := self._tokens(passages)) > self._budget:
            worst = min(passages, key=lambda item: item.score)
            passages.remove(worst)
            self._left_out.append(worst)
        return PackedContext(tuple(passages), tokens if passages else 0, tuple(self._left_out))

    def _tokens(self, passages: Sequence[ContextItem]) -> int:
        return sum(self._count(render_item(item, _KEY)) + 1 for item in passages)

    def _file_of(self, item: ContextItem) -> _Chosen | None:
        root = item.root or (next(iter(self._sources)) if len(self._sources) == 1 else None)
        key = (root, item.path)
        if key not in self._files:
            source = self._sources.get(root) if root else None
            file = current_file(source, item.path) if source else None
            if file is None:
                return None
            self._files[key] = _Chosen(file, root)
        return self._files[key]

    def _cost(self, chosen: _Chosen, lines: Sequence[int]) -> int:
        """Return what lines cost that are not there yet; a header's tokens if they touch none that is."""
        new = [number for number in lines if number not in chosen.lines]
        if not new:
            return 0
        cost = sum(self._tokens_of_line(number, chosen.file.lines[number - 1]) for number in new)
        runs = 1 + sum(later > before + 1 + _JOINED_GAP_LINES for before, later in pairwise(new))
        header = ContextItem(chosen.file.path, 1, 1, "", "definition", 0.0, "x" * 60)
        return cost + runs * self._count(render_item(header, _KEY))

    def _tokens_of_line(self, number: int, line: str) -> int:
        text = f"{number}|{line}\n"
        if text not in self._line_tokens:
            self._line_tokens[text] = self._count(text)
        return self._line_tokens[text]

    def _take(self, chosen: _Chosen, lines: Iterable[int], item: ContextItem, cost: int) -> None:
        self._used += cost
        for number in lines:
            if number not in chosen.lines or chosen.lines[number].score < item.score:
                chosen.lines[number] = item

    def _add_opaque(self, item: ContextItem) -> None:
        """Take a text that is no part of an indexed file, or as many of its first lines as fit."""
        cost = self._count(render_item(item, _KEY)) + 1
        if self._used + cost <= self._budget:
            self._opaque.append(item)
            self._used += cost
            return
        lines = item.text.split("\n")
        fitting = self._fitting(item, lines)
        if fitting:
            cut = _with_lines(item, lines[:fitting])
            self._opaque.append(cut)
            self._used += self._count(render_item(cut, _KEY)) + 1
        self._left_out.append(item)

    def _fitting(self, item: ContextItem, lines: Sequence[str]) -> int:
        low, high = 0, len(lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            cost = self._count(render_item(_with_lines(item, lines[:middle]), _KEY)) + 1
            low, high = (middle, high) if self._used + cost <= self._budget else (low, middle - 1)
        return low


def _with_lines(item: ContextItem, lines: Sequence[str]) -> ContextItem:
    end = item.start_line + len(lines) - 1 if item.start_line else 0
    origin = f"{item.origin}, first {len(lines)} lines"
    return ContextItem(
        item.path, item.start_line, end, "\n".join(lines), item.kind, item.score, origin, item.root
    )


def _forms(file: CurrentFile, item: ContextItem) -> list[list[int]]:
    """Return the lines that may stand for an item, the fullest form first."""
    own = _own_lines(file, item)
    if item.kind != "chunk" or not own:
        return [own]
    forms = []
    place = _definition_of(file, own[0], own[-1])
    if place is not None:
        whole = range(min(own[0], place.start_line), max(own[-1], place.end_line) + 1)
        forms.append(list(whole))
        forms.append(sorted({*_signature(place), *own}))
    forms.append(own)
    if place is not None:
        forms.append(_signature(place))
    return [form for form in forms if form]


def _own_lines(file: CurrentFile, item: ContextItem) -> list[int]:
    return list(range(max(1, item.start_line), min(item.end_line, len(file.lines)) + 1))


def _definition_of(file: CurrentFile, start: int, end: int) -> Place | None:
    """Return the definition that a chunk is a piece of: a function around or cut by it, else a type that begins in it.

    None for a chunk of whole definitions, members of a type among them.
    """
    cut = [
        place
        for place in file.definitions
        if place.start_line <= end
        and place.end_line >= start
        and (place.start_line < start or place.end_line > end)
        and place.kind not in _VALUES
    ]
    pieces = [place for place in cut if place.kind in _CALLABLE] or [
        place for place in cut if place.start_line >= start
    ]
    return max(pieces, key=lambda place: place.start_line, default=None)


def _signature(place: Place) -> list[int]:
    return list(range(place.start_line, max(place.name_line, place.signature_end_line) + 1))


def _passages(chosen: _Chosen) -> list[ContextItem]:
    """Join a file's lines to runs; a small gap between two is filled."""
    runs: list[list[int]] = []
    for number in sorted(chosen.lines):
        if runs and number - runs[-1][-1] <= _JOINED_GAP_LINES + 1:
            runs[-1] += range(runs[-1][-1] + 1, number + 1)
        else:
            runs.append([number])
    passages = []
    for run in runs:
        best = max(
            (chosen.lines[number] for number in run if number in chosen.lines), key=lambda item: item.score
        )
        text = "\n".join(chosen.file.lines[run[0] - 1 : run[-1]])
        kind = "definition" if best.kind == "chunk" and _is_whole(chosen.file, run) else best.kind
        passages.append(
            ContextItem(chosen.file.path, run[0], run[-1], text, kind, best.score, best.origin, chosen.root)
        )
    return passages


def _is_whole(file: CurrentFile, run: Sequence[int]) -> bool:
    return any(item.start_line >= run[0] and item.end_line <= run[-1] for item in file.definitions)
