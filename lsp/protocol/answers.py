"""Asking: ``assist/ask`` and ``assist/context``, and the events of an answer while it streams."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lsp.protocol.copies import CopyNote
from lsp.protocol.method import Method
from lsp.protocol.places import Hit, Position, Range, Selection
from lsp.schema import described

_TOKEN = "The answer's events are then sent with `$/progress` as they come."
_BACKEND = (
    "The backend that answers, by its name in config.toml; `none` for the index alone. "
    "Without it: the settings `assist.chat.backend`, else what config.toml says."
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that a model is given."""

    path: str = described(
        "The file, relative to its folder; what else was given is named here, such as `selection`."
    )
    start_line: int = described("First line, counted from 1; 0 if it is no part of a file.")
    end_line: int = described("Last line.")
    tokens: int = described("About how many tokens it takes.")
    origin: str = described("Why it is given.")
    uri: str | None = described("The document, if it is one.", None)


@dataclass(frozen=True, slots=True)
class ContextEvent:
    """Always first where a model answers: what is sent to it."""

    query: str = described("The question as it was understood: a follow-up with what it is about.")
    backend: str = described("The backend's name.")
    model: str = described("The model.")
    endpoint: str = described("Where it is.")
    passages: tuple[Passage, ...] = described("What is sent besides the question.")
    left_out: tuple[str, ...] = described("Passages that may not be sent, and why.")
    redacted: Mapping[str, int] = described("How many secrets were replaced, by kind.")
    kind: Literal["context"] = described("", "context")


@dataclass(frozen=True, slots=True)
class PassagesEvent:
    """Always first where the index answers: the places that answer."""

    passages: tuple[Hit, ...] = described("Best first.")
    kind: Literal["passages"] = described("", "passages")


@dataclass(frozen=True, slots=True)
class NothingFoundEvent:
    """Nothing in the folders fits; a model is told so, too."""

    statement: str = described("What was searched, and the best that was found.")
    kind: Literal["nothingFound"] = described("", "nothingFound")


@dataclass(frozen=True, slots=True)
class ThinkingEvent:
    """What a reasoning model thinks; no part of the answer."""

    text: str = described("The next piece.")
    kind: Literal["thinking"] = described("", "thinking")


@dataclass(frozen=True, slots=True)
class TextEvent:
    """Part of the answer, Markdown, with nothing to be said about it."""

    text: str = described("The next piece.")
    kind: Literal["text"] = described("", "text")


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """A citation that is true: the only ones that may be shown as links."""

    text: str = described("As the model wrote it.")
    uri: str = described("The document.")
    path: str = described("Its path in its folder.")
    range: Range = described("The cited lines.")
    kind: Literal["citation"] = described("", "citation")


@dataclass(frozen=True, slots=True)
class UntrueCitationEvent:
    """A citation that is not true; show it struck out, with the reason."""

    text: str = described("As the model wrote it.")
    reason: str = described("What is wrong.")
    hint: str = described("What may have been meant; may be empty.", "")
    kind: Literal["untrueCitation"] = described("", "untrueCitation")


@dataclass(frozen=True, slots=True)
class FlaggedNameEvent:
    """A name in the answer that is nowhere in the folders."""

    text: str = described("As the model wrote it.")
    identifier: str = described("The name.")
    reason: str = described("What is wrong.")
    hint: str = described("What may have been meant; may be empty.", "")
    kind: Literal["flaggedName"] = described("", "flaggedName")


@dataclass(frozen=True, slots=True)
class FlaggedQuotationEvent:
    """Says of the block of code before it that the file says something else. It has no text of its own."""

    path: str = described("The file that is quoted.")
    line: str = described("The first line that is not in it.")
    reason: str = described("What is wrong.")
    kind: Literal["flaggedQuotation"] = described("", "flaggedQuotation")


@dataclass(frozen=True, slots=True)
class CopiedCodeEvent:
    """The block of code that the text ended with is copied."""

    copies: tuple[CopyNote, ...] = described(
        "What nobody has agreed to; may be empty. Lines count within the block."
    )
    kind: Literal["copiedCode"] = described("", "copiedCode")


AnswerEvent = (
    ContextEvent
    | PassagesEvent
    | NothingFoundEvent
    | ThinkingEvent
    | TextEvent
    | CitationEvent
    | UntrueCitationEvent
    | FlaggedNameEvent
    | FlaggedQuotationEvent
    | CopiedCodeEvent
)
"""What happens while a question is answered. The texts, joined, are the answer."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How the answer's citations fared."""

    checked: int = described("Citations.")
    true: int = described("True ones.")
    untrue: int = described("Untrue ones.")
    flagged: int = described("Names and quotations that are not from here.")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    answer: str = described("The whole text, Markdown; without a model: the statement.")
    found: bool = described("Whether anything in the folders fits the question.")
    passages: tuple[Hit, ...] = described("Without a model: the places that answer. With one: empty.")
    notes: tuple[str, ...] = described("What the user should know.")
    ms: float = described("How long it took.")
    backend: str | None = described("Who answered; null for the index alone.", None)
    model: str | None = described("Its model.", None)
    checked: Checked | None = described("With a model: how its citations fared.", None)
    summary: str | None = described("With a model: what was sent where, in a few words.", None)
    finish_reason: str | None = described("Why the model stopped; `length` means that it was cut.", None)
    copies: tuple[CopyNote, ...] = described("Passages of the answer's code that are copied.", ())


@dataclass(frozen=True, slots=True)
class AskParams:
    """A question that stands by itself."""

    question: str = described(
        "In words; `@path`, `@path:10-20`, `@folder/`, `@symbol`, `@diff`, `@commit:REV` and `@selection` give a model "
        "that, too."
    )
    folders: tuple[str, ...] | None = described(
        "URIs of workspace folders to ask about; without it, all.", None
    )
    selection: Selection | None = described("What `@selection` means.", None)
    backend: str | None = described(_BACKEND, None)
    model: str | None = described("Another model of that backend.", None)
    partial_result_token: str | int | None = described(_TOKEN, None)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it would be sent."""

    role: str = described("`system`, `user` or `assistant`.")
    content: str = described("Its text, secrets replaced.")


@dataclass(frozen=True, slots=True)
class ContextParams:
    """A question whose context is to be looked at."""

    question: str = described("As in `assist/ask`.")
    folders: tuple[str, ...] | None = described("As in `assist/ask`.", None)
    selection: Selection | None = described("As in `assist/ask`.", None)
    backend: str | None = described(_BACKEND, None)
    model: str | None = described("Another model of that backend.", None)
    chat_id: str | None = described("The chat whose earlier turns would go with it.", None)


@dataclass(frozen=True, slots=True)
class Context:
    """What would be sent."""

    query: str = described("The question as it was understood.")
    passages: tuple[Passage, ...] = described("What would be sent besides the question.")
    messages: tuple[Message, ...] = described("Everything that would be sent.")
    left_out: tuple[str, ...] = described("Passages that may not be sent, and why.")
    redacted: Mapping[str, int] = described("How many secrets were replaced, by kind.")
    bytes: int = described("Size of what would be sent.")
    backend: str | None = described(
        "Who would get it; null if no model is configured, and nothing is sent.", None
    )
    model: str | None = described("Its model.", None)
    endpoint: str | None = described("Where it is.", None)


_PASSAGE = Passage("src/pool.py", 12, 30, 190, "defines ConnectionPool", "file:///home/me/shop/src/pool.py")
EXAMPLE_ANSWER = Answer(
    "Connections are kept by ConnectionPool [src/pool.py:12-30].",
    True,
    (),
    (),
    840.2,
    "local",
    "qwen2.5-coder:7b",
    Checked(1, 1, 0, 0),
    "6 passages, 3.2 kB to localhost:11434",
    "stop",
)
EXAMPLE_EVENT = CitationEvent(
    "[src/pool.py:12-30]",
    "file:///home/me/shop/src/pool.py",
    "src/pool.py",
    Range(Position(11, 0), Position(30, 0)),
)

ASK: Method[AskParams, Answer] = Method(
    "assist/ask",
    AskParams,
    Answer,
    "Answers a question from the index, or by a language model where one is configured. Each of a model's citations is "
    "checked before it is sent. Before the first request to a host that is not this machine the user is asked with "
    "`window/showMessageRequest`. `$/cancelRequest` closes the connection to the model.",
    AskParams("where are connections kept?", partial_result_token="ask-1"),
    EXAMPLE_ANSWER,
    streamed=AnswerEvent,
    streamed_example=EXAMPLE_EVENT,
)
CONTEXT: Method[ContextParams, Context] = Method(
    "assist/context",
    ContextParams,
    Context,
    "Tells what would be sent to a model for a question. Nothing is sent.",
    ContextParams("where are connections kept?"),
    Context(
        "where are connections kept?",
        (_PASSAGE,),
        (Message("user", "... src/pool.py:12-30 ... where are connections kept?"),),
        (".env (private by name)",),
        {"password": 1},
        3_212,
        "local",
        "qwen2.5-coder:7b",
        "http://localhost:11434",
    ),
)
METHODS = (ASK, CONTEXT)
