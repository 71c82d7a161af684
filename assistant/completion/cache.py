"""Suggestions that were made before: for the same place, and for the place reached by typing along one of them.

An entry is found by the text around its cursor, not by its offset: it holds when something changes far above. Whoever
typed the first characters of a suggestion gets the rest of it without another question; so does who accepted one, for
whom the next was asked ahead. Not safe to use from several threads.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.completion.model import CompletionRequest, Suggestion

_WINDOW = 2_000
"""Characters before the cursor that must be the same."""
_AFTER = 500
_MOST_TYPED = 400
"""Characters typed along a suggestion until it is forgotten."""
_CLOSERS = ")]}\"'`"
_MOST_CLOSERS = 3

_Key = tuple[Path, str, int, int]


@dataclass(frozen=True, slots=True)
class _Entry:
    before: str
    after: str
    offset: int
    suggestions: tuple[Suggestion, ...]


class SuggestionCache:
    """Keeps the suggestions of the last places.

    :param size: places at most.
    """

    def __init__(self, size: int = 120) -> None:
        self._size = size
        self._entries: OrderedDict[_Key, _Entry] = OrderedDict()

    def put(self, request: CompletionRequest, suggestions: Sequence[Suggestion]) -> None:
        """Remember suggestions; none are remembered too, so that nobody is asked again."""
        before, after = _around(request)
        key = _key(request, before, after)
        offset = request.offset
        self._entries[key] = _Entry(before, after, offset, tuple(suggestions))
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def get(self, request: CompletionRequest) -> list[Suggestion] | None:
        """Return what fits at the cursor, None if nothing is known about this place.

        What is left of a suggestion keeps its id.
        """
        for typed, after, closers in _ways_back(request):
            before = request.text[: request.offset - len(typed)][-_WINDOW:]
            key = _key(request, before, after)
            entry = self._entries.get(key)
            if entry is None or (entry.before, entry.after) != (before, after):
                continue
            rests = [
                rest
                for suggestion in entry.suggestions
                if (rest := _rest(entry, suggestion, typed, closers, request.offset)) is not None
            ]
            if rests or not typed:
                self._entries.move_to_end(key)
                return rests
        return None

    def forget(self, root: Path, path: str) -> None:
        """Forget a document."""
        for key in [key for key in self._entries if key[:2] == (root, path)]:
            del self._entries[key]


def _around(request: CompletionRequest) -> tuple[str, str]:
    before = request.text[max(0, request.offset - _WINDOW) : request.offset]
    return before, request.text[request.offset : request.offset + _AFTER]


def _key(request: CompletionRequest, before: str, after: str) -> _Key:
    return request.root, request.path, hash(before), hash(after)


def _ways_back(request: CompletionRequest) -> Iterator[tuple[str, str, str]]:
    """Yield what may have been typed since a suggestion, what stood behind it, and what closers an editor added."""
    before, offset = request.text, request.offset
    longest = min(offset, _MOST_TYPED)
    window = before[offset : offset + _AFTER + _MOST_CLOSERS]
    added = 0
    while added < _MOST_CLOSERS and added < len(window) and window[added] in _CLOSERS:
        added += 1
    for count in range(longest + 1):
        typed = before[offset - count : offset]
        for closers in range(added + 1 if count else 1):
            yield typed, window[closers : closers + _AFTER], window[:closers]


def _rest(entry: _Entry, suggestion: Suggestion, typed: str, closers: str, offset: int) -> Suggestion | None:
    """Return what is left of a suggestion; None if what was typed is something else, or all of it.

    :param closers: brackets and quotes that the editor set behind the cursor; they are replaced.
    """
    if not typed:
        by = offset - entry.offset
        start, end = suggestion.replace_start + by, suggestion.replace_end + by
        return replace(suggestion, replace_start=start, replace_end=end)
    rest = suggestion.text[len(typed) :]
    along = suggestion.replace_start == entry.offset and suggestion.text.startswith(typed)
    if not along or not rest.strip() or any(closer not in rest for closer in closers):
        return None
    replaced = suggestion.replace_end - entry.offset + len(closers)
    return replace(suggestion, text=rest, replace_start=offset, replace_end=offset + replaced)
