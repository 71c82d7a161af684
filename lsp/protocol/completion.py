"""What became of suggestions: ``assist/completion/*``. Kept in memory; it makes the next ones better."""

from dataclasses import dataclass

from lsp.protocol.copies import EXAMPLE_COPY, CopyNote
from lsp.protocol.method import Kind, Method
from lsp.schema import described

ACCEPTED_COMMAND = "assist.completion.accepted"
"""The command of every suggestion: clients run it when the suggestion is accepted."""


@dataclass(frozen=True, slots=True)
class SuggestionNote:
    """What there is to know about a suggestion: the argument of its command, the `data` of a completion item."""

    id: str = described("Names it in `assist/completion/...`.")
    source: str = described("`local` for predictions from the repository, else the backend that made it.")
    copies: tuple[CopyNote, ...] = described("Passages that are copied and that nobody has agreed to.", ())


@dataclass(frozen=True, slots=True)
class SuggestionParams:
    """A suggestion."""

    id: str = described("Its id.")


@dataclass(frozen=True, slots=True)
class PartlyAcceptedParams:
    """A suggestion of which a part was accepted."""

    id: str = described("Its id.")
    text: str = described("The part: what of the suggestion's text is in the document now.")


_DOC = " The id is in the argument of the command that the suggestion came with ({note}). An unknown one is no error."
_NOTE = '`{"id", "source", "copies"}`'

SHOWN: Method[SuggestionParams, None] = Method(
    "assist/completion/shown",
    SuggestionParams,
    None,
    "Says that a suggestion was shown." + _DOC.format(note=_NOTE),
    SuggestionParams("s12"),
    kind=Kind.NOTIFICATION,
)
ACCEPTED: Method[SuggestionParams, None] = Method(
    "assist/completion/accepted",
    SuggestionParams,
    None,
    f"Says that a suggestion was accepted. Running its command, `{ACCEPTED_COMMAND}`, says the same.",
    SuggestionParams("s12"),
    kind=Kind.NOTIFICATION,
)
PARTIALLY_ACCEPTED: Method[PartlyAcceptedParams, None] = Method(
    "assist/completion/partiallyAccepted",
    PartlyAcceptedParams,
    None,
    "Says that the beginning of a suggestion was accepted.",
    PartlyAcceptedParams("s12", "connection."),
    kind=Kind.NOTIFICATION,
)
REJECTED: Method[SuggestionParams, None] = Method(
    "assist/completion/rejected",
    SuggestionParams,
    None,
    "Says that the user did not want a suggestion; it does not come up by itself at that place again.",
    SuggestionParams("s12"),
    kind=Kind.NOTIFICATION,
)
ABOUT: Method[SuggestionParams, SuggestionNote] = Method(
    "assist/completion/about",
    SuggestionParams,
    SuggestionNote,
    "Tells where one of the last suggestions is from and what of it is copied; null if it is not known any more.",
    SuggestionParams("s12"),
    SuggestionNote("s12", "local", (EXAMPLE_COPY,)),
    nullable=True,
)
METHODS = (SHOWN, ACCEPTED, PARTIALLY_ACCEPTED, REJECTED, ABOUT)
