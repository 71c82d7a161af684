"""An answer as Markdown: links that open in a repository's web view, lines as fenced code."""

import re
from urllib.parse import quote

from assistant.answers import Answer, Passage
from assistant.cli.console import printable

_SPECIAL = re.compile(r"[\[\]_*`<\\]")


def answer_as_markdown(found: Answer, *, several: bool, closing: str) -> str:
    """Return a statement with links, then each passage as a heading line and its lines.

    :param several: links are absolute, since the passages lie in several repositories.
    :param closing: the last paragraph, if places are shown.
    """
    statement = printable_lines(found.statement)
    if not found.passages:
        return statement
    links = {printable(passage.result.location): link(passage, several=several) for passage in found.passages}
    longest_first = sorted(links, key=len, reverse=True)
    named = re.compile("|".join(map(re.escape, longest_first)))
    statement = named.sub(lambda match: links[match.group()], statement)
    return "\n\n".join(
        [statement, *(_block(passage, several=several) for passage in found.passages), f"*{closing}*"]
    )


def link(passage: Passage, *, several: bool) -> str:
    """Return ``[path:line](path#Lline)`` for a passage's first line."""
    result = passage.result
    path = (result.root / result.path).as_posix() if several else result.path
    anchor = f"L{result.start_line}" + (f"-L{result.end_line}" if result.end_line > result.start_line else "")
    target = quote(path.encode("utf-8", "surrogateescape"))
    text = _SPECIAL.sub(lambda match: "\\" + match.group(), printable(result.location))
    return f"[{text}]({target}#{anchor})"


def printable_lines(text: str) -> str:
    """Return a text of several lines without what could harm a terminal."""
    return "\n".join(map(printable, text.splitlines()))


def _block(passage: Passage, *, several: bool) -> str:
    result = passage.result
    title = " ".join(part for part in (result.kind if result.name else "", result.name) if part)
    named = f" `{printable(title)}`" if title else ""
    head = f"- {link(passage, several=several)}{named}: {printable(passage.reason)}"
    if not passage.lines:
        return head
    fence = "```"
    while any(fence in line.text for line in passage.lines):
        fence += "`"
    body = []
    for position, line in enumerate(passage.lines):
        if position and line.number > passage.lines[position - 1].number + 1:
            body.append("...")
        body.append(printable(line.text.expandtabs(4)))
    lines = [f"{fence}{result.language}", *body, fence]
    return "\n".join([head, "", *(f"  {line}".rstrip() for line in lines)])
