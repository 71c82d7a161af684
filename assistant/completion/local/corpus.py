"""The repository as one stream of token ids, with the order of its contexts: what the model counts in.

Made from the files once, then unchanged; :mod:`~assistant.completion.local.storage` keeps it on disk and maps it into
memory. Files lie in the order of their paths, so that a folder is one stretch of the stream.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.contexts import first_ranges, order_contexts
from assistant.completion.local.tokens import FILE_ID, LINE_ID, tokenize
from assistant.completion.local.vocabulary import (
    Vocabulary,
    WordCounter,
    pack_words,
    unpack_words,
)

MAX_FILE_CHARS = 400_000
"""Longer files are generated or data; they would drown the rest."""
MAX_TOKENS = 40_000_000
MAX_GAPS = 60_000


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file to learn from.

    :param path: relative to the root, with forward slashes.
    :param text: its text, or a function that reads it (None if it is gone).
    :param language: as in :mod:`indexer.languages`.
    """

    path: str
    text: str | Callable[[], str | None]
    language: str | None


class Corpus:
    """A token stream with its files, words and ordered contexts. Immutable but for what the vocabulary learns."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """Take the arrays that :func:`build_corpus` made, in memory or mapped.

        :raises KeyError: if one is missing; :raises ValueError: if they do not fit together.
        """
        self.arrays = arrays
        self.stream: NDArray[np.int32] = arrays["stream"]  # type: ignore[assignment]
        self.gaps: NDArray[np.uint16] = arrays["gaps"]  # type: ignore[assignment]
        self.order: NDArray[np.int32] = arrays["order"]  # type: ignore[assignment]
        self.ranges: NDArray[np.int32] = arrays["ranges"]  # type: ignore[assignment]
        self.file_starts: NDArray[np.int64] = arrays["file_starts"]  # type: ignore[assignment]
        self.vocabulary = Vocabulary(
            *(arrays[name] for name in ("words", "word_offsets", "hashes", "hash_ids", "kinds"))  # type: ignore[arg-type]
        )
        self.paths = unpack_words(arrays["paths"], arrays["path_offsets"])  # type: ignore[arg-type]
        self.gap_texts = unpack_words(arrays["gap_words"], arrays["gap_offsets"])  # type: ignore[arg-type]
        self.rows = {path: row for row, path in enumerate(self.paths)}
        fits = (
            len(self.gaps) == len(self.stream)
            and len(self.order) == max(len(self.stream) - 1, 0)
            and len(self.file_starts) == len(self.paths) + 1
            and len(self.ranges) == len(self.vocabulary) + 1
        )
        if not fits:
            raise ValueError("the arrays do not belong together")

    def span_of(self, path: str) -> tuple[int, int] | None:
        """Return where a file's tokens lie in the stream; None if it is not part of it."""
        row = self.rows.get(path)
        return None if row is None else (int(self.file_starts[row]), int(self.file_starts[row + 1]))


def build_corpus(
    files: Iterable[RepositoryFile],
    total: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Corpus:
    """Read and lex files and put their contexts in order.

    :param total: how many files there are, for the progress.
    """
    counter = WordCounter()
    gap_numbers: dict[str, int] = {"": 0, " ": 1}
    parts: list[NDArray[np.int32]] = []
    gap_parts: list[NDArray[np.uint16]] = []
    paths, starts, size = [], [0], 0
    for done, file in enumerate(sorted(files, key=lambda file: _folder_first(file.path))):
        progress(done, total)
        text = file.text if isinstance(file.text, str) else file.text()
        if text is None or len(text) > MAX_FILE_CHARS or size > MAX_TOKENS:
            continue
        tokens = tokenize(text, file.language)
        ids = np.empty(len(tokens) + 2, np.int32)
        ids[0], ids[-1] = FILE_ID, LINE_ID  # the last line ends as the others do
        ids[1:-1] = counter.encode(tokens)
        gaps = np.zeros(len(ids), np.uint16)
        gaps[1:-1] = [_gap_number(gap_numbers, gap) for gap in tokens.gaps]
        parts.append(ids)
        gap_parts.append(gaps)
        paths.append(file.path)
        size += len(ids)
        starts.append(size)
    stream = np.concatenate(parts) if parts else np.zeros(0, np.int32)
    return _assembled(stream, gap_parts, counter, gap_numbers, paths, starts)


def _folder_first(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _gap_number(numbers: dict[str, int], gap: str) -> int:
    found = numbers.get(gap)
    if found is None:
        if len(numbers) >= MAX_GAPS:
            return 1
        found = numbers[gap] = len(numbers)
    return found


def _assembled(
    stream: NDArray[np.int32],
    gap_parts: list[NDArray[np.uint16]],
    counter: WordCounter,
    gap_numbers: dict[str, int],
    paths: list[str],
    starts: list[int],
) -> Corpus:
    order = order_contexts(stream)
    words, word_offsets = pack_words(counter.words)
    hashes, hash_ids = counter.sorted_hashes()
    path_words, path_offsets = pack_words(paths)
    gap_words, gap_offsets = pack_words(gap_numbers)
    return Corpus(
        {
            "stream": stream,
            "gaps": np.concatenate(gap_parts) if gap_parts else np.zeros(0, np.uint16),
            "order": order,
            "ranges": first_ranges(stream, order, len(counter.words)),
            "file_starts": np.asarray(starts, np.int64),
            "words": words,
            "word_offsets": word_offsets,
            "hashes": hashes,
            "hash_ids": hash_ids,
            "kinds": np.frombuffer(bytes(counter.kinds), np.uint8),
            "paths": path_words,
            "path_offsets": path_offsets,
            "gap_words": gap_words,
            "gap_offsets": gap_offsets,
        }
    )
