"""Takes the code out of a chat model's answer: no fences, no sentences around it, no marker."""

import re

_FENCE = re.compile(r"```[\w+#.-]*[ \t]*\n(.*?)(?:\n[ \t]*```|\Z)", re.DOTALL)
_PROSE = re.compile(
    r"\s*(?:here(?:'s| is| are)|sure\b|certainly\b|of course\b|okay\b|the (?:missing|completed?|following|code)\b"
    r"|to complete\b|this (?:code|completes|function|is)\b|i (?:will|would|have|can(?:no|')t)\b|you (?:can|could)\b"
    r"|(?:sorry|unfortunately)\b|nothing is missing)",
    re.IGNORECASE,
)
_MARK = re.compile(r"</?CURSOR>", re.IGNORECASE)


def code_of(answer: str) -> str:
    """Return the code of an answer; empty if it holds sentences only."""
    fenced = _FENCE.search(answer)
    text = fenced[1] if fenced else answer
    if not fenced:
        if _PROSE.match(text):
            return ""
        text = (
            text.removeprefix("`").removesuffix("`")
            if text.startswith("`") and text.count("`") == 2
            else text
        )
    return _MARK.split(text)[-1] if _MARK.search(text) else text
