"""Search results as text, as ``path:line:text`` for editors, and as JSON."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.answers import Line, Passage
from assistant.answers.highlight import Matcher
from assistant.answers.passages import lines_of
from assistant.answers.places import current_file
from assistant.cli.console import Console, printable
from assistant.retrieval.explanation import Share, explained, table
from assistant.retrieval.query import Query
from assistant.retrieval.ranking import weights_for
from assistant.retrieval.search import Source

_MAX_ALIGNED = 56
"""Longer locations are not waited for by the others' columns."""


def label(root: Path, path: str, here: Path) -> str:
    """Return a path that opens from the current folder: relative to it inside the repository, else absolute."""
    full = os.path.join(root, path)
    if here == root:
        return path
    if here in root.parents or root in here.parents:
        return os.path.relpath(full, here)
    return full


class ResultPrinter:
    """Writes passages to a console."""

    def __init__(self, console: Console, here: Path) -> None:
        """Prepare.

        :param here: the current folder, resolved.
        """
        self._console = console
        self._here = here

    def location(self, passage: Passage) -> str:
        """Return ``path:start-end`` as it opens from the current folder."""
        result = passage.result
        lines = f"{result.start_line}" + (
            f"-{result.end_line}" if result.end_line > result.start_line else ""
        )
        return f"{printable(label(result.root, result.path, self._here))}:{lines}"

    def blocks(self, passages: Sequence[Passage], *, snippets: bool, explain: Query | None = None) -> str:
        """Return a header line a passage, aligned, each with its lines below.

        :param explain: the query whose scores are explained, too; None for no explanation.
        """
        locations = [self.location(passage) for passage in passages]
        titles = [_title(passage) for passage in passages]
        first = _width(locations)
        second = _width(titles)
        blocks = []
        for place, title, passage in zip(locations, titles, passages, strict=True):
            head = (
                self._console.paint(place, "path")
                + " " * (2 + max(0, first - len(place)))
                + self._console.paint(title, "name")
                + " " * (2 + max(0, second - len(title)))
                + self._console.paint(printable(passage.reason), "dim")
            )
            shown = [head.rstrip(), *self.snippet(passage.lines)] if snippets else [head.rstrip()]
            blocks.append("\n".join([*shown, *(self._explanation(passage, explain) if explain else ())]))
        return ("\n\n" if snippets or explain else "\n").join(blocks)

    def _explanation(self, passage: Passage, query: Query) -> list[str]:
        """Return the score and its shares as lines."""
        shares = explained(passage.result, weights_for(query))
        lines = [f"score {passage.result.score:.3f}", *table(shares)]
        return [self._console.paint(f"       {line}", "dim") for line in lines]

    def snippet(self, lines: Sequence[Line]) -> list[str]:
        """Return lines with their numbers, matches painted; a gap shows as dots."""
        width = len(str(lines[-1].number)) if lines else 0
        shown = []
        for position, line in enumerate(lines):
            if position and line.number > lines[position - 1].number + 1:
                shown.append(self._console.paint(f"  {'...':>{max(width, 3)}}", "number"))
            number = self._console.paint(f"{line.number:>{max(width, 3)}}", "number")
            shown.append(f"  {number}  {self._text(line, self._console.width - max(width, 3) - 4)}".rstrip())
        return shown

    def grep(self, passages: Sequence[Passage]) -> str:
        """Return ``path:line:text`` for every line shown."""
        rows = []
        for passage in passages:
            place = printable(label(passage.result.root, passage.result.path, self._here))
            rows += [f"{place}:{line.number}:{self._text(line, 500)}" for line in passage.lines]
        return "\n".join(rows)

    def _text(self, line: Line, width: int) -> str:
        """Return a line's text, cut to a width, safe to print, its matches painted."""
        width = max(20, width)
        text = line.text.expandtabs(4) if not line.matches else line.text
        cut = text if len(text) <= width else text[: width - 1]
        parts, position = [], 0
        for start, end in line.matches:
            if start >= len(cut):
                break
            parts.append(printable(cut[position:start].replace("\t", "    ")))
            parts.append(self._console.paint(printable(cut[start:end]), "match"))
            position = min(end, len(cut))
        parts.append(printable(cut[position:].replace("\t", "    ")))
        return "".join(parts) + ("…" if len(cut) < len(text) else "")


def with_context(source: Source, passage: Passage, matcher: Matcher, around: int) -> Passage:
    """Return a passage with so many lines before and after each of its own."""
    file = current_file(source, passage.result.path)
    if file is None or not around:
        return passage
    wanted = {
        number for line in passage.lines for number in range(line.number - around, line.number + around + 1)
    }
    return Passage(passage.result, lines_of(file, sorted(wanted), matcher), passage.reason)


def as_json(
    passages: Iterable[Passage], *, with_repo: bool, explain: Query | None = None
) -> list[dict[str, Any]]:
    """Return passages as objects of plain values; paths are relative to the repository.

    :param explain: the query whose scores are explained, too; None for no explanation.
    """
    objects = []
    for passage in passages:
        result = passage.result
        shown: dict[str, Any] = {"path": result.path}
        if with_repo:
            shown["repo"] = str(result.root)
        shown |= {
            "start_line": result.start_line,
            "end_line": result.end_line,
            "score": round(result.score, 4),
            "language": result.language,
            "name": result.name,
            "kind": result.kind,
            "reason": passage.reason,
            "lines": [{"line": line.number, "text": line.text} for line in passage.lines],
            "evidence": {name: round(value, 4) for name, value in result.evidence.items() if value},
        }
        if explain:
            shown["explanation"] = [_share(share) for share in explained(result, weights_for(explain))]
        objects.append(shown)
    return objects


def _share(share: Share) -> dict[str, Any]:
    rounded = {
        name: None if number is None else round(number, 4)
        for name, number in (("value", share.value), ("weight", share.weight), ("score", share.score))
    }
    return {"name": share.name, "meaning": share.meaning, **rounded}


def _title(passage: Passage) -> str:
    result = passage.result
    kind = "" if result.kind == "text" and not result.name else result.kind
    return printable(" ".join(part for part in (kind, result.name) if part))


def _width(texts: Sequence[str]) -> int:
    return max((len(text) for text in texts if len(text) <= _MAX_ALIGNED), default=0)
