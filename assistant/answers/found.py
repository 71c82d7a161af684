"""Whether anything in a repository answers a question, or "not found" is the honest answer.

Two measures are added: how much of the question's meaning-carrying words (by idf) one of the best places has, and how
near the nearest chunk is in meaning. ``benchmarks/not_found.py`` measures the thresholds: questions asked of their own
repository against the same questions asked of others. They belong to one embedding model: measure them again with
another one.
"""

from dataclasses import dataclass

import numpy as np

from assistant.retrieval.query import Query
from assistant.retrieval.search import Source
from indexer.embedding import Embedder
from indexer.lexical.terms import TermExpander
from indexer.lexical.tokens import WORD, split_word

MEASURED_WITH = "static-code-256@937e16c28a2b"
"""The embedding model that the thresholds were measured with."""
MEANING = 2.0
"""How much the best cosine counts beside the share of words: of 0.5 to 5 what told best own from foreign questions."""
FOUND = 1.25
"""Least sum of the best places' share of words and the best cosine: kept by 97.8 % of the questions that have an
answer in the repository, missed by four fifths of those asked of another one."""
FOUND_BY_WORDS = 0.22
"""The same for words alone, where there are no vectors of the model; two thirds of foreign questions miss it."""
SURE = 0.66
"""With this share of the words the cosine is not asked for: hardly any nearest chunk is further away than the rest."""
CONFIDENT = 0.5
CONFIDENT_LEAD = 1.2
"""With this share of the question's words and this lead over the second place's score, the first place is stated rather
than offered: so it is for 56 % of the query set's questions, of which 86 % have the right file (78 % of all)."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well anything fits a question."""

    share: float
    """Share of the question's words in the best place, 0 to 1, weighed by idf."""
    cosine: float | None
    """Of the nearest chunk; None without usable vectors."""
    unknown: str = ""
    """The identifier that the question is about, if it stands in none of the repositories."""

    def score(self, *, words_only: bool) -> float:
        """Return the measure; 0 if a name is unknown."""
        if self.unknown:
            return 0.0
        return self.share + (0.0 if words_only or self.cosine is None else MEANING * self.cosine)

    @property
    def needed(self) -> float:
        """The score from which on the answer is found."""
        return FOUND_BY_WORDS if self.cosine is None else FOUND

    @property
    def is_found(self) -> bool:
        """Whether that is enough."""
        return self.score(words_only=False) >= self.needed


def best_cosine(source: Source, query: Query, embedder: Embedder | None) -> float | None:
    """Return the cosine of the chunk nearest to a query; None without usable vectors."""
    snapshot = source.snapshot
    if embedder is None or embedder.model_id != snapshot.model_id or not len(snapshot.chunks):
        return None
    vector = embedder.embed([query.text])[0]
    return float(np.max(snapshot.chunk_vectors.all_cosines(vector))) if vector.any() else None


def is_unknown(source: Source, name: str) -> bool:
    """Tell whether an identifier stands nowhere in a repository, in any spelling.

    Only names of several parts (``TCPConnector``, ``parse_url``) are judged: others may be meant as plain words.
    """
    last = WORD.findall(name)[-1:]
    if not last or len(split_word(last[0])) < 2:
        return False
    term = TermExpander().terms_of(last[0])[-1]
    return not source.snapshot.lexical.document_frequency("file_text", term)
