"""What may go into a prompt: passages with their place and the reason why they are there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answers.places import current_file, relocated
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source

_NAME = re.compile(r"[\w.:#~<>$]{1,80}")

IN_FILES = frozenset({"definition", "chunk", "signature", "caller", "file"})
"""Kinds whose text is lines of an indexed file; the others (diff, commit, selection, url) are taken as they are."""


@dataclass(frozen=True, slots=True)
class ContextItem:
    """A passage. Lines are 1-based and inclusive; both are 0 where the text is no part of a file.

    :param path: relative to ``root``; an address for a URL, a revision for a commit.
    :param text: whole lines without the last line's end.
    :param kind: ``definition``, ``chunk``, ``signature``, ``caller``, ``file``, ``diff``, ``commit``, ``selection``,
        ``url``.
    :param score: what is better comes first; comparable within one request.
    :param origin: why it is here, in a few words.
    """

    path: str
    start_line: int
    end_line: int
    text: str
    kind: str
    score: float
    origin: str
    root: Path | None = None

    @property
    def location(self) -> str:
        """``path:start-end``, as citations are asked for."""
        if not self.start_line:
            return self.path
        lines = (
            str(self.start_line) if self.start_line == self.end_line else f"{self.start_line}-{self.end_line}"
        )
        return f"{self.path}:{lines}"


def items_of(results: Iterable[SearchResult], sources: Sequence[Source]) -> list[ContextItem]:
    """Turn search results into passages as the files are now; what cannot be found again is left out."""
    by_root = {source.snapshot.root: source for source in sources}
    items = []
    for result in results:
        source = by_root[result.root]
        file = current_file(source, result.path)
        place = relocated(source, file, result.start_line, result.end_line, result.name) if file else None
        if file is None or place is None:
            continue
        start, end = place[0], min(place[1], len(file.lines))
        text = "\n".join(file.lines[start - 1 : end])
        is_name = bool(_NAME.fullmatch(result.name))  # a heading may say anything
        why = f"found by search: {result.name}" if is_name else "found by search"
        items.append(ContextItem(result.path, start, end, text, "chunk", result.score, why, result.root))
    return items
