"""Why a result stands where it does: each kind of evidence, what it is worth and what came of it, for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.retrieval.query import Query, QueryKind
from assistant.retrieval.ranking import Weights
from assistant.retrieval.results import SearchResult

_MEANINGS = {
    "best_chunk": "words of the query in the file's best part",
    "further_chunks": "words of the query in its other parts",
    "file_text": "words of the query in the whole file",
    "defines": "defines what the query names",
    "stem_is_symbol": "the file is named after the asked name",
    "stem_share": "share of the file name's words that are asked for",
    "query_in_stem": "share of the query that stands in the file's name",
    "compound_names": "words of the query side by side in a defined name",
    "compound_stem": "words of the query side by side in the file's name",
    "chunk_cosine": "likeness in meaning, best part",
    "file_cosine": "likeness in meaning, whole file",
    "test": "a test, example, vendored or generated file",
    "barrel": "a file that only passes names on",
    "docs": "documentation or configuration",
    "prose": "prose, settings or data, no code",
    "depth": "folders above the file",
    "central": "many other files use it",
    "reach": "it uses many other files",
    "scope": "named like what the change is said to be about",
    "imported_by_hits": "files that fit well import it",
    "imports_hits": "it imports files that fit well",
    "history": "commits that changed the file speak of it",
    "elsewhere": "made for another operating system",
    "path": "the path is what was asked for",
}
_LEAST = 5e-4
"""What counts less is not shown."""

FURTHER = "further_part"


@dataclass(frozen=True, slots=True)
class Share:
    """One kind of evidence in a result's score.

    :param value: as it was found, about 0 to 1; None where it is not weighed.
    :param weight: None where it is not weighed.
    :param score: what it added.
    """

    name: str
    meaning: str
    value: float | None
    weight: float | None
    score: float


def explained(result: SearchResult, weights: Weights) -> list[Share]:
    """Return what a result's score is made of, the weightiest first; the shares add up to the score."""
    shares = []
    for name, score in result.evidence.items():
        weight = getattr(weights, name, None)
        if abs(score) < _LEAST:
            continue
        value = score / weight if weight else None
        meaning = _MEANINGS.get(name, name.replace("_", " "))
        shares.append(Share(name, meaning, value, weight if weight else None, score))
    shares.sort(key=lambda share: -abs(share.score))
    weighed = [share for share in shares if share.weight is not None]
    rest = result.score - sum(share.score for share in shares)
    if weighed and abs(rest) >= 10 * _LEAST:
        shares.append(Share(FURTHER, "stands behind the file's best part", None, None, rest))
    return shares


def understood(query: Query) -> str:
    """Say as what a query was understood, in one line."""
    said = {
        QueryKind.SYMBOL: f"the name {query.symbol}" + (f" in {query.qualifier}" if query.qualifier else ""),
        QueryKind.TEXT: "words and meaning",
        QueryKind.LITERAL: "an exact text",
        QueryKind.REGEX: "a regular expression",
        QueryKind.PATH: f"the path {query.path}" + (f", line {query.line}" if query.line else ""),
        QueryKind.TRACE: "a stack trace",
    }[query.kind]
    named = [*query.embedded, *(name for name in query.capitalised if name not in query.embedded)]
    names = f"; names in it: {', '.join(named)}" if query.kind is QueryKind.TEXT and named else ""
    return f"searched for {said}{names}"


def table(shares: Sequence[Share]) -> list[str]:
    """Return the shares as aligned lines: what each added, its value and weight, what it means."""
    lines = []
    for share in shares:
        how = "" if share.value is None else f"{share.value:.2f} x {share.weight:g}"
        lines.append(f"{share.score:+.3f}  {how:>13}  {share.meaning}")
    return lines
