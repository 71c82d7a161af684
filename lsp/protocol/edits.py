"""Changes of files that are proposed, looked at, and taken or not: ``assist/edit/*``."""

from dataclasses import dataclass

from lsp.protocol.answers import AnswerEvent, TextEvent
from lsp.protocol.copies import EXAMPLE_COPY, CopyNote
from lsp.protocol.method import Method
from lsp.protocol.places import Position, Range, Selection
from lsp.schema import described


@dataclass(frozen=True, slots=True)
class EditProposeParams:
    """What is to be changed."""

    selection: Selection = described(
        "The lines to change; an empty range stands for the definition around it."
    )
    instruction: str = described("What to do with them.")
    backend: str | None = described("The backend that answers; as in `assist/ask`.", None)
    model: str | None = described("Another model of that backend.", None)
    partial_result_token: str | int | None = described(
        "The answer's events are then sent with `$/progress` as they come.", None
    )


@dataclass(frozen=True, slots=True)
class EditHunk:
    """A part of a change that can be accepted by itself."""

    index: int = described("Names it in `assist/edit/apply`.")
    range: Range = described("What is replaced, in the document as it is before anything is accepted.")
    old_text: str = described("What stands there.")
    new_text: str = described("What takes its place.")


@dataclass(frozen=True, slots=True)
class EditProposal:
    """A change of one file; nothing is changed yet."""

    id: str = described("Names it in `assist/edit/apply` and `assist/edit/reject`.")
    uri: str = described("The file.")
    path: str = described("Its path in its folder.")
    is_new: bool = described("Whether the file does not exist yet.")
    hunks: tuple[EditHunk, ...] = described("The change, ascending; never empty.")
    diff: str = described("The change as a unified diff.")
    version: int | None = described("The open document's version that it is made for.", None)
    command: str = described("How new tests are run; empty if there are none.", "")
    copies: tuple[CopyNote, ...] = described("Passages of the new text that are copied.", ())
    notes: tuple[str, ...] = described("What the user should know.", ())


@dataclass(frozen=True, slots=True)
class EditApplyParams:
    """What is to be taken."""

    id: str = described("The proposal.")
    hunks: tuple[int, ...] | None = described("The hunks to take; without it, all that are left.", None)
    preview: bool = described("Whether the editor is to show the edit and ask, where it can.", False)


@dataclass(frozen=True, slots=True)
class EditApplied:
    """What became of it."""

    applied: bool = described("Whether the editor made the change.")
    left: tuple[int, ...] = described("Hunks that can still be taken.")
    reason: str = described("Why it was not made, as the editor says.", "")


@dataclass(frozen=True, slots=True)
class EditRejectParams:
    """A proposal that is not wanted."""

    id: str = described("The proposal.")


@dataclass(frozen=True, slots=True)
class EditRejected:
    """Whether there was anything to reject."""

    known: bool = described("False if the proposal was not known any more.")


_SPAN = Range(Position(39, 0), Position(52, 0))
EXAMPLE_PROPOSAL = EditProposal(
    "e3",
    "file:///home/me/shop/src/pool.py",
    "src/pool.py",
    False,
    (EditHunk(0, Range(Position(41, 0), Position(42, 0)), "    wait()\n", "    wait(timeout_s)\n"),),
    "diff --git a/src/pool.py b/src/pool.py\n...",
    4,
    "",
    (EXAMPLE_COPY,),
)
PROPOSE: Method[EditProposeParams, EditProposal] = Method(
    "assist/edit/propose",
    EditProposeParams,
    EditProposal,
    "Has a model change a selection. What is wrong with its answer (it does not fit the file, has more syntax errors "
    "than before) is an error; nothing is changed before `assist/edit/apply`.",
    EditProposeParams(Selection("file:///home/me/shop/src/pool.py", _SPAN), "wait no longer than timeout_s"),
    EXAMPLE_PROPOSAL,
    streamed=AnswerEvent,
    streamed_example=TextEvent("    wait(timeout_s)"),
)
APPLY: Method[EditApplyParams, EditApplied] = Method(
    "assist/edit/apply",
    EditApplyParams,
    EditApplied,
    "Has the editor make a proposed change, or some hunks of it, with `workspace/applyEdit`. A file that is not "
    "any more what the change was made for is left alone, and that is the error. The file is not saved.",
    EditApplyParams("e3", (0,)),
    EditApplied(True, ()),
)
REJECT: Method[EditRejectParams, EditRejected] = Method(
    "assist/edit/reject",
    EditRejectParams,
    EditRejected,
    "Forgets a proposal.",
    EditRejectParams("e3"),
    EditRejected(True),
)
METHODS = (PROPOSE, APPLY, REJECT)
