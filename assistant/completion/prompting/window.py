"""The part of a document that a model is given: what fits before and after the cursor, and its imports.

Lines are whole but for the cursor's own. Nothing here reads a file.
"""

import re
from dataclasses import dataclass

from assistant.completion.model import CompletionRequest
from assistant.context.tokens import estimate_tokens

_PREFIX_SHARE = 0.5
_SUFFIX_SHARE = 0.15
_HEADER_SHARE = 0.08
_CHARS_PER_TOKEN = 6
"""More than code ever has on average: bounds what is looked at before tokens are counted."""
_HEADER_LINES = 120
_IMPORT = re.compile(
    r"\s*(?:import\b|from\s+\S+\s+import\b|#\s*include\b|using\b|use\s|require\b|package\b|module\b|namespace\b"
    r"|(?:const|let|var)\s.*=\s*require\(|@import\b|extern\s+crate\b|load\()"
)


@dataclass(frozen=True, slots=True)
class Window:
    """What a model sees of the document."""

    header: str
    """The lines at the document's beginning that import, where they are not in ``prefix``; ends with a line end."""
    prefix: str
    suffix: str
    tokens: int
    """Of all three, estimated."""


def window_of(request: CompletionRequest, budget: int) -> Window:
    """Cut the document to a budget of tokens; at least the cursor's line before the cursor is kept."""
    prefix = _last_lines(request.prefix, int(budget * _PREFIX_SHARE))
    suffix = _first_lines(request.suffix, int(budget * _SUFFIX_SHARE))
    header = ""
    if len(prefix) < request.offset:
        header = _imports(request.text[: request.offset - len(prefix)], int(budget * _HEADER_SHARE))
    tokens = sum(map(estimate_tokens, (header, prefix, suffix)))
    return Window(header, prefix, suffix, tokens)


def _last_lines(text: str, budget: int) -> str:
    """Return as many last lines as fit; the last one always, cut at its beginning if it must be."""
    text = text[-budget * _CHARS_PER_TOKEN :]
    lines = text.split("\n")
    taken, tokens = len(lines), 0
    while taken > 0:
        tokens += estimate_tokens(lines[taken - 1] + "\n")
        if tokens > budget:
            break
        taken -= 1
    if taken == len(lines):
        return lines[-1][-budget:]
    return "\n".join(lines[taken:])


def _first_lines(text: str, budget: int) -> str:
    """Return as many first lines as fit, the first one cut at its end if it must be."""
    text = text[: budget * _CHARS_PER_TOKEN]
    kept, tokens = [], 0
    for line in text.split("\n"):
        tokens += estimate_tokens(line + "\n")
        if tokens > budget:
            break
        kept.append(line)
    return "\n".join(kept) if kept else text.split("\n", 1)[0][:budget]


def _imports(text: str, budget: int) -> str:
    lines = [line for line in text.split("\n")[:_HEADER_LINES] if _IMPORT.match(line)]
    kept, tokens = [], 0
    for line in lines:
        tokens += estimate_tokens(line + "\n")
        if tokens > budget:
            break
        kept.append(line + "\n")
    return "".join(kept)
