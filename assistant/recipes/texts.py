r"""The lines of a file with their ends kept, so that a change leaves every other byte as it is.

Lines end at ``\n`` only, as git, editors and the index count them; a carriage return before it belongs to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """A text as lines."""

    texts: tuple[str, ...]
    """Without ends."""
    ends: tuple[str, ...]
    r"""``\n`` or ``\r\n``; of the last line also empty."""

    @classmethod
    def of(cls, text: str) -> "Lines":
        """Split a text; an empty one has no lines."""
        texts, ends = [], []
        for raw in kept_lines(text):
            body = raw.removesuffix("\n")
            bare = body.removesuffix("\r") if body != raw else body
            texts.append(bare)
            ends.append(raw[len(bare) :])
        return cls(tuple(texts), tuple(ends))

    @property
    def usual_end(self) -> str:
        """The line end that most lines have."""
        return "\r\n" if 2 * self.ends.count("\r\n") > len(self.ends) else "\n"

    @property
    def ends_in_newline(self) -> bool:
        """Whether the last line has an end; an empty text counts as if it had."""
        return not self.ends or bool(self.ends[-1])


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines ``start`` to ``end`` (counted from 0, end exclusive) become other lines."""

    start: int
    end: int
    texts: tuple[str, ...]


def kept_lines(text: str) -> list[str]:
    r"""Split after each ``\n``; the ends stay."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def spliced(lines: Lines, splices: Sequence[Splice], final_newline: bool | None = None) -> str:
    """Return the text with lines replaced; new lines end as their neighbour above does.

    :param splices: sorted, without overlap.
    :param final_newline: whether the text ends in a line break; None: as it did.
    """
    usual = lines.usual_end
    parts: list[tuple[str, str]] = []
    at = 0
    for splice in splices:
        parts += zip(lines.texts[at : splice.start], lines.ends[at : splice.start], strict=True)
        above = parts[-1][1] if parts and parts[-1][1] else usual
        replaced = lines.ends[splice.start : splice.end]
        same_length = len(replaced) == len(splice.texts)
        for number, text in enumerate(splice.texts):
            parts.append((text, (replaced[number] if same_length else "") or above))
        at = splice.end
    parts += zip(lines.texts[at:], lines.ends[at:], strict=True)
    wants_end = lines.ends_in_newline if final_newline is None else final_newline
    text = "".join(body + (end or usual) for body, end in parts)
    if parts and not wants_end:
        text = (
            text.removesuffix("\n").removesuffix("\r") if text.endswith("\r\n") else text.removesuffix("\n")
        )
    return text
