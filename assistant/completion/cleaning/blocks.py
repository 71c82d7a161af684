"""Where a suggestion ends: with the statement, or with the block that it opens or continues, told by indentation.

Indentation tells it in every language that people format, and in texts that no parser can read yet.
"""

from collections.abc import Sequence

from assistant.completion.place import Place, Surroundings

_TAB = 4
_CLOSERS = (")", "]", "}", "end", "</", "fi", "done", "esac")
_GOES_ON = (
    *("else", "elif", "elsif", "elseif", "except", "catch", "finally", "rescue", "ensure", "case", "default"),
    *("when", "then", "and ", "or ", "&&", "||", ".", "?", ":", "+", "|>", "=>"),
)
_OPENS = ("{", "(", "[", ":", "=>", "->", "=", ",", "\\", " do", " then", "|", "&&", "||", "+", ".")


def block_of(text: str, place: Place, most_lines: int) -> tuple[str, bool]:
    """Cut a text to the statement or block at the cursor.

    :param text: with line feeds as line ends.
    :return: the text, and whether something was cut off.
    """
    lines = text.split("\n")
    kept = _kept(lines, place, most_lines)
    while kept and not lines[kept - 1].strip():
        kept -= 1
    return "\n".join(lines[:kept]), kept < len(lines) and any(line.strip() for line in lines[kept:])


def enough(text: str, place: Place, most_lines: int) -> bool:
    """Tell whether an answer that still streams in holds the whole block already."""
    whole, newline, _ = text.rpartition("\n")
    return bool(newline) and bool(whole.strip()) and block_of(whole, place, most_lines)[1]


def is_single_line(place: Place) -> bool:
    """Tell whether only the cursor's line may be completed: text follows on it, or it is in a string or comment."""
    rest = place.tail.strip().strip(")]}\"'`;,:")
    return bool(rest) or place.surroundings is not Surroundings.CODE


def indent_width(line: str) -> int:
    """Return how far a line is indented, in columns."""
    expanded = line.expandtabs(_TAB)
    return len(expanded) - len(expanded.lstrip())


def _kept(lines: Sequence[str], place: Place, most_lines: int) -> int:
    """Return how many lines to keep."""
    if is_single_line(place):
        return 1
    is_sequence = place.is_blank or not lines[0].strip()  # what begins with a new line begins a new statement
    first = place.head + lines[0]
    base = indent_width(first) if first.strip() else indent_width(place.head + "x")
    for number in range(1, min(len(lines), most_lines)):
        line = lines[number]
        if not line.strip():
            if _ends_at_blank(lines, number, base):
                return number
            continue
        keep, last = _verdict(line, base, is_sequence=is_sequence)
        if not keep or last:
            return number + int(keep)
    return min(len(lines), most_lines)


def _verdict(line: str, base: int, *, is_sequence: bool) -> tuple[bool, bool]:
    """Tell whether a line belongs to the block, and whether it is its last."""
    width, stripped = indent_width(line), line.strip()
    closes = stripped.startswith(_CLOSERS)
    if width > base:
        return True, False
    if width < base:
        return closes, True
    if closes:
        return True, not is_sequence and not stripped.endswith(_OPENS)
    if is_sequence or stripped.startswith(_GOES_ON):
        return True, False
    return False, True


def _ends_at_blank(lines: Sequence[str], number: int, base: int) -> bool:
    """Tell whether a blank line ends the block: no deeper line follows it, or another blank one does."""
    following = lines[number + 1] if number + 1 < len(lines) else ""
    return not following.strip() or indent_width(following) <= base
