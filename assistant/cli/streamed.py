"""An answer as it streams: for a terminal or a pipe, and as Markdown.

A true citation becomes a link to its lines, anything else a mark that says what is wrong. A model's words are written
so that no terminal obeys them and no viewer of the Markdown loads what they point at: a link to another host is never
a link here, its address is shown instead.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import click

from assistant.cli.console import Console, printable, safe
from assistant.cli.results import label
from assistant.conversation import Event
from assistant.conversation.events import (
    CopiedCode,
    FlaggedIdentifier,
    FlaggedQuotation,
    Text,
    TrueCitation,
    UntrueCitation,
)
from assistant.copies.answers import said_of

_LINK = re.compile(r"\[(?P<label>[^\]]*)\]\((?P<target>[^)]*)\)")
_SPECIAL = re.compile(r"[\[\]_*`<\\]")


class Writer(Protocol):
    """Takes the events of an answer."""

    def take(self, event: Event) -> None:
        """Write what an event has to be shown of."""
        ...

    def end(self) -> None:
        """Write what was held back, and end the line."""
        ...


class TextWriter:
    """Writes an answer to a terminal or a pipe, each piece as it comes.

    :param here: the current folder, resolved: paths are shown as they open from it.
    """

    def __init__(self, console: Console, here: Path) -> None:
        self._console = console
        self._here = here
        self._at_line_start = True

    def take(self, event: Event) -> None:
        """Write a piece; what is no piece of the answer is passed over."""
        if isinstance(event, Text):
            self._write(safe(event.text))
        elif isinstance(event, TrueCitation):
            self._write(self._true(event))
        elif isinstance(event, UntrueCitation):
            self._write(_untrue(event, lambda text: self._console.paint(text, "warning")))
        elif isinstance(event, FlaggedIdentifier):
            why = self._console.paint(f"(✗ {_reason(event.reason, event.hint)})", "warning")
            self._write(f"{safe(event.text)} {why}")
        elif isinstance(event, FlaggedQuotation):
            self._write(self._console.paint(_quotation(event), "warning") + "\n", on_new_line=True)
        elif isinstance(event, CopiedCode):
            for note in copy_notes(event):
                self._write(self._console.paint(note, "warning") + "\n", on_new_line=True)

    def end(self) -> None:
        """End the line."""
        self._write("", on_new_line=True)

    def _write(self, text: str, *, on_new_line: bool = False) -> None:
        if on_new_line and not self._at_line_start:
            text = "\n" + text
        if text:
            click.echo(text, nl=False, color=self._console.colour)
            self._at_line_start = text.endswith("\n")

    def _true(self, cited: TrueCitation) -> str:
        place = printable(label(cited.root, cited.path, self._here))
        shown = self._console.paint(place if cited.whole_file else f"{place}:{_lines(cited)}", "path")
        return _in_place(cited.text, shown)


class MarkdownWriter:
    """Writes an answer as Markdown, line by line.

    :param several: links are absolute, since the files lie in several repositories.
    """

    def __init__(self, *, several: bool) -> None:
        self._several = several
        self._line: list[str] = []
        self._own: list[str] = []
        self._fence = ""

    def take(self, event: Event) -> None:
        """Take a piece, and write the lines that it completes."""
        if isinstance(event, Text):
            *lines, rest = safe(event.text).replace("\ue000", "").split("\n")
            for line in lines:
                self._line.append(line)
                self._flush()
            self._line.append(rest)
        elif isinstance(event, TrueCitation):
            self._keep(self._link(event))
        elif isinstance(event, UntrueCitation):
            self._keep(_untrue(event, _escaped))
        elif isinstance(event, FlaggedIdentifier):
            self._line.append(safe(event.text))
            self._keep(f" (✗ {_escaped(_reason(event.reason, event.hint))})")
        elif isinstance(event, FlaggedQuotation):
            self._note([_quotation(event)])
        elif isinstance(event, CopiedCode):
            self._note(copy_notes(event))

    def _note(self, notes: Sequence[str]) -> None:
        """Write lines of our own behind the line that there is."""
        if any(self._line):
            self._flush()
        for note in notes:
            self._keep(f"\n*{_escaped(note)}*\n")
            self._flush()

    def end(self) -> None:
        """Write the last line."""
        if any(self._line):
            self._flush()

    def _keep(self, own: str) -> None:
        """Put in something of our own, which is not made harmless."""
        self._line.append("\ue000")
        self._own.append(own)

    def _flush(self) -> None:
        line = "".join(self._line)
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence[1].startswith(self._fence) and not line.strip().strip(self._fence[0]):
                self._fence = ""
        else:
            # An indented one may belong to a list, and end with it: its lines are made harmless, too.
            if fence and fence.start(1) == 0 and not (fence[1][0] == "`" and "`" in line[fence.end() :]):
                self._fence = fence[1]
            line = harmless(line)
        own = iter(self._own)
        click.echo(re.sub("\ue000", lambda _: next(own), line))
        self._line, self._own = [], []

    def _link(self, cited: TrueCitation) -> str:
        path = (cited.root / cited.path).as_posix() if self._several else cited.path
        target = quote(path.encode("utf-8", "surrogateescape"))
        text = _escaped(printable(cited.path))
        if cited.whole_file:
            return f"[{text}]({target})"
        anchor = f"L{cited.start_line}" + (f"-L{cited.end_line}" if cited.end_line > cited.start_line else "")
        return f"[{text}:{_lines(cited)}]({target}#{anchor})"


_LOADING = (
    r"(?:a|applet|audio|base|body|embed|form|frame|frameset|iframe|image|img|input|link|meta|object|picture|portal|script"
    r"|source|style|svg|table|td|th|tr|track|video)"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:.*?[^`])\1(?!`)")
_IMAGE_OR_LINK = re.compile(r"\](?=\()|!(?=\[)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!(?:https?|mailto):)")
_LOADING_TAG = re.compile(rf"<(?={_LOADING}\b)", re.IGNORECASE)
_DEFINITION = re.compile(r"^(\s{0,3}(?:[>*+-]\s*|\d+[.)]\s*)*)\[(?=[^\]]*\]:)")


def harmless(line: str) -> str:
    """Return a line of Markdown in which nothing loads from, or links to, an address that is not shown.

    Images, links and tags are written out instead of taking effect; code keeps its characters where it cannot be
    mistaken.
    """
    parts, position = [], 0
    for span in _CODE_SPAN.finditer(line):
        parts.append(_written_out(line[position : span.start()]))
        # What is a span depends on lines before: an image or a tag in it is written out all the same.
        parts.append(_LOADING_TAG.sub(r"\\<", span.group().replace("![", "!\\[").replace("](", "]\\(")))
        position = span.end()
    parts.append(_written_out(line[position:]))
    return _DEFINITION.sub(r"\1\\[", "".join(parts))


def _written_out(text: str) -> str:
    return _TAG.sub(r"\\<", _IMAGE_OR_LINK.sub(lambda found: f"\\{found.group()}", text))


def _lines(cited: TrueCitation) -> str:
    return (
        f"{cited.start_line}-{cited.end_line}" if cited.end_line > cited.start_line else str(cited.start_line)
    )


def _in_place(written: str, shown: str) -> str:
    """Return a citation in the form in which the model wrote it: in brackets, behind its label, or bare."""
    if link := _LINK.fullmatch(written):
        words = link["label"].strip("` ")
        same = os.path.basename(words.partition(":")[0]) in link["target"]
        return f"[{shown}]" if same else f"{safe(link['label'])} [{shown}]"
    return f"[{shown}]" if written.startswith("[") else shown


def _untrue(cited: UntrueCitation, shown: Callable[[str], str]) -> str:
    written = cited.text
    if link := _LINK.fullmatch(written):
        inner = link["target"]
    else:
        inner = written.removeprefix("[").removesuffix("]")
    return _in_place(written, shown(f"{safe(inner).strip('`')} ✗ {_reason(cited.reason, cited.hint)}"))


def _reason(reason: str, hint: str) -> str:
    return printable(f"{reason}; {hint}" if hint else reason)


def _quotation(flagged: FlaggedQuotation) -> str:
    return printable(f"✗ the code above {flagged.reason} {flagged.path}: {flagged.line.strip()[:80]}")


def copy_notes(event: CopiedCode) -> list[str]:
    """Return what is said of copied code, a line each."""
    return [printable(f"≡ {said_of(finding)}") for finding in event.findings]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: "\\" + match.group(), text)
