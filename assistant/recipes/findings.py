"""Findings in an answer: a place and what is wrong there. What names no line that the model was shown is dropped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.recipes.rewriting import same_file

_PLACE = re.compile(
    r"^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)?(?:#{1,6}\s+)?(?:\*\*|__)?[\[(`]{0,3}(?P<path>[^\s:`\[\]()*]+):(?P<start>\d+)"
    r"(?:(?:-|\u2013|\.\.)L?(?P<end>\d+)|:\d+)?[\])`]{0,3}(?:\*\*|__)?\s*(?P<rest>.*)$"
)
_LEADING = re.compile(r"^[\s:\u2013\u2014-]+")
_TRAILING = re.compile(r"\s*\[(?P<path>[^\s:\[\]]+):(?P<start>\d+)(?:-(?P<end>\d+))?\]\.?\s*$")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in some lines; 1-based, inclusive."""

    path: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of an answer."""

    kept: tuple[Finding, ...]
    dropped: int
    """Findings that named lines which the model was not shown."""
    remark: str
    """What the answer says besides: that there is nothing, for instance."""


def findings_of(answer: str, shown: Mapping[str, frozenset[int]]) -> Findings:
    """Read the findings of an answer.

    :param shown: path -> lines that the model was shown.
    """
    kept: list[Finding] = []
    dropped = 0
    remarks: list[str] = []
    text: list[str] | None = None
    place: tuple[str, int, int] | None = None

    def close() -> None:
        nonlocal text, dropped
        if text is None:
            return
        words = " ".join(" ".join(text).split())
        if place is not None and words:
            kept.append(Finding(*place, words))
        else:
            dropped += 1
        text = None

    for line in answer.replace("\r\n", "\n").split("\n"):
        match = _PLACE.match(line) or (_TRAILING.search(line) if line.strip() else None)
        if match is not None:
            close()
            rest = match.groupdict().get("rest")
            said = _LEADING.sub("", rest) if rest is not None else line[: match.start()].strip(" -*")
            place, text = _allowed(match, shown), [said]
        elif text is not None and (
            line[:1] in (" ", "\t") or (line.strip() and not line.lstrip().startswith("#"))
        ):
            text.append(line.strip())
        else:
            if text is not None:
                close()
            if line.strip():
                remarks.append(line.strip())
    close()
    return Findings(tuple(dict.fromkeys(kept)), dropped, " ".join(remarks))


def _allowed(match: re.Match[str], shown: Mapping[str, frozenset[int]]) -> tuple[str, int, int] | None:
    """Return the place if its first line was shown; a range is cut to what was."""
    given = match["path"].removeprefix("./")
    path = given if given in shown else None
    if path is None:
        fitting = [known for known in shown if same_file(given.removeprefix("a/").removeprefix("b/"), known)]
        path = fitting[0] if len(fitting) == 1 else None
    if path is None:
        return None
    start = int(match["start"])
    end = max(start, int(match["end"] or start))
    lines = shown[path]
    if start not in lines or end - start > 10_000:
        return None
    while end not in lines:
        end -= 1
    return path, start, end
