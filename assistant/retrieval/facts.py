"""What does not depend on the query, worked out once a snapshot and kept: what file names say, who uses whom."""

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.named_parts import NamedParts
from assistant.retrieval.neighbours import ImportGraph
from assistant.retrieval.platforms import elsewhere
from indexer.index.snapshot import Snapshot
from indexer.index.users import is_code
from indexer.languages import LANGUAGES, LanguageKind
from indexer.lexical.stems import telling_stem
from indexer.lexical.terms import TermExpander, whole_term
from indexer.lexical.tokens import WORD

_NO_CODE = (LanguageKind.DOCS, LanguageKind.CONFIG, LanguageKind.TEXT)


class FileFacts:
    """Facts about a snapshot's files. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, expander: TermExpander) -> None:
        self._snapshot = snapshot
        self._expander = expander
        self._stems: dict[int, tuple[str, ...]] = {}

    @cached_property
    def depths(self) -> NDArray[np.float32]:
        """(n_files,) float32: folders above each file."""
        return np.asarray([path.count("/") for path in self._snapshot.paths], np.float32)

    @cached_property
    def prose(self) -> NDArray[np.float32]:
        """(n_files,) float32: 1 for the files whose language is for prose, settings or data, not for code."""
        kinds = {name: float(language.kind in _NO_CODE) for name, language in LANGUAGES.items()}
        return np.asarray([kinds.get(name, 0.0) for name in self._snapshot.languages], np.float32)

    @cached_property
    def elsewhere(self) -> NDArray[np.float32]:
        """(n_files,) float32: 1 for the files that are for another operating system than this machine's."""
        return elsewhere(self._snapshot.paths)

    @cached_property
    def named_parts(self) -> NamedParts:
        """Files by the names of themselves and of their folders."""
        return NamedParts(self._snapshot)

    @cached_property
    def imports(self) -> ImportGraph:
        """Which code files import which."""
        return ImportGraph(self._snapshot)

    @cached_property
    def centralities(self) -> NDArray[np.float32]:
        """(n_files,) float32: how many files use each file, as a rank among code files (:func:`ranks_among_code`)."""
        return ranks_among_code(np.asarray(self._snapshot.files.records["users"]), self._snapshot.roles)

    @cached_property
    def reaches(self) -> NDArray[np.float32]:
        """(n_files,) float32: how many files each file uses, likewise."""
        return ranks_among_code(np.asarray(self._snapshot.files.records["uses"]), self._snapshot.roles)

    def stem_terms(self, row: int) -> tuple[str, ...]:
        """Return the terms of a file's name without suffix, with that of the whole stem."""
        terms = self._stems.get(row)
        if terms is None:
            terms = self._stems[row] = tuple(stem_terms(self._snapshot.paths[row], self._expander))
        return terms


def ranks_among_code(counts: NDArray[np.uint32], roles: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return the share of code files with a lower count, 0 to 1; of those with an equal one half.

    A rank says more than the number itself, which depends on the size of the repository and has a long tail.
    """
    code = np.sort(counts[is_code(roles)])
    if len(code) < 2:
        return np.zeros(len(counts), np.float32)
    below, upto = np.searchsorted(code, counts, "left"), np.searchsorted(code, counts, "right")
    middle = (below + upto - 1) / (2 * (len(code) - 1))
    return np.clip(middle, 0.0, 1.0).astype(np.float32)


@lru_cache(maxsize=100_000)
def stem_name(path: str) -> str:
    """Return a file's name up to its first dot, lower-cased and without separators.

    >>> stem_name("src/message_pack.test.ts")
    'messagepack'
    """
    name = path[path.rfind("/") + 1 :]
    return "".join(WORD.findall(name.partition(".")[0] or name)).replace("_", "").lower()


def stem_terms(path: str, expander: TermExpander) -> list[str]:
    """Return the terms of a file's stem, that of the whole stem last."""
    words = WORD.findall(telling_stem(path))
    terms = [term for word in words for term in expander.terms_of(word)]
    whole = whole_term("".join(words))
    return [*(term for term in terms if term != whole), whole]
