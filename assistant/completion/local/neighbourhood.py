"""What lies near a document: the other files of its folder, and files that are open or have changed.

Texts that are newer than the corpus hide what it holds of them. The tokens are put together once and kept while the
same texts are near, since only the document itself changes with every key.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.corpus import MAX_FILE_CHARS, Corpus
from assistant.completion.local.documents import TokenizedText
from assistant.completion.local.scene import shapes_of
from assistant.completion.local.tokens import FILE_ID, LINE_ID
from assistant.completion.model import RecentFile
from indexer.languages import language_of

MAX_FOLDER_TOKENS = 120_000
MAX_RECENT_TOKENS = 80_000
_KEPT_TEXTS = 64


@dataclass(frozen=True, slots=True)
class Near:
    """Tokens near a document.

    :param ids: int32, with borders between files; ``shapes``: with names and the like made equal.
    :param gaps: the blanks before each of them, uint16 as the corpus numbers them.
    :param hidden: stretches of the corpus that do not count any more.
    """

    ids: NDArray[np.int32]
    shapes: NDArray[np.int32]
    gaps: NDArray[np.uint16]
    hidden: list[tuple[int, int]]


class Neighbourhood:
    """Knows the newer texts of one repository and what is near a path. Not safe to use from several threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._texts: OrderedDict[str, tuple[str | None, str]] = OrderedDict()
        self._tokenized: dict[str, TokenizedText] = {}
        self._versions: dict[str, int] = {}
        self._key: object = None
        self._near = Near(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint16), [])
        self._gap_numbers = {gap: number for number, gap in enumerate(corpus.gap_texts)}
        self._folders: dict[str, tuple[int, int]] = {}
        for row, path in enumerate(corpus.paths):
            folder = path.rpartition("/")[0]
            self._folders[folder] = (self._folders.get(folder, (row, row))[0], row + 1)

    def update(self, path: str, text: str | None, language: str) -> None:
        """Take a file's newer text; None if the file is gone."""
        if text is not None and len(text) > MAX_FILE_CHARS:
            text = None
        self._texts[path] = (text, language)
        self._versions[path] = self._versions.get(path, 0) + 1
        self._texts.move_to_end(path)
        while len(self._texts) > _KEPT_TEXTS:
            gone, _ = self._texts.popitem(last=False)
            self._tokenized.pop(gone, None)

    def restore(self, path: str) -> None:
        """Forget a file's newer text."""
        self._texts.pop(path, None)
        self._tokenized.pop(path, None)

    def around(self, path: str, recent: Sequence[RecentFile]) -> Near:
        """Return what is near a path, itself left out."""
        for file in reversed(recent):
            if len(file.text) > MAX_FILE_CHARS:
                continue
            if self._texts.get(file.path, (None, ""))[0] != file.text:
                self.update(file.path, file.text, file.language or language_of(file.path).name)
        others = [name for name in self._texts if name != path]
        key = (path, [(name, self._versions[name]) for name in others])
        if key != self._key:
            self._near = self._assembled(path, others)
            self._key = key
        return self._near

    def _assembled(self, path: str, others: list[str]) -> Near:
        spans = (self._corpus.span_of(name) for name in (path, *others))
        hidden = sorted(span for span in spans if span is not None)
        parts, gap_parts, size = [], [], 0
        for name in reversed(others):
            ids, gaps = self._newer(name)
            if size + len(ids) > MAX_RECENT_TOKENS:
                break
            size += len(ids)
            parts.append(ids)
            gap_parts.append(gaps)
        kept = self._folder(path, hidden)
        near = np.concatenate((*parts, self._corpus.stream[kept])).astype(np.int32)
        all_gaps = np.concatenate((*gap_parts, self._corpus.gaps[kept])).astype(np.uint16)
        return Near(near, shapes_of(near, self._corpus.vocabulary.kinds), all_gaps, hidden)

    def _newer(self, path: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Return the ids and gaps of a file's newer text."""
        text, language = self._texts[path]
        if text is None:
            return np.zeros(0, np.int32), np.zeros(0, np.uint16)
        tokenized = self._tokenized.get(path)
        if tokenized is None:
            tokenized = self._tokenized[path] = TokenizedText(self._corpus.vocabulary, language)
        tokenized.advance(text)
        numbers = self._gap_numbers
        gaps = np.zeros(len(tokenized.ids) + 2, np.uint16)
        gaps[1:-1] = [numbers.get(gap, 1) for gap in tokenized.gaps]
        return np.concatenate(([FILE_ID], tokenized.ids, [LINE_ID])).astype(np.int32), gaps

    def _folder(self, path: str, hidden: list[tuple[int, int]]) -> NDArray[np.int64]:
        """Return where the tokens of a folder's files are, those around the path where it has too many."""
        first, last = self._folders.get(path.rpartition("/")[0], (0, 0))
        starts = self._corpus.file_starts
        begin, end = int(starts[first]), int(starts[last])
        if end - begin > MAX_FOLDER_TOKENS:
            row = self._corpus.rows.get(path, (first + last) // 2)
            begin = max(begin, min(int(starts[row]), end - MAX_FOLDER_TOKENS // 2) - MAX_FOLDER_TOKENS // 2)
            end = min(end, begin + MAX_FOLDER_TOKENS)
        kept = np.ones(end - begin, bool)
        for start, stop in hidden:
            kept[max(start - begin, 0) : max(stop - begin, 0)] = False
        return np.flatnonzero(kept) + begin
