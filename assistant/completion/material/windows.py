"""Similar lines of open and recent files: windows that share most words with the lines around the cursor.

Jaccard's index over sets of words, as Copilot and Cody compare windows. The sets of a file's windows are kept until its
text changes, so that a keystroke costs one intersection a window.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.completion.material.fragments import Fragment, Why, words_of
from assistant.completion.model import RecentFile

_WINDOW_LINES = 30
_STEP_LINES = 10
_MOST_FILES = 20
_MOST_LINES = 5_000
_LEAST_SCORE = 0.08
_KEPT_FILES = 40


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    """The first line's index."""
    words: frozenset[str]


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the words in both over the words in either; 0 for two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


class RecentWindows:
    """Finds the window of each recent file that is nearest to given words. Not safe to use from several threads."""

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[str, int], tuple[_Window, ...]] = OrderedDict()

    def similar(
        self, words: frozenset[str], files: Sequence[RecentFile], go_on: Callable[[], bool]
    ) -> Iterator[Fragment]:
        """Yield one fragment a file, in the order of the files, where any is similar.

        :param go_on: asked before each file.
        """
        for file in files[:_MOST_FILES]:
            if not go_on():
                return
            windows = self._of(file)
            score, best = max(
                ((similarity(words, window.words), -window.start) for window in windows), default=(0.0, 0)
            )
            if score < _LEAST_SCORE:
                continue
            lines = file.text.split("\n")
            start, end = -best, min(len(lines), -best + _WINDOW_LINES)
            text = "\n".join(line.removesuffix("\r") for line in lines[start:end]).rstrip()
            yield Fragment(file.path, start + 1, end, text, Why.RECENT, score)

    def _of(self, file: RecentFile) -> tuple[_Window, ...]:
        key = (file.path, hash(file.text))
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = tuple(_cut(file.text))
            if len(self._windows) > _KEPT_FILES:
                self._windows.popitem(last=False)
        self._windows.move_to_end(key)
        return found


def _cut(text: str) -> Iterator[_Window]:
    lines = text.split("\n")[:_MOST_LINES]
    steps = [words_of("\n".join(lines[at : at + _STEP_LINES])) for at in range(0, len(lines), _STEP_LINES)]
    width = _WINDOW_LINES // _STEP_LINES
    for number in range(max(1, len(steps) - width + 1)):
        yield _Window(number * _STEP_LINES, frozenset().union(*steps[number : number + width]))
