"""Puts a request to a model together: related code, imports, the text around the cursor, as parts for the gate.

Each part says where its text comes from, so that the gate can leave out files that may not be sent; the request is then
made of what the gate gave back, and of nothing else. Three forms: a server that takes a suffix, a model whose template
is known, and a chat model that is told what to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.backends.messages import ChatRequest, Message
from assistant.backends.messages import CompletionRequest as ModelRequest
from assistant.completion.material.fragments import Fragment
from assistant.completion.model import CompletionRequest
from assistant.completion.prompting.comments import commented
from assistant.completion.prompting.templates import Template
from assistant.completion.prompting.window import Window
from assistant.context.tokens import estimate_tokens
from assistant.privacy import FileOrigin, Part, Prompt

INSTRUCTION = """\
You complete code in an editor. The user's message holds a part of a file with the marker <CURSOR>. Answer with \
exactly the text that is to be inserted in place of <CURSOR>, such that the file goes on as its author would go on: \
usually the rest of the line, or of the statement or block. No explanation, no Markdown, no repetition of what stands \
before or after the marker. If nothing is missing, answer with nothing."""
CURSOR = "<CURSOR>"
_MOST_STOPS = 4
"""More are refused by some servers; what is left out is found in the answer."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an answer is to be made."""

    max_tokens: int
    temperature: float
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A request before the gate has seen it.

    :param parts: what is to be sent, in order.
    :param document: which of the parts is the text before the cursor; without it nothing is sent.
    :param finish: makes the request of the parts' texts as the gate gave them back.
    """

    parts: tuple[Part, ...]
    document: int
    finish: Callable[[Sequence[str]], ModelRequest | ChatRequest]


def chosen(fragments: Sequence[Fragment], budget: int) -> list[Fragment]:
    """Return the fragments that fit into a budget of tokens, each line once, least useful first.

    The most useful ones stand nearest to the code that is to be completed.
    """
    taken: list[Fragment] = []
    for fragment in fragments:
        tokens = estimate_tokens(f"{fragment.path}\n{fragment.text}\n")
        if tokens > budget or any(_overlap(fragment, other) for other in taken):
            continue
        budget -= tokens
        taken.append(fragment)
    return taken[::-1]


def suffix_draft(
    request: CompletionRequest, window: Window, fragments: Sequence[Fragment], sampling: Sampling
) -> Draft:
    """Write a request to a server that takes the text after the cursor by itself."""
    before = _files_as_comments(request, fragments)
    parts = (*before, *_document(request, window))

    def finish(texts: Sequence[str]) -> ModelRequest:
        prefix = "".join(texts[:-1])
        # Without a suffix a server would go on after the prefix as if the file ended there.
        return ModelRequest(
            prefix, texts[-1] or "\n", sampling.max_tokens, sampling.temperature, sampling.stop
        )

    return Draft(parts, len(parts) - 2, finish)


def template_draft(
    request: CompletionRequest,
    window: Window,
    fragments: Sequence[Fragment],
    template: Template,
    sampling: Sampling,
) -> Draft:
    """Write a prompt in a family's own form."""
    header, prefix, suffix = _document(request, window)
    files = _files_as_comments(request, fragments)
    inside: list[Part] = [*files, header]
    outside: list[Part] = []
    if template.file:
        inside = [header]
        outside = [_part(request, item, template.file.format(path=item.path)) for item in fragments]
        outside += [Part(template.file.format(path=request.path), prefix.origin)] if fragments else []
    slots = {"files": outside, "prefix": [*inside, prefix], "suffix": [suffix]}
    parts: list[Part] = []
    for piece in template.pieces():
        parts += slots[piece.slot] if piece.slot else [Part(piece.text, Prompt())]
    stop = (*sampling.stop, *template.stop)[:_MOST_STOPS]

    def finish(texts: Sequence[str]) -> ModelRequest:
        return ModelRequest("".join(texts), "", sampling.max_tokens, sampling.temperature, stop)

    return Draft(tuple(parts), next(n for n, part in enumerate(parts) if part is prefix), finish)


def chat_draft(
    request: CompletionRequest, window: Window, fragments: Sequence[Fragment], sampling: Sampling
) -> Draft:
    """Write a message to a chat model."""
    header, prefix, suffix = _document(request, window)
    files = [_part(request, item, f"In {item.path}:\n") for item in fragments]
    heading = Part(f"The file {request.path}:\n", prefix.origin)
    cursor = Part(CURSOR, Prompt())
    parts = (Part(INSTRUCTION, Prompt()), *files, heading, header, prefix, cursor, suffix)

    def finish(texts: Sequence[str]) -> ChatRequest:
        messages = (Message("system", texts[0]), Message("user", "".join(texts[1:])))
        return ChatRequest(messages, sampling.max_tokens, sampling.temperature, sampling.stop)

    return Draft(parts, len(parts) - 3, finish)


def _document(request: CompletionRequest, window: Window) -> tuple[Part, Part, Part]:
    """Return header, prefix and suffix, in this order."""
    line = request.text.count("\n", 0, request.offset) + 1
    first = line - window.prefix.count("\n")
    origins = (
        FileOrigin(request.root, request.path, 1, max(1, first - 1)),
        FileOrigin(request.root, request.path, first, line),
        FileOrigin(request.root, request.path, line, line + window.suffix.count("\n")),
    )
    header, prefix, suffix = (
        Part(text, origin)
        for text, origin in zip((window.header, window.prefix, window.suffix), origins, strict=True)
    )
    return header, prefix, suffix


def _files_as_comments(request: CompletionRequest, fragments: Sequence[Fragment]) -> list[Part]:
    parts = []
    for item in fragments:
        text = commented(f"{item.path}:\n{item.text}", request.language)
        parts.append(Part(text + "\n", FileOrigin(request.root, item.path, item.start_line, item.end_line)))
    return parts


def _part(request: CompletionRequest, item: Fragment, heading: str) -> Part:
    origin = FileOrigin(request.root, item.path, item.start_line, item.end_line)
    return Part(f"{heading}{item.text}\n", origin)


def _overlap(one: Fragment, other: Fragment) -> bool:
    return one.path == other.path and one.start_line <= other.end_line and other.start_line <= one.end_line
