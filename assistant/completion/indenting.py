"""Whether the hand is still typing a line's indentation: what fits a depth that no line has is not suggested.

Judged by the document itself: the indentations that its lines near the cursor have, and one step more than the line
above. Where no line is indented yet, anything goes.
"""

from assistant.completion.place import Place

_BEFORE_CHARS, _AFTER_CHARS = 20_000, 5_000
_OPENERS = ("{", "(", "[")
_COLON_LANGUAGES = frozenset({"python", "gdscript", "nim", "cython", "starlark"})


def is_half_indented(text: str, place: Place, language: str | None) -> bool:
    """Tell whether a cursor in a blank line stands where no line of code would begin."""
    if not place.is_blank or place.tail.strip():
        return False
    before = _lines(text[max(0, place.line_start - _BEFORE_CHARS) : place.line_start])
    if not before:
        return False
    above = before[-1]
    opener = above.rstrip()[-1:]
    opens = opener in _OPENERS or (opener == ":" and language in _COLON_LANGUAGES)
    here = place.head
    if not opens and _goes_on(above):
        return False  # aligned with what it belongs to
    if opens and len(here) <= len(_indent(above)) and _is_alike(here, _indent(above)):
        return True
    after = text[place.line_start + len(here) + len(place.tail) :][:_AFTER_CHARS]
    known = {_indent(line) for line in before} | {_indent(line) for line in _lines(after)}
    steps = {indent for indent in known if indent}
    if not here or not steps:
        return False
    step = min(steps, key=len)
    return here not in known and here != _indent(above) + step


def _lines(text: str) -> list[str]:
    """Return lines with code; those of block comments begin with a star one column further."""
    return [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("*")]


def _goes_on(line: str) -> bool:
    """Tell whether a line ends within brackets."""
    return line.rstrip()[-1:] in (",", "\\") or sum(map(line.count, "([{")) > sum(map(line.count, ")]}"))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _is_alike(one: str, other: str) -> bool:
    """Tell whether two indentations are made of the same letters, so that their lengths can be compared."""
    return set(one) <= set(other) or not one
