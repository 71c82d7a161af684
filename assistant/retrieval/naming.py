"""How well the names that a file defines fit a query: by their words, and by what they mean.

A reader asks for a definition by what it does, and its name says that in few words, some of them cut short. So each
part of a name is compared with the words of the query, weighed by how rare it is among the names of the file.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.related import related_terms
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD, split_word

Floats = NDArray[np.float32]
WordVectors = Callable[[Sequence[str]], Floats]
"""Words to the sums of their tokens' vectors, (n_words, dimensions), not normalised."""

_NAMING = frozenset(
    "function method constructor class interface struct trait enum type module object record protocol macro"
    " implementation declaration namespace section".split()
)
"""Kinds of definitions that a reader looks for; a local variable of the same name says little."""

_MOST_DEFINITIONS = 2_000
"""Files with more are generated, or lists of registers: words choose as well there, and cutting names takes long."""
_MOST_VECTORS = 500
"""Names of files with fewer are compared by meaning, too: vectors take memory."""

_KEPT_FILES = 200

_ABBREVIATED = 0.8
"""What a part of a name counts that is the beginning of an asked word, or made of several asked words."""
_SHORTEST, _SHORTEST_WORD, _SHORTEST_RUN = 3, 4, 6
"""Least letters of such a part; of a word that begins a part; of a part made of several words."""
_MOST_OF_RUN = 0.7


@dataclass(frozen=True, slots=True)
class FileNames:
    """The names that a file defines, cut into parts.

    :param positions: (n,) which of the file's chunks a name stands in.
    :param parts: distinct parts of all names with their stems.
    :param rarity: (n_parts,) idf of each part's stem among the names; ``unseen`` that of a word in none.
    :param flat: parts of all names, one after the other, as numbers; a name's begin at its ``starts``.
    :param totals: (n,) sum of the rarity of a name's parts.
    :param vectors: (n, dimensions) float16, normalised; None without a model.
    """

    positions: NDArray[np.int64]
    parts: tuple[tuple[str, str], ...]
    by_stem: Mapping[str, float]
    rarity: Floats
    unseen: float
    flat: NDArray[np.int64]
    starts: NDArray[np.int64]
    totals: Floats
    vectors: NDArray[np.float16] | None


class NameReader:
    """Reads the names of a snapshot's files and keeps those of the last ones. Safe to use from several threads."""

    def __init__(self, snapshot: Snapshot, word_vectors: WordVectors | None = None) -> None:
        """Take a snapshot.

        :param word_vectors: safe to call from several threads; None compares no meanings.
        """
        self._snapshot = snapshot
        self._word_vectors = word_vectors
        self._expander = TermExpander()
        self._lock = Lock()
        self._kept: OrderedDict[int, FileNames | None] = OrderedDict()

    def of_file(self, file: int) -> FileNames | None:
        """Return the names of a file; None if it defines none, or too many."""
        with self._lock:
            if file in self._kept:
                self._kept.move_to_end(file)
                return self._kept[file]
        names = self._read(file)
        with self._lock:
            self._kept[file] = names
            if len(self._kept) > _KEPT_FILES:
                self._kept.popitem(last=False)
        return names

    def asked(self, text: str, telling: Iterable[str]) -> "AskedWords":
        """Cut a query for :func:`fits_of`.

        :param telling: stems of its words without such as every question has.
        """
        with self._lock:
            return AskedWords(text, telling, self._expander)

    def _read(self, file: int) -> FileNames | None:
        definitions, chunks = self._snapshot.definitions, self._snapshot.chunks_of(file)
        rows = self._snapshot.definitions_of(file)
        if not 0 < len(rows) <= _MOST_DEFINITIONS or not len(chunks):
            return None
        start, stop = rows[0], rows[0] + len(rows)
        kinds = definitions.strings["kind"].between(start, stop)
        named = definitions.strings["name"].between(start, stop)
        split = {at: split_word(named[at]) for at, kind in enumerate(kinds) if kind in _NAMING}
        chosen = [at for at, parts in split.items() if parts]
        if not chosen:
            return None
        ends = self._snapshot.chunks.records["end_line"][chunks.start : chunks.stop]
        lines = definitions.records["name_line"][start:stop][chosen]
        positions = np.minimum(np.searchsorted(ends, lines), len(chunks) - 1).astype(np.int64)
        vectors = None
        if self._word_vectors is not None and len(chosen) <= _MOST_VECTORS:
            scopes = definitions.strings["scope"].between(start, stop)
            pairs = [(named[at], scopes[at].rpartition(".")[2]) for at in chosen]
            vectors = _vectors_of(pairs, self._word_vectors)
        return self._cut([split[at] for at in chosen], positions, vectors)

    def _cut(
        self,
        names: Sequence[Sequence[str]],
        positions: NDArray[np.int64],
        vectors: NDArray[np.float16] | None,
    ) -> FileNames:
        numbers = {part: number for number, part in enumerate(dict.fromkeys(chain.from_iterable(names)))}
        flat = np.asarray([*map(numbers.__getitem__, chain.from_iterable(names))], np.int64)
        with self._lock:
            stems = [self._expander.stem(part) for part in numbers]
        lengths = np.fromiter(map(len, names), np.int64, len(names))
        starts = np.cumsum(lengths) - lengths
        stem_numbers: dict[str, int] = {}
        stem_of = np.asarray([stem_numbers.setdefault(stem, len(stem_numbers)) for stem in stems], np.int64)
        in_names = np.repeat(np.arange(len(names)), lengths) * len(stem_numbers) + stem_of[flat]
        counts = np.bincount(np.unique(in_names) % len(stem_numbers), minlength=len(stem_numbers))
        by_stem = {stem: _rarity(int(counts[at]), len(names)) for stem, at in stem_numbers.items()}
        rarity = np.asarray([by_stem[stem] for stem in stems], np.float32)
        return FileNames(
            positions=positions,
            parts=tuple(zip(numbers, stems, strict=True)),
            by_stem=by_stem,
            rarity=rarity,
            unseen=_rarity(0, len(names)),
            flat=flat,
            starts=starts,
            totals=np.add.reduceat(rarity[flat], starts),
            vectors=vectors,
        )


class AskedWords:
    """The words of one query, for comparing parts of names with. Not shared between threads."""

    def __init__(self, text: str, telling: Iterable[str], expander: TermExpander) -> None:
        """Use :meth:`NameReader.asked`."""
        parts = [part for word in WORD.findall(text) for part in split_word(word)]
        self.telling = tuple(telling)
        self._stems = {expander.stem(part) for part in parts}
        self._related = dict(pair for stem in self._stems for pair in related_terms(stem))
        self._beginnings = {part[:end] for part in parts for end in range(_SHORTEST, len(part) + 1)}
        self._long = tuple({part for part in parts if len(part) >= _SHORTEST_WORD})
        self._words = {part for part in parts if len(part) >= _SHORTEST}
        self._known: dict[str, float] = {}

    def fit(self, part: str, stem: str) -> float:
        """Return how well a part of a name fits, 0 to 1."""
        found = self._known.get(part)
        if found is None:
            found = self._known[part] = self._compare(part, stem)
        return found

    def _compare(self, part: str, stem: str) -> float:
        if stem in self._stems:
            return 1.0
        if (related := self._related.get(stem)) is not None:
            return related
        if part in self._beginnings or (self._long and part.startswith(self._long)):
            return _ABBREVIATED
        if len(part) >= _SHORTEST_RUN:
            covered = sum(len(word) for word in self._words if word in part)
            return _ABBREVIATED if covered >= _MOST_OF_RUN * len(part) else 0.0
        return 0.0


FITS = ("of_query", "of_name", "both", "name_meaning")
"""How a name fits a query: the share of the query that it has, the share of it that the query has, their harmonic
mean, and its cosine with the query; 0 to 1 each."""


def fits_of(names: FileNames, asked: AskedWords, vector: Floats | None) -> Floats:
    """Compare the names of a file with a query.

    :param vector: the query's embedding, by the model of the names' vectors.
    :return: (n_names, len(FITS)).
    """
    fits = np.asarray([asked.fit(part, stem) for part, stem in names.parts], np.float32) * names.rarity
    matched = np.add.reduceat(fits[names.flat], names.starts)
    wanted = sum(names.by_stem.get(stem, names.unseen) for stem in asked.telling) or 1.0
    of_query = np.minimum(matched / wanted, 1.0)
    of_name = matched / np.maximum(names.totals, 1e-6)
    both = 2 * of_query * of_name / np.maximum(of_query + of_name, 1e-6)
    return np.stack((of_query, of_name, both, _meanings(names, vector)), axis=1, dtype=np.float32)


def _meanings(names: FileNames, vector: Floats | None) -> Floats:
    """Return the cosines of names with a query, scaled to 0..1 within the file; zeros without vectors."""
    if names.vectors is None or vector is None:
        return np.zeros(len(names.starts), np.float32)
    cosines: Floats = names.vectors.astype(np.float32) @ vector
    low, high = float(cosines.min()), float(cosines.max())
    cosines -= low
    cosines /= (high - low) or 1.0
    return cosines


def _rarity(count: int, names: int) -> float:
    return math.log(1 + (names - count + 0.5) / (count + 0.5))


def _vectors_of(pairs: Sequence[tuple[str, str]], word_vectors: WordVectors) -> NDArray[np.float16]:
    """Return the vectors of names with the scope that they stand in."""
    numbers: dict[str, int] = {}
    rows = [
        (numbers.setdefault(name, len(numbers)), numbers.setdefault(scope, len(numbers)))
        for name, scope in pairs
    ]
    words = word_vectors(list(numbers))
    at = np.asarray(rows, np.int64)
    sums = words[at[:, 0]] + words[at[:, 1]]
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    vectors: NDArray[np.float16] = sums.astype(np.float16)
    return vectors
