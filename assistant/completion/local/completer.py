"""Suggests the rest of a line from the repository itself: no model, no network, a few milliseconds.

The corpus is made from the files that an index lists and lies in that index's folder; texts that have changed since,
open documents above all, are laid over it as they are. Everything is looked up afresh for each cursor, so there is
nothing to train and nothing to forget.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.budget import Budget
from assistant.completion.local.confidence import LineSoFar, shipped_confidence
from assistant.completion.local.corpus import Corpus, RepositoryFile, build_corpus
from assistant.completion.local.documents import Document
from assistant.completion.local.generation import Cursor, Step, predict, write_line
from assistant.completion.local.neighbourhood import Neighbourhood
from assistant.completion.local.scene import Scene, make_scene
from assistant.completion.local.scorer import Scorer, shipped_scorer
from assistant.completion.local.showing import AUTOMATIC, INVOKED, Policy, choose, until
from assistant.completion.local.storage import load_corpus, save_corpus
from assistant.completion.local.surroundings import Place, place_of
from assistant.completion.local.tokens import LINE_ID
from assistant.completion.model import LOCAL, CompletionRequest, Suggestion, Trigger
from indexer.languages import language_of

DEADLINE_S = 0.03
INVOKED_DEADLINE_S = 0.3
"""Who asks by hand waits for the answer."""
MAX_LINE_CHARS = 1_000
_DOCUMENTS = 16


class LocalCompleter:
    """Completions for one repository. Safe to use from several threads."""

    def __init__(
        self, corpus: Corpus, facts: dict[str, Any] | None = None, scorer: Scorer | None = None
    ) -> None:
        """Take a corpus, the facts that were saved with it, and weights (default: those of the package)."""
        self.corpus = corpus
        self.facts = facts or {}
        self._scorer = scorer
        self._documents: OrderedDict[tuple[str, str | None], Document] = OrderedDict()
        self._neighbourhood = Neighbourhood(corpus)
        self._lock = Lock()

    @classmethod
    def open(cls, folder: Path) -> "LocalCompleter | None":
        """Open what :meth:`build` saved in a folder; None if there is none or it is damaged."""
        loaded = load_corpus(folder)
        return cls(*loaded) if loaded else None

    @classmethod
    def build(
        cls,
        folder: Path,
        files: Iterable[RepositoryFile],
        total: int = 0,
        progress: Callable[[int, int], None] = lambda done, total: None,
        facts: dict[str, Any] | None = None,
    ) -> "LocalCompleter":
        """Make a corpus of files, save it in a folder and open it from there.

        :param total: how many files there are, for the progress.
        :param facts: kept with it, such as which state of the repository it is of.
        :raises OSError: if it cannot be written.
        """
        save_corpus(build_corpus(files, total, progress), folder, facts or {})
        opened = cls.open(folder)
        if opened is None:
            raise OSError(f"{folder} was written but cannot be read; check the disk")
        return opened

    def update(self, path: str, text: str | None, language: str | None = None) -> None:
        """Say what a file holds now; costs nothing until it is looked at.

        :param path: relative to the root, with forward slashes.
        :param text: None if the file is gone.
        """
        with self._lock:
            self._neighbourhood.update(path, text, language or language_of(path).name)

    def restore(self, path: str) -> None:
        """Say that a file is again what it was when the corpus was made."""
        with self._lock:
            self._neighbourhood.restore(path)

    def suggest(self, request: CompletionRequest, deadline_s: float | None = None) -> list[Suggestion]:
        """Return what the rest of the line very probably is: one suggestion, or none.

        :param deadline_s: seconds of processor time after which no further token is predicted; more for who asks by
            hand.
        """
        if deadline_s is None:
            deadline_s = INVOKED_DEADLINE_S if request.trigger is Trigger.INVOKED else DEADLINE_S
        budget = Budget(deadline_s)
        rest = _rest_of_line(request.text, request.offset)
        steps = self.line(request, budget)
        steps = until(steps, rest) if rest else steps
        shown = choose(steps, _policy(request), line_so_far(request), shipped_confidence())
        if shown is None:
            return []
        return [Suggestion(shown.text, request.offset, request.offset, LOCAL, shown.confidence)]

    def line(self, request: CompletionRequest, budget: Budget) -> list[Step]:
        """Return the most probable rest of the line, token by token; none in strings and comments.

        :param budget: the time for it.
        """
        seen = self.look(request)
        if seen is None:
            return []
        place, scene = seen
        return write_line(scene, self.scorer, Cursor(place.before, place.begun, place.blank), budget)

    def next_tokens(self, request: CompletionRequest, limit: int = 5) -> list[tuple[str, float]]:
        """Return the most probable tokens after a cursor that stands between two tokens, with their probabilities.

        The word before the cursor is taken to be whole. The end of the line is an empty text.
        """
        seen = self.look(request)
        if seen is None:
            return []
        place, scene = seen
        context, blank = place.finished()
        found, chances = predict(scene, self.scorer, context, blank)
        best = np.argsort(-chances[:-1])[:limit].tolist()
        vocabulary = self.corpus.vocabulary
        words = ((int(found.ids[at]), float(chances[at])) for at in best)
        return [("" if word == LINE_ID else vocabulary.text(word), chance) for word, chance in words]

    @property
    def scorer(self) -> Scorer:
        """The weights, loaded when they are first needed."""
        if self._scorer is None:
            self._scorer = shipped_scorer()
        return self._scorer

    def look(self, request: CompletionRequest) -> tuple[Place, Scene] | None:
        """Return where the cursor is and what is around it; None in strings, comments and very long lines."""
        line_start = request.text.rfind("\n", 0, request.offset) + 1
        if request.offset - line_start > MAX_LINE_CHARS:
            return None
        with self._lock:
            document = self._document(request.path, _language(request))
            document.move_to(request.text, request.offset)
            place = place_of(document, self.corpus.vocabulary)
            return None if place is None else (place, self._scene(request, document, place))

    def _document(self, path: str, language: str | None) -> Document:
        document = self._documents.pop((path, language), None) or Document(self.corpus.vocabulary, language)
        self._documents[path, language] = document
        if len(self._documents) > _DOCUMENTS:
            self._documents.popitem(last=False)
        return document

    def _scene(self, request: CompletionRequest, document: Document, place: Place) -> Scene:
        document.look_behind(request.text, request.offset)
        tail = document.tail
        after: NDArray[np.int32] = np.append(tail.ids, np.int32(LINE_ID)).astype(np.int32)
        near = self._neighbourhood.around(request.path, request.recent)
        gaps = [*place.gaps, "", *tail.gaps, ""]
        return make_scene(
            self.corpus, near.hidden, place.before, after, gaps, near.ids, near.shapes, near.gaps
        )


def line_so_far(request: CompletionRequest) -> LineSoFar:
    """Return the line that a cursor is in, and what is around it."""
    text, offset = request.text, request.offset
    line_start, line_end = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    head = text[line_start:offset].lstrip()
    begun = head[-1:].isalnum() or head[-1:] == "_"
    return LineSoFar(head, text[:line_start], text[line_end:] if line_end >= 0 else "", begun)


def _language(request: CompletionRequest) -> str:
    return request.language or language_of(request.path).name


def _policy(request: CompletionRequest) -> Policy:
    return INVOKED if request.trigger is Trigger.INVOKED else AUTOMATIC


def _rest_of_line(text: str, offset: int) -> str:
    line_end = text.find("\n", offset)
    return text[offset : line_end if line_end >= 0 else len(text)].strip()
