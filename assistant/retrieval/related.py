"""Words of code for words of a question: ``remove`` for delete, ``cfg`` for config.

The list was learned (``training/related_words.py``). A related term is added, for less than the word itself, only
where the repository has it much more often than the word that was asked: elsewhere it moved right results down.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

_LIST = Path(__file__).parent / "related-words.tsv"
_WEIGHT = 0.6
_TIMES_AS_OFTEN = 3


def with_related(terms: Iterable[str], frequency: Callable[[str], int]) -> dict[str, float]:
    """Return terms with weights: 1 for those that are asked, less for what they are called here.

    :param frequency: in how many documents a term stands.
    """
    weights = dict.fromkeys(terms, 1.0)
    for term in list(weights):
        relations = _related().get(term, ())
        asked = frequency(term) if relations else 0
        for other, strength in relations:
            if other not in weights and frequency(other) > _TIMES_AS_OFTEN * asked:
                weights[other] = _WEIGHT * strength
    return weights


def related_terms(term: str) -> tuple[tuple[str, float], ...]:
    """Return what a stem is also called in code, with strengths below 1."""
    return _related().get(term, ())


@cache
def _related() -> dict[str, tuple[tuple[str, float], ...]]:
    """Stem -> related stems with strengths below 1."""
    found: dict[str, list[tuple[str, float]]] = {}
    for line in _LIST.read_text("utf-8").splitlines():
        term, other, strength = line.split("\t")
        found.setdefault(term, []).append((other, float(strength)))
    return {term: tuple(relations) for term, relations in found.items()}
